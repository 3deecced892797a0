"""What a query answers: rows for a notebook, and the three formats in which the SQL API sends them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from math import isfinite
from typing import Any

from labkit.facts.table import Rows, Table

SHOWN = 50
"""Rows that a notebook shows."""

TYPES = {
    "VARCHAR": "String", "DOUBLE": "Float64", "FLOAT": "Float32", "BOOLEAN": "UInt8", "TIMESTAMP": "DateTime",
    "DATE": "Date", "UTINYINT": "UInt8", "UINTEGER": "UInt32", "INTEGER": "Int32", "BIGINT": "Int64",
    "UBIGINT": "UInt64", "HUGEINT": "UInt64", "INTERVAL": "Int64", "VARCHAR[]": "Array(String)",
}  # fmt: skip
"""ClickHouse's types, by DuckDB's."""

WIDE = ("Int64", "UInt64")


class Answer(Rows):
    """The rows of a query as dicts, with the API's `meta`; `format` is what the query asked for."""

    def __init__(self, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]], format: str = "JSON"):
        super().__init__({name: cell for (name, _), cell in zip(columns, row, strict=True)} for row in rows)
        self.meta = [{"name": name, "type": TYPES.get(kind, "Float64" if "DECIMAL" in kind else kind)}
                     for name, kind in columns]  # fmt: skip
        self.format = format

    def table(self) -> Table:
        names = [each["name"] for each in self.meta]
        right = [place for place, each in enumerate(self.meta) if each["type"] not in ("String", "DateTime", "Date")]
        more = f"and {len(self) - SHOWN:,} more rows" if len(self) > SHOWN else ""
        return Table([names, *([_shown(row[name]) for name in names] for row in self[:SHOWN])], right=right, foot=more)

    def text(self) -> str:
        """The body that the SQL API would send: JSON, JSONEachRow or TabSeparated."""
        data = [{each["name"]: _sent(row[each["name"]], each["type"]) for each in self.meta} for row in self]
        if self.format == "JSONEachRow":
            return "".join(json.dumps(row) + "\n" for row in data)
        if self.format == "TabSeparated":
            return "".join("\t".join(map(str, row.values())) + "\n" for row in data)
        return json.dumps({"meta": self.meta, "data": data, "rows": len(self)})


def _sent(cell: Any, kind: str) -> Any:
    """A cell as ClickHouse's JSON has it: wide integers and dates as text, null for NaN and infinity."""
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return int(cell)
    if kind in WIDE and cell is not None:
        return str(cell)
    if kind == "Float64" and cell is not None:
        return float(cell) if isfinite(cell) else None
    return cell


def _shown(cell: Any) -> str:
    return f"{cell:,.6g}" if isinstance(cell, float) else "" if cell is None else str(cell)
