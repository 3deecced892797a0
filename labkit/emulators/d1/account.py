"""What the databases of an account share: rows of the day, connections, and room in memory."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from math import inf
from typing import Any
from weakref import WeakKeyDictionary

from labkit import facts
from labkit.emulators.d1.words import READ_LIMIT, TOO_MANY_QUERIES, WRITE_LIMIT, Refused
from labkit.emulators.sqlite.opened import Opened
from labkit.errors import PlatformError
from labkit.facts.pricing import meters
from labkit.workers.context import current
from labkit.world import World

DAY = 86400
MOST_OPEN = 100
"""Databases that stay open, some 190 KB each; a closed one takes its compressed pages, and 0.6 ms to open again."""


@dataclass(slots=True)
class Use:
    """What an invocation makes of the account's databases."""

    connections: asyncio.Semaphore
    queries: int = 0


class Account:
    """An account with its databases. On the free plan, rows of a day beyond what is free are refused until midnight."""

    def __init__(self, world: World):
        self.world = world
        self.opened = Opened(MOST_OPEN)
        self.day, self.read, self.written = -1, 0, 0
        self.is_limited = world.plan == "free" and world.links is not None
        self.most_read = float(meters()["d1.rows_read"].free_per_day or inf)
        self.most_written = float(meters()["d1.rows_written"].free_per_day or inf)
        self._databases, self._most_databases = 0, facts.value("d1.databases", plan=world.plan)
        self._most_connections = facts.value("d1.connections_per_invocation")
        self._most_queries = facts.value("d1.queries_per_invocation", plan=world.plan)
        self._uses: WeakKeyDictionary[Any, Use] = WeakKeyDictionary()

    def admit(self) -> None:
        """Another database of the account. Refuses one too many."""
        self._databases += 1
        if self._databases > self._most_databases:
            words = f"{self._most_databases} databases at most."
            raise PlatformError(f"An account on the {self.world.plan} plan has {words}")

    def check(self, is_read_only: bool) -> None:
        """Refuses where the rows of this day are used up: reads stop everything, for all that writes reads too."""
        if not self.is_limited:
            return
        self._turn()
        if self.read > self.most_read:
            raise Refused(READ_LIMIT, outcome="limit")
        if self.written > self.most_written and not is_read_only:
            raise Refused(WRITE_LIMIT, outcome="limit")

    def count(self, read: int, written: int) -> None:
        """Rows of a call."""
        if self.is_limited:
            self._turn()
            self.read += read
            self.written += written

    def _turn(self) -> None:
        """Begin to count anew where it is another day, by UTC."""
        day = int(self.world.unix // DAY)
        if day != self.day:
            self.day, self.read, self.written = day, 0, 0

    def connection(self) -> AbstractAsyncContextManager[Any]:
        """One of the few connections that the running invocation may have open at a time; outside of any, one more.

        Refuses it where the invocation has had all its queries.
        """
        invocation = current.get()
        if invocation is None:
            return nullcontext()
        use = self._uses.get(invocation)
        if use is None:
            use = self._uses[invocation] = Use(asyncio.Semaphore(self._most_connections))
        use.queries += 1
        if use.queries > self._most_queries:
            raise Refused(TOO_MANY_QUERIES, outcome="limit")
        return use.connections
