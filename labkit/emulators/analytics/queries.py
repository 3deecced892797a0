"""Where queries are answered: a DuckDB in memory with the points as a table, and ClickHouse's functions as macros.

It can reach no file and no network, and lives as long as one query.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from labkit.emulators.analytics.answers import Answer
from labkit.emulators.analytics.dialect import WHERE, Query
from labkit.emulators.analytics.points import Point
from labkit.errors import PlatformError

WIDTH = 20
"""Blobs, and doubles, that a row has."""

COLUMNS = [
    ("dataset", "VARCHAR"), ("timestamp", "TIMESTAMP"), ("_sample_interval", "UINTEGER"), ("index1", "VARCHAR"),
    *((f"blob{number}", "VARCHAR") for number in range(1, WIDTH + 1)),
    *((f"double{number}", "DOUBLE") for number in range(1, WIDTH + 1)),
]  # fmt: skip

MACROS = (
    "countif(c) AS count_if(c)",
    "sumif(x, c) AS sum(CASE WHEN c THEN x ELSE 0 END)",
    "avgif(x, c) AS avg(CASE WHEN c THEN x END)",
    "empty(s) AS s = ''",
    "startswith(s, t) AS starts_with(s, t)",
    "endswith(s, t) AS ends_with(s, t)",
    "intdiv(a, b) AS floor(a / b)::BIGINT",
    "floor(x) AS floor(x::DOUBLE), (x, n) AS floor(x * pow(10, n)) / pow(10, n)",
    "ceil(x) AS ceil(x::DOUBLE), (x, n) AS ceil(x * pow(10, n)) / pow(10, n)",
    "touint8(x) AS trunc(x::DOUBLE)::UTINYINT",
    "touint32(x) AS trunc(x::DOUBLE)::UINTEGER",
    "todatetime(x) AS coalesce(make_timestamp((try_cast(x::VARCHAR AS DOUBLE) * 1000000)::BIGINT),"
    " try_cast(x::VARCHAR AS TIMESTAMP))",
    "toyear(t) AS year(t)",
    "tomonth(t) AS month(t)",
    "todayofweek(t) AS isodow(t)",
    "todayofmonth(t) AS day(t)",
    "tohour(t) AS hour(t)",
    "tominute(t) AS minute(t)",
    "tosecond(t) AS second(t)",
    "toyyyymm(t) AS (year(t) * 100 + month(t))",
    "tounixtimestamp(t) AS epoch(t)::BIGINT",
    "tostartofinterval(t, i) AS time_bucket(i, t, TIMESTAMP '1970-01-01')",
    "tostartofyear(t) AS date_trunc('year', t)",
    "tostartofmonth(t) AS date_trunc('month', t)",
    "tostartofweek(t) AS date_trunc('week', t)",
    "tostartofday(t) AS date_trunc('day', t)",
    "tostartofhour(t) AS date_trunc('hour', t)",
    "tostartofminute(t) AS date_trunc('minute', t)",
    "tostartoffifteenminutes(t) AS time_bucket(INTERVAL '15' MINUTE, t, TIMESTAMP '1970-01-01')",
    "tostartoftenminutes(t) AS time_bucket(INTERVAL '10' MINUTE, t, TIMESTAMP '1970-01-01')",
    "tostartoffiveminutes(t) AS time_bucket(INTERVAL '5' MINUTE, t, TIMESTAMP '1970-01-01')",
    "formatdatetime(t, f) AS strftime(t, replace(replace(replace(replace(f, '%M', '%B'), '%i', '%M'),"
    " '%F', '%Y-%m-%d'), '%T', '%H:%M:%S'))",
    "quantileexactweighted(q, x, w) AS ae_reached(greatest(ceil(q * sum(w)), 1),"
    " list_sort(list(struct_pack(v := x, w := w::DOUBLE))))",
    "topk(n, x) AS approx_top_k(x, n)",
)
"""ClickHouse's functions in DuckDB's, each with ae_ before its name."""

REACHED = (
    "reached(enough, pairs) AS list_reduce(pairs, lambda a, e:"
    " CASE WHEN a.w >= enough THEN a ELSE struct_pack(v := e.v, w := a.w + e.w) END).v"
)
"""The first value at which the weights of the sorted pairs add up to enough."""


SHUT: dict[str, Any] = {
    "enable_external_access": False,
    "lock_configuration": True,
    "python_enable_replacements": False,
}
"""No file, no network, no extension, no variable of Python; and no query changes that."""


def answer(query: Query, dataset: str, points: Iterable[tuple[Point, int]]) -> Answer:
    """The answer of a translated query over a dataset's points."""
    import duckdb

    if query.sql is None:
        return Answer([("name", "VARCHAR")], [[dataset]], query.format)
    with duckdb.connect(":memory:", config=SHUT) as database:
        for macro in _needed(query.sql):
            database.execute(f"CREATE MACRO ae_{macro}")
        database.execute(f"CREATE TABLE points ({', '.join(f'{name} {kind}' for name, kind in COLUMNS)})")
        if rows := [_row(dataset, point, interval) for point, interval in points]:
            columns = list(map(list, zip(*rows, strict=True)))
            database.execute(f"INSERT INTO points SELECT {', '.join(f'unnest(?::{kind}[])' for _, kind in COLUMNS)}",
                             columns)  # fmt: skip
        try:
            found = database.execute(query.sql)
            columns = [(name, str(kind)) for name, kind, *_ in found.description or ()]
            return Answer(columns, [list(map(_plain, row)) for row in found.fetchall()], query.format)
        except duckdb.Error as error:
            raise PlatformError(f"The query cannot be answered. {_words(error)}", where=WHERE) from None


def _needed(sql: str) -> list[str]:
    """The macros that a query calls; `reached` stands before the one that calls it."""
    called = [macro for macro in MACROS if f"ae_{macro.partition('(')[0]}(" in sql]
    return [REACHED, *called] if "ae_quantileexactweighted(" in sql else called


def _row(dataset: str, point: Point, interval: int) -> list[Any]:
    """A row of the table: a blob that was not written is empty, a double 0."""
    at = datetime.fromtimestamp(point.timestamp, UTC).replace(tzinfo=None)
    blobs, doubles = point.blobs, point.doubles
    return [dataset, at, interval, point.index, *blobs, *[""] * (WIDTH - len(blobs)),
            *doubles, *[0.0] * (WIDTH - len(doubles))]  # fmt: skip


def _plain(cell: Any) -> Any:
    """A cell; the time between two moments is in seconds."""
    return int(cell.total_seconds()) if isinstance(cell, timedelta) else cell


def _words(error: Exception) -> str:
    """What DuckDB says is wrong, without the picture of the query."""
    return str(error).split("\n\n")[0].replace("ae_", "").strip()
