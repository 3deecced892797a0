"""Naming a mistake: which of the known wrong answers behaves as the learner's does."""

from __future__ import annotations

from labkit.grading.exercise import Exercise
from labkit.grading.judge import UNMET, Row, judge
from labkit.grading.learner import run_source
from labkit.grading.mistakes import Mistake

CANDIDATES = 12


def diagnose(exercise: Exercise, rows: list[Row], seed: int) -> str:
    """A sentence about the known mistake that fails the same requirements in the same way, or "".

    Where several fail the same requirements, each is run, and the one that gives the same wrong values is meant.
    """
    failing = {row.name for row in rows if row.state == UNMET}
    alike = [one for one in exercise.mistakes if one.fails == failing][:CANDIDATES]
    exact = [one for one in alike if _outcome(_rows(exercise, one, seed)) == _outcome(rows)]
    if exact:
        return exact[0].diagnosis
    return f"A common reason: {alike[0].diagnosis}" if len(alike) == 1 else ""


def _rows(exercise: Exercise, mistake: Mistake, seed: int) -> list[Row]:
    names = run_source(mistake.text(exercise.solution), f"<{exercise.id} {mistake.name}>")
    return judge(exercise, names, seed=seed)


def _outcome(rows: list[Row]) -> list[tuple[str, str, str]]:
    """What tells two wrong answers apart: what each requirement expected and got."""
    return [(row.name, row.expected, row.got) for row in rows if row.state == UNMET]
