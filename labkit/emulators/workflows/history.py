"""What happened in an instance, step by step and attempt by attempt: the table that a notebook shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from labkit.emulators.workflows.records import Attempt, Record
from labkit.facts.table import Rows, Table

COLUMNS = ("step", "attempt", "started", "took", "outcome", "replayed")


class History(Rows):
    """A row for each attempt of a step, each sleep and each wait, in the order in which they began.

    `started` and `took` are seconds, `took` None while it lasts; `replayed` says how often an execution of `run()`
    from the top was answered with the recorded outcome.
    """

    def table(self) -> Table:
        return Table([COLUMNS, *map(_words, self)], right=(1, 2, 3, 5))


def history_of(records: Iterable[Record]) -> History:
    return History(sorted((row for record in records for row in _rows(record)), key=lambda row: row["started"]))


def _rows(record: Record) -> Iterator[dict[str, Any]]:
    if record.kind != "do":
        yield _row(record, None, record.started, record.ended, record.outcome or "waiting")
    for attempt in record.attempts:
        yield _row(record, attempt, attempt.started, attempt.ended, attempt.outcome or "running")


def _row(record: Record, attempt: Attempt | None, started: float, ended: float | None, outcome: str) -> dict[str, Any]:
    last = attempt is None or attempt is record.attempts[-1]
    return {
        "step": record.name if record.count == 1 else f"{record.name} ({record.count})",
        "attempt": attempt.number if attempt else None,
        "started": started,
        "took": None if ended is None else ended - started,
        "outcome": f"{outcome}: {attempt.error}" if attempt and attempt.error else outcome,
        "replayed": record.replays if last else 0,
    }


def _words(row: dict[str, Any]) -> tuple[str, ...]:
    attempt = "" if row["attempt"] is None else str(row["attempt"])
    took = "" if row["took"] is None else f"{row['took']:,.3f} s"
    outcome = row["outcome"].strip().rpartition("\n")[2]
    return (row["step"], attempt, f"{row['started']:,.3f} s", took, outcome, str(row["replayed"] or ""))
