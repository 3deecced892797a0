"""Naming a mistake: which of the known wrong answers behaves as the learner's does."""

from __future__ import annotations

import re

from labkit.grading.exercise import Exercise
from labkit.grading.judge import UNMET, Row, judge
from labkit.grading.learner import run_source
from labkit.grading.mistakes import Mistake

CANDIDATES = 12
_LINE = re.compile(r" (at line \d+: .*|\(line \d+\))$")


def diagnose(exercise: Exercise, rows: list[Row], seed: int) -> str:
    """A sentence about the known mistake that fails the same requirements in the same way, or "".

    Where several fail the same requirements, each is run, and the one that gives the same wrong values is meant; of
    those that do, the one that is warned of the same things.
    """
    failing = {row.name for row in rows if row.state == UNMET}
    alike = [one for one in exercise.mistakes if one.fails == failing][:CANDIDATES]
    tried = [(one, _rows(exercise, one, seed)) for one in alike]
    exact = [(one, its) for one, its in tried if _values(its) == _values(rows)]
    warned = [(one, its) for one, its in exact if _warnings(its) == _warnings(rows)]
    for one, _ in warned or exact:
        return one.diagnosis
    return f"A common reason: {alike[0].diagnosis}" if len(alike) == 1 else ""


def _rows(exercise: Exercise, mistake: Mistake, seed: int) -> list[Row]:
    names = run_source(mistake.text(exercise.solution), f"<{exercise.id} {mistake.name}>")
    return judge(exercise, names, seed=seed)


def _values(rows: list[Row]) -> list[tuple[str, str, str]]:
    """What tells two wrong answers apart: what each requirement expected and got, whichever line gave it."""
    return [(row.name, row.expected, _LINE.sub("", row.got)) for row in rows if row.state == UNMET]


def _warnings(rows: list[Row]) -> list[set[str]]:
    return [{_LINE.sub("", words) for words in row.warned} for row in rows if row.state == UNMET]
