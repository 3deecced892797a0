"""What a statement came to, and how a Worker sees it: rows, and `meta`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from labkit.workers.bindings import SAFE_INTEGER, number
from labkit.workers.jsdict import JsDict


class Result(NamedTuple):
    """What one statement came to at the database. `steps` are the instructions of SQLite's machine that it took."""

    columns: list[str]
    rows: Sequence[tuple[Any, ...]]
    changes: int
    last_row_id: int
    changed_db: bool
    size_after: int
    rows_read: int
    rows_written: int
    steps: int


@dataclass(slots=True)
class Answer:
    """What one call came to: a result for each statement, where it was served, and by the how-manyeth attempt.

    `index` is the last commit that was seen. `served` is what `meta` says of where, `seconds` how long each statement
    took there, `notes` what the trace tells beside.
    """

    results: list[Result]
    index: int
    served: dict[str, Any]
    seconds: Sequence[float] = ()
    attempts: int = 0
    notes: dict[str, Any] = field(default_factory=dict)

    def ms(self, at: int) -> float:
        """Milliseconds of a statement."""
        return round(self.seconds[at] * 1000, 4) if self.seconds else 0

    def meta(self, at: int) -> JsDict:
        """What D1 says of a statement; the local runtime says nothing of places and times."""
        result, ms = self.results[at], self.ms(at)
        said: dict[str, Any] = dict(self.served)
        if self.seconds:
            said["timings"] = JsDict(sql_duration_ms=ms)
        said.update(
            duration=ms,
            changes=result.changes,
            last_row_id=shown(result.last_row_id),
            changed_db=result.changed_db,
            size_after=result.size_after,
            rows_read=result.rows_read,
            rows_written=result.rows_written,
        )
        if self.attempts:
            said["total_attempts"] = self.attempts
        return JsDict(said)

    def whole(self, at: int) -> JsDict:
        """A statement's D1Result."""
        result = self.results[at]
        rows = [row_of(result.columns, row) for row in result.rows]
        return JsDict(success=True, meta=self.meta(at), results=rows)


def row_of(columns: Iterable[str], row: tuple[Any, ...]) -> JsDict:
    """A row by the names of its columns; of two with one name, the last."""
    return JsDict(zip(columns, map(shown, row), strict=True))


def shown(value: Any) -> Any:
    """What a column is to the Worker: all that passes is JSON, numbers are doubles, and bytes come as a list."""
    kind = type(value)
    if kind is str or value is None:
        return value
    if kind is int:
        return value if -SAFE_INTEGER <= value <= SAFE_INTEGER else int(float(value))
    if kind is float:
        return number(value) if math.isfinite(value) else None
    return list(value)
