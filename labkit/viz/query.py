"""SQL over a trace: what Workers observability does with events, here with DuckDB.

The table `events` has one row an event, with the fields of `labkit.trace.Event`; `"end"` needs quotes, because it is
a word of SQL. `units` and `detail` are JSON: `units->>'kv.read'`, `detail->>'key'`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from labkit.trace import Event

COLUMNS = {
    "id": "BIGINT", "request": "BIGINT", "parent": "BIGINT", "place": "VARCHAR", "primitive": "VARCHAR",
    "operation": "VARCHAR", "start": "DOUBLE", "end": "DOUBLE", "outcome": "VARCHAR", "bytes": "BIGINT",
    "units": "JSON", "detail": "JSON",
}  # fmt: skip
SHOWN_ROWS = 50


class Table(Sequence[tuple[Any, ...]]):
    """`rows` as tuples under their `columns`; a sequence of the rows."""

    def __init__(self, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]):
        self.columns, self.rows = tuple(columns), list(rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: Any) -> Any:
        return self.rows[index]

    def column(self, name: str) -> list[Any]:
        """One column's values."""
        place = self.columns.index(name)
        return [row[place] for row in self.rows]

    def __repr__(self) -> str:
        shown = [self.columns, *([_text(cell) for cell in row] for row in self.rows[:SHOWN_ROWS])]
        widths = [max(map(len, cells)) for cells in zip(*shown, strict=True)]
        lines = ["  ".join(map(str.ljust, cells, widths)).rstrip() for cells in shown]
        return "\n".join([*lines, *self._rest()])

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        cells = ["".join(f"<td>{escape(_text(cell))}</td>" for cell in row) for row in self.rows[:SHOWN_ROWS]]
        body = "".join(f"<tr>{row}</tr>" for row in cells)
        rest = "".join(f"<p>{line}</p>" for line in self._rest())
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}"

    def _rest(self) -> list[str]:
        more = len(self.rows) - SHOWN_ROWS
        return [f"and {more:,} more rows"] if more > 0 else []


def query_events(events: Iterable[Event], sql: str) -> Table:
    """The answer of a DuckDB query over the table `events`."""
    return query_tables(sql, {}, events)


def query_tables(sql: str, tables: Mapping[str, Mapping[str, Any]], events: Iterable[Event] | None = None) -> Table:
    """The answer of a DuckDB query over tables, each a numpy array by column, and over `events` where there are any."""
    import duckdb

    with duckdb.connect() as database, TemporaryDirectory() as folder:
        for name, columns in tables.items():
            database.register(name, dict(columns))
        if events is not None:
            file = Path(folder) / "events.jsonl"
            _write(events, file)
            database.execute("create table events as from read_json(?, format = 'newline_delimited', columns = ?)",
                             [str(file), COLUMNS])  # fmt: skip
        answer = database.execute(sql)
        return Table([name for name, *_ in answer.description or ()], answer.fetchall())


def _write(events: Iterable[Event], file: Path) -> None:
    """One line of JSON an event, which DuckDB reads much faster than it takes rows. Bytes and objects become text."""
    encode = json.JSONEncoder(default=repr).encode
    with file.open("w", encoding="utf-8") as lines:
        lines.writelines(encode(event.as_dict()) + "\n" for event in events)


def _text(cell: Any) -> str:
    return f"{cell:.6g}" if isinstance(cell, float) else str(cell)
