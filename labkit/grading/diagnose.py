"""Naming a mistake: which of the known wrong answers behaves as the learner's does."""

from __future__ import annotations

import re

from labkit.grading.exercise import Exercise
from labkit.grading.judge import NO_EXCEPTION, UNMET, Row, rows_of
from labkit.grading.learner import run_source
from labkit.grading.mistakes import Mistake
from labkit.grading.trial import AN_ANSWER

CANDIDATES = 12
_PASSING = re.compile(r" (at line \d+: .*|\(line \d+\))$| at 0x[0-9a-f]+")
"""What differs between two runs of one mistake: which line it stands on, where an object lies in memory."""


def diagnose(exercise: Exercise, rows: list[Row], seed: int) -> str:
    """A sentence about the known mistake that fails the same requirements in the same way, or "".

    Each mistake that fails the same requirements is run, and the one that gives the same wrong values is meant; of
    those that do, the one that is warned of the same things. Where none does, the only candidate is a common reason,
    unless the answer raised: then its exception says more.
    """
    failing = {row.name for row in rows if row.state == UNMET}
    alike = [one for one in exercise.mistakes if one.fails == failing][:CANDIDATES]
    exact: list[Mistake] = []
    for one in alike:
        its = _same_fate(exercise, one, rows, seed)
        if its and _warnings(its) == _warnings(rows):
            return one.diagnosis
        exact += [one] if its else []
    if exact:
        return exact[0].diagnosis
    raised = any(row.expected in (NO_EXCEPTION, AN_ANSWER) for row in rows)
    return f"A common reason: {alike[0].diagnosis}" if len(alike) == 1 and not raised else ""


def _same_fate(exercise: Exercise, mistake: Mistake, rows: list[Row], seed: int) -> list[Row]:
    """The rows of a mistake if they tell of the same values, otherwise none; it is run no further than it agrees."""
    try:
        names = run_source(mistake.text(exercise.solution), f"<{exercise.id} {mistake.name}>")
    except Exception:  # its code does not even run
        return []
    its: list[Row] = []
    for row, other in zip(rows, rows_of(exercise, names, seed=seed), strict=True):
        if _value(row) != _value(other):
            return []
        its.append(other)
    return its


def _value(row: Row) -> tuple[str, str, str]:
    """What tells two wrong answers apart: what a requirement expected and got, whichever line gave it."""
    return row.state, row.expected, _PASSING.sub("", row.got)


def _warnings(rows: list[Row]) -> list[set[str]]:
    return [{_PASSING.sub("", words) for words in row.warned} for row in rows if row.state == UNMET]
