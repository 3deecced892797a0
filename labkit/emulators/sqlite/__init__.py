"""SQLite as the platform runs it, for Durable Objects and D1: what it allows, how it refuses, what it bills.

It is the SQLite that comes with APSW, the same on every machine. Everything is in memory.
"""

from __future__ import annotations

from labkit.emulators.sqlite.engine import PAGE, Engine
from labkit.emulators.sqlite.query import Query

__all__ = ["PAGE", "Engine", "Query"]
