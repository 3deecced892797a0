"""Migrations, as `wrangler d1 migrations` does them: texts of SQL by name, each applied once, in the order of numbers.

https://developers.cloudflare.com/d1/reference/migrations/
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labkit.errors import PlatformError
from labkit.facts.table import Rows, Table

if TYPE_CHECKING:
    from labkit.emulators.d1 import D1

Source = Mapping[str, str] | str | Path
COLUMNS = ("name", "status")
_TABLE = """CREATE TABLE IF NOT EXISTS "{}"(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT UNIQUE,
    applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)"""


class MigrationTable(Rows):
    """A row for each migration: its name, and whether it is applied or to be applied."""

    def table(self) -> Table:
        return Table([COLUMNS, *((row["name"], row["status"]) for row in self)])


class Migrations:
    """A database's migrations. They lie in the configuration's folder, or are given by name."""

    def __init__(self, d1: D1, entry: Mapping[str, Any]):
        self._d1 = d1
        self._folder = Path(entry.get("migrations_dir", "migrations"))
        self._name = entry.get("migrations_table", "d1_migrations")

    def list(self, source: Source | None = None) -> MigrationTable:
        """The migrations that are still to be applied."""
        return MigrationTable({"name": name, "status": "to be applied"} for name, _ in self._left(source))

    def apply(self, source: Source | None = None) -> MigrationTable:
        """Apply what is still to be applied. One that fails is undone, and those after it are not tried."""
        applied = MigrationTable()
        for name, sql in self._left(source):
            quoted = name.replace("'", "''")
            try:
                self._d1.execute(f"{sql}\n;INSERT INTO \"{self._name}\" (name) VALUES ('{quoted}')")
            except PlatformError as error:
                done = ", ".join(row["name"] for row in applied) or "none"
                words = f"Migration {name} failed and is undone: {error}. Applied before it: {done}."
                raise PlatformError(words) from None
            applied.append({"name": name, "status": "applied"})
        return applied

    def create(self, message: str, source: Source | None = None) -> str:
        """The name of a new migration: the next number and the message. In a folder, its file is made."""
        found = self._found(source)
        number = max((_number(name) for name in found), default=0) + 1
        name = f"{number:04d}_{message.strip().replace(' ', '_')}.sql"
        if not isinstance(source, Mapping):
            folder = Path(source) if source is not None else self._folder
            folder.mkdir(parents=True, exist_ok=True)
            at = datetime.fromtimestamp(self._d1.world.unix, UTC).isoformat(timespec="milliseconds")
            (folder / name).write_text(f"-- Migration number: {number:04d} \t {at.replace('+00:00', 'Z')}\n")
        return name

    def _left(self, source: Source | None) -> list[tuple[str, str]]:
        """What is to be applied, by name, in order."""
        self._d1.execute(_TABLE.format(self._name))
        rows = self._d1.query(f'SELECT name FROM "{self._name}"')
        applied = {row["name"] for row in rows}
        found = self._found(source)
        return [(name, found[name]) for name in sorted(found, key=_order) if name not in applied]

    def _found(self, source: Source | None) -> Mapping[str, str]:
        if isinstance(source, Mapping):
            return source
        folder = Path(source) if source is not None else self._folder
        return {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.sql")}


def _number(name: str) -> int:
    digits = name.split("_", 1)[0]
    return int(digits) if digits.isdigit() else 0


def _order(name: str) -> tuple[int, str]:
    return _number(name), name
