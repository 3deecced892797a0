"""`check`: judge the learner's answer, record it, and report. Nothing that it meets makes it raise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from labkit.errors import LabError
from labkit.grading import journal, seal
from labkit.grading.attempt import NotAttempted
from labkit.grading.blame import describe
from labkit.grading.diagnose import diagnose
from labkit.grading.exercise import Exercise, find
from labkit.grading.judge import MET, NO_EXCEPTION, NOT_ATTEMPTED, UNKNOWN, UNMET, Row, judge
from labkit.grading.learner import caller, fingerprint, namespace_of, run_source, source_of
from labkit.grading.report import Report
from labkit.steps import OutOfSteps, StepBudget

TOP_LEVEL_STEPS = 500_000


def check(name: str, *, seed: int = 0) -> Report:
    """Check the exercise of this id with the names of the calling cell; shows a row for each requirement.

    Another `seed` gives other random inputs and another lab.
    """
    frame = caller()
    namespace = namespace_of(frame)
    return _checked(name, source_of(frame), lambda exercise: grade(exercise, namespace, seed=seed))


def check_source(name: str, source: str, filename: str) -> Report:
    """The same for an answer's source, run by itself."""
    return _checked(name, source, lambda exercise: grade_source(exercise, source, filename))


def _checked(name: str, source: str, graded: Callable[[Exercise], Report]) -> Report:
    try:
        exercise = find(name)
        report = graded(exercise)
    except LabError as error:
        return Report(name, notes=[str(error)])
    except Exception as error:
        return Report(name, notes=[f"The check itself failed, which is not your doing: {describe(error)}"])
    _record(exercise, report, source)
    return report


def grade(exercise: Exercise, namespace: Mapping[str, Any], *, seed: int = 0) -> Report:
    """Judge a namespace, record nothing."""
    if seal.broken():
        return Report(exercise.id, notes=["The grader has been changed in this kernel. Restart the kernel, run again."])
    missing = [wanted for wanted in exercise.names if wanted not in namespace]
    if missing:
        return _not_attempted(exercise, missing)
    rows = judge(exercise, namespace, seed=seed)
    if seal.broken():
        return Report(exercise.id, notes=["The answer changed the grader. Restart the kernel, run again."])
    diagnosis = diagnose(exercise, rows, seed) if any(row.state == UNMET for row in rows) else ""
    return Report(exercise.id, rows, diagnosis=diagnosis)


def grade_source(exercise: Exercise, source: str, filename: str, *, seed: int = 0) -> Report:
    """Run an answer's source by itself and judge what it defines."""
    try:
        with StepBudget(TOP_LEVEL_STEPS):
            names = run_source(source, filename)
    except NotAttempted:
        return _not_attempted(exercise, [])
    except (Exception, OutOfSteps) as error:
        return _does_not_run(exercise, error)
    return grade(exercise, names, seed=seed)


def _not_attempted(exercise: Exercise, missing: list[str]) -> Report:
    rows = [Row(one, NOT_ATTEMPTED) for one in exercise.requirements]
    notes = [f"Not defined yet: {', '.join(missing)}."] if missing else []
    return Report(exercise.id, rows, notes=notes)


def _does_not_run(exercise: Exercise, error: BaseException) -> Report:
    """The first requirement takes the blame for code that does not run at all; the others wait for it."""
    first, *rest = exercise.requirements
    got = str(error) if isinstance(error, OutOfSteps) else describe(error)
    row = Row(first, UNMET, did=("ran your code",), expected=NO_EXCEPTION, got=got, because="Your code stops there.")
    return Report(exercise.id, [row, *(Row(one, UNKNOWN, waits_for=first.sentence) for one in rest)])


def _record(exercise: Exercise, report: Report, source: str) -> None:
    """Write the attempt down. A file that cannot be written is a note in the report, no error."""
    if report.state == NOT_ATTEMPTED or not report.rows:
        return
    unmet = [row.name for row in report.rows if row.state != MET]
    try:
        journal.record("attempt", exercise.id, hash=fingerprint(source), state=report.state, unmet=unmet)
        if report.state == MET:
            journal.record("passed", exercise.id)
    except OSError as error:
        report.notes.append(f"Your progress could not be written: {error}.")
