"""The table behind the key-value methods: `_cf_KV` of the object's own database, as in the real runtime."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import apsw

if TYPE_CHECKING:
    from labkit.emulators.durable_objects.database import Database

CREATE = """CREATE TABLE _cf_KV (
        key TEXT PRIMARY KEY,
        value BLOB
      ) WITHOUT ROWID"""
PUT = "INSERT INTO _cf_KV VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"


@dataclass(frozen=True)
class Range:
    """The keys from `start`, before `end`, in order or in reverse; `limit` of them at most."""

    start: str = ""
    end: str | None = None
    reverse: bool = False
    limit: int = -1

    def statement(self) -> tuple[str, list[Any]]:
        """Its keys and values."""
        until = "" if self.end is None else "AND key < ?"
        order = "DESC" if self.reverse else "ASC"
        sql = f"SELECT key, value FROM _cf_KV WHERE key >= ? {until} ORDER BY key {order} LIMIT ?"
        return sql, [self.start, *([] if self.end is None else [self.end]), self.limit]


class KvTable:
    """Keys with their values as bytes. The table is made by the first that is stored."""

    __slots__ = ("_database",)

    def __init__(self, database: Database):
        self._database = database

    def get(self, key: str) -> bytes | None:
        rows = self._rows("SELECT value FROM _cf_KV WHERE key = ?", (key,))
        return rows[0][0] if rows else None

    def put(self, key: str, value: bytes) -> None:
        engine = self._database.open()
        if not self._exists():
            engine.write(CREATE)
        engine.write(PUT, (key, value))

    def delete(self, key: str) -> bool:
        """Remove a key; whether it was there."""
        if self._database.is_untouched or not self._exists():
            return False
        return self._database.open().write("DELETE FROM _cf_KV WHERE key = ?", (key,)) > 0

    def list(self, keys: Range) -> list[tuple[str, bytes]]:
        return self._rows(*keys.statement())  # type: ignore[return-value]

    def _rows(self, sql: str, bindings: Sequence[Any]) -> list[tuple[Any, ...]]:
        if self._database.is_untouched:
            return []
        try:
            return self._database.open().trusted(sql, bindings)
        except apsw.SQLError:  # there is no such table yet
            return []

    def _exists(self) -> bool:
        found = self._database.open().trusted("SELECT 1 FROM sqlite_schema WHERE name = '_cf_KV'")
        return bool(found)
