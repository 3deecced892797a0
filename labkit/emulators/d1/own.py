"""What the platform itself keeps in a database: tables that no Worker sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labkit.emulators.d1 import D1

_BORN = "CREATE TABLE _cf_KV (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID"
_MARK = "CREATE TABLE _cf_METADATA (key INTEGER PRIMARY KEY, value BLOB)"


def create(d1: D1) -> None:
    """What a new database has in it."""
    _write(d1, _BORN)


def mark(d1: D1) -> None:
    """Leave what the local runtime leaves after the first call: another table, with a row."""
    d1.is_marked = True
    _write(d1, _MARK, "INSERT INTO _cf_METADATA VALUES (2, x'00')")


def _write(d1: D1, *statements: str) -> None:
    engine = d1.disk.open()
    for each in ("BEGIN", *statements):
        engine.trusted(each)
    d1.disk.forget_size()
    d1.commit()
