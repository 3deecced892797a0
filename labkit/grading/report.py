"""The report of a check: a state for the exercise, a row for each requirement, the same words in text and HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from labkit.grading.compare import shortened
from labkit.grading.judge import MET, NOT_ATTEMPTED, UNKNOWN, UNMET, Row
from labkit.grading.page import Fields, Fold, Page, Part, Say

WORDS = {MET: "Met", UNMET: "Not yet met", NOT_ATTEMPTED: "Not attempted", UNKNOWN: "Unknown"}


class Report:
    """What `check` returns. `state` is "met", "unmet", "not attempted" or "unknown"; no rows is not "met".

    `notes` are sentences above the rows, `diagnosis` what a known mistake with the same outcome comes from.
    """

    def __init__(self, exercise: str, rows: Sequence[Row] = (), *, notes: Sequence[str] = (), diagnosis: str = ""):
        self.exercise, self.rows, self.notes, self.diagnosis = exercise, list(rows), list(notes), diagnosis

    @property
    def state(self) -> str:
        """The only place that decides what the rows amount to."""
        states = {row.state for row in self.rows}
        if UNMET in states:
            return UNMET
        if UNKNOWN in states or not states:
            return UNKNOWN
        if NOT_ATTEMPTED in states:
            return NOT_ATTEMPTED if states == {NOT_ATTEMPTED} else UNMET
        return MET

    @property
    def unmet(self) -> list[Row]:
        """The rows that failed by themselves, not those that wait."""
        return [row for row in self.rows if row.state == UNMET]

    def page(self) -> Page:
        """The report as it is shown."""
        return Page(f"Check of exercise {self.exercise}", list(self._parts()))

    def _parts(self) -> Iterator[Part]:
        yield Say(self._headline(), loud=True)
        for note in self.notes:
            yield Say(note)
        if self.diagnosis:
            yield Say(self.diagnosis)
        first = next((row for row in self.rows if row.state == UNMET), None)
        for row in self.rows:
            yield _fold(row, opened=row is first)
        if self.state == UNMET:
            yield Say(f'Stuck? hint("{self.exercise}")')

    def _headline(self) -> str:
        met = sum(row.state == MET for row in self.rows)
        if self.state == MET:
            return f"{self.exercise}: met. All {met} requirements hold."
        if self.state == NOT_ATTEMPTED:
            return f"{self.exercise}: not attempted. Write your answer in place of todo(), then run this cell."
        if self.state == UNKNOWN:
            return f"{self.exercise}: unknown. The check could not decide."
        return f"{self.exercise}: not yet met. {met} of {len(self.rows)} requirements hold."

    def __repr__(self) -> str:
        return repr(self.page())

    def _repr_html_(self) -> str:
        return self.page().html()


def _fold(row: Row, *, opened: bool) -> Fold:
    """A row: one line that says it all, and the details of what went wrong."""
    if row.waits_for and row.state == UNKNOWN:
        return Fold(f"Waits: {row.requirement.sentence} (waits for: {row.waits_for})")
    details = [Fields(_details(row), prose=["Because"])] if row.state in (UNMET, UNKNOWN) else []
    return Fold(f"{WORDS[row.state]}: {row.requirement.sentence}", details, open=opened)


def _details(row: Row) -> list[tuple[str, str]]:
    rows = [
        ("We did", "\n".join(row.did)), ("Expected", row.expected), ("Got", row.got), ("Because", row.because),
        ("Warned", "\n".join(row.warned)), ("Printed", shortened(row.printed.strip(), 1000)),
    ]  # fmt: skip
    return [(label, value) for label, value in rows if value]
