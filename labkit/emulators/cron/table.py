"""When a schedule fires next: the table that `lab.crons.table()` shows in a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from labkit.emulators.cron.expression import Cron
from labkit.facts.table import Rows, Table


class FireTable(Rows):
    """The next `n` moments of some triggers after a Unix time, one a row, and the hints about their expressions.

    `at` is the moment in Unix seconds, `cron` the expression, `says` the expression in words.
    """

    def __init__(self, crons: Sequence[Cron], after: float, n: int):
        rows = [(at, cron) for cron in crons for at in cron.following(after, n)]
        rows.sort(key=lambda row: row[0])
        super().__init__({"at": at, "cron": cron.text, "says": cron.explain()} for at, cron in rows[:n])
        self.hints = [hint for cron in crons for hint in cron.hints()]

    def table(self) -> Table:
        rows = [("UTC", "trigger", "in words")]
        rows += [(_date(row["at"]), f"`{row['cron']}`", row["says"]) for row in self]
        return Table(rows, foot=" ".join(self.hints))

    def __repr__(self) -> str:
        return super().__repr__().replace("`", "") if self else "(no trigger will fire)"


def _date(unix: float) -> str:
    return datetime.fromtimestamp(unix, UTC).strftime("%a %Y-%m-%d %H:%M")
