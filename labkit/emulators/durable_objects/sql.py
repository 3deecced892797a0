"""`ctx.storage.sql`: SQL on the object's own database, without `await`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from labkit.emulators.durable_objects.kv_rules import wrong_parameter
from labkit.emulators.durable_objects.rows import Rows
from labkit.emulators.javascript import text_of
from labkit.emulators.sqlite import Query
from labkit.workers.bindings import SAFE_INTEGER, checked, from_platform, js_error, number, warn
from labkit.workers.ffi import JsException
from labkit.workers.jsdict import JsDict

if TYPE_CHECKING:
    from labkit.emulators.durable_objects.storage import DurableObjectStorage
    from labkit.trace import Event

NOT_SQLITE = (
    "SQL is not enabled for this Durable Object class. To enable it, change `new_classes` to `new_sqlite_classes` "
    "within the 'migrations' field in your wrangler.jsonc or wrangler.toml file. If using workerd directly,set "
    "`enableSql = true` in your workerd config for the class. Note that this change cannot be made after the class is "
    "already deployed to production."
)
NO_ROW = "Expected exactly one result from SQL query, but got no results."
ROWS = "Expected exactly one result from SQL query, but got multiple results."


class SqlStorage:
    """`exec` and `databaseSize`."""

    def __init__(self, storage: DurableObjectStorage):
        self._storage = storage
        self._seen: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    def __getitem__(self, name: str) -> Any:
        return self._size() if name == "databaseSize" else getattr(self, name)

    def exec(self, *args: Any, **keywords: Any) -> SqlStorageCursor:
        """Run the statements of a text; the last may have bindings. Returns the cursor of its rows."""
        given = (*args, keywords) if keywords else args
        if not given:
            raise wrong_parameter("exec", 1, "JsString", "SqlStorage")
        sql, *bindings = (checked(arg) for arg in given)
        self._refuse_without_sqlite()
        with self._storage.event("sql.exec") as event:
            event.detail["sql"] = text_of(sql)
            values = [bound(value) for value in bindings]
            query = self._storage.database.open().run(text_of(sql), values)
            return SqlStorageCursor(query, event)

    @property
    def databaseSize(self) -> int:
        """Bytes of the database, as the SDK's wrapper keeps them from the first time that it was asked."""
        return kept(self._seen, "databaseSize", self._size(), "storage.sql")

    def _size(self) -> int:
        self._refuse_without_sqlite()
        return self._storage.database.open().size

    def _refuse_without_sqlite(self) -> None:
        if not self._storage.database.sqlite:
            raise js_error("Error", NOT_SQLITE)


class SqlStorageCursor(Rows):
    """The rows of a statement, each a JsDict by its columns' names. While it has rows left, its tables are locked.

    The event of its statement is billed for what the cursor reads as it reads it.
    """

    def __init__(self, query: Query, event: Event):
        super().__init__(_dicts(query, event), "Cursor")  # that nothing points back here lets `del` end it
        self._query, self._event = query, event
        self._seen: dict[str, Any] = {}
        _bill(query, event)

    def one(self) -> JsDict:
        """The only row. Refuses none, and more than one."""
        for row in self._items:
            if self._query.row is None:
                return row
            self._query.close()
            raise js_error("Error", ROWS)
        raise js_error("Error", NO_ROW)

    def raw(self) -> Rows:
        """The same rows as lists of values."""
        return Rows(_values(self._query, self._event), "RawIterator")

    @property
    def columnNames(self) -> list[str]:
        return list(self._query.columns)

    @property
    def rowsRead(self) -> int:
        """Rows read until this was first asked; `cursor["rowsRead"]` are those until now."""
        return kept(self._seen, "rowsRead", self._query.rows_read, "cursor")

    @property
    def rowsWritten(self) -> int:
        """Rows written until this was first asked; `cursor["rowsWritten"]` are those until now."""
        return kept(self._seen, "rowsWritten", self._query.rows_written, "cursor")

    def __getitem__(self, name: Any) -> Any:
        if not isinstance(name, str):
            raise TypeError("'pyodide.ffi.JsProxy' object is not subscriptable")
        live = {"rowsRead": self._query.rows_read, "rowsWritten": self._query.rows_written}
        return live[name] if name in live else getattr(self, name)


def _values(query: Query, event: Event) -> Iterator[list[Any]]:
    while (row := query.take()) is not None:
        _bill(query, event)
        yield [shown(value) for value in row]


def _dicts(query: Query, event: Event) -> Iterator[JsDict]:
    for values in _values(query, event):
        yield JsDict(zip(query.columns, values, strict=True))


def _bill(query: Query, event: Event) -> None:
    rows = {"do.rows_read": query.rows_read, "do.rows_written": query.rows_written}
    event.units.update({meter: float(count) for meter, count in rows.items() if count})


def kept(seen: dict[str, Any], name: str, live: Any, owner: str) -> Any:
    """What a property was when it was first read: the SDK's wrapper asks once."""
    first = seen.setdefault(name, live)
    if first != live:
        warn(f'{owner}.{name} keeps what it was when it was first read, {first}; {owner}["{name}"] is {live} by now.')
    return first


def bound(value: Any) -> Any:
    """What a binding is to SQLite: numbers are REAL, what is neither text nor bytes is its text."""
    if value is None or isinstance(value, str | bytes):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _text(value)
    if isinstance(value, int) and abs(value) >= SAFE_INTEGER:
        raise js_error("TypeError", "Cannot convert a BigInt value to a number")
    return None if math.isnan(value) else float(value)


def _text(value: Any) -> str:
    """String(value), with the words that JavaScript has for a date and an error."""
    if isinstance(value, datetime):
        return value.strftime("%a %b %d %Y %H:%M:%S GMT+0000 (Coordinated Universal Time)")
    return str(value) if isinstance(value, JsException) else text_of(value)


def shown(value: Any) -> Any:
    """What a column is to the Worker: every number is a double."""
    if isinstance(value, int) and abs(value) > SAFE_INTEGER:
        value = float(value)
        return int(value) if abs(value) < 1e21 else value
    return number(value) if isinstance(value, float) else from_platform(value)
