"""Judging: each requirement of an exercise tried on a namespace, and what came of it as a row."""

from __future__ import annotations

import asyncio
import io
import random
import traceback
import warnings
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any, NamedTuple

from labkit.errors import ExerciseError, LabError, NotEmulated, Stuck
from labkit.grading.attempt import NotAttempted
from labkit.grading.blame import describe, is_learners
from labkit.grading.exercise import Exercise
from labkit.grading.requirement import Requirement, Unmet
from labkit.grading.trial import Trial
from labkit.steps import OutOfSteps, StepBudget
from labkit.workers.bindings import OURS

NO_EXCEPTION = "no exception"
MET, UNMET, NOT_ATTEMPTED, UNKNOWN = "met", "unmet", "not attempted", "unknown"


@dataclass(frozen=True)
class Row:
    """What came of one requirement. `waits_for` is the sentence of an unmet requirement that comes first."""

    requirement: Requirement
    state: str
    did: tuple[str, ...] = ()
    expected: str = ""
    got: str = ""
    because: str = ""
    printed: str = ""
    warned: tuple[str, ...] = ()
    waits_for: str = ""

    @property
    def name(self) -> str:
        return self.requirement.name


class Verdict(NamedTuple):
    """The middle of a row: how one trial ended."""

    state: str
    expected: str = ""
    got: str = ""
    because: str = ""


def judge(exercise: Exercise, namespace: Mapping[str, Any], *, seed: int = 0) -> list[Row]:
    """A row for each requirement. One whose needs are not met is not tried: it waits."""
    return list(rows_of(exercise, namespace, seed=seed))


def rows_of(exercise: Exercise, namespace: Mapping[str, Any], *, seed: int = 0) -> Iterator[Row]:
    """The same rows, each tried only when it is asked for."""
    rows: dict[Requirement, Row] = {}
    for one in exercise.requirements:
        root = next((rows[need] for need in one.needs if rows[need].state != MET), None)
        rows[one] = _waiting(one, root) if root else _try(exercise, one, namespace, seed)
        yield rows[one]


def _waiting(one: Requirement, root: Row) -> Row:
    state = NOT_ATTEMPTED if root.state == NOT_ATTEMPTED else UNKNOWN
    return Row(one, state, waits_for=root.waits_for or root.requirement.sentence)


def _try(exercise: Exercise, one: Requirement, namespace: Mapping[str, Any], seed: int) -> Row:
    trial = Trial(exercise.id, namespace, _seed(exercise, one, seed))
    printed = io.StringIO()
    with redirect_stdout(printed), warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        verdict = _verdict(one, trial)
        trial.close()
    said = tuple(dict.fromkeys(map(_in_words, warned)))
    return Row(one, verdict.state, tuple(trial.lines), *verdict[1:], printed=printed.getvalue(), warned=said)


def _in_words(warning: warnings.WarningMessage) -> str:
    """A warning and its line, if that is the learner's: a missing await may be noticed as late as in our code."""
    ours = warning.filename.startswith(OURS)
    return str(warning.message) if ours else f"{warning.message} (line {warning.lineno})"


def _seed(exercise: Exercise, one: Requirement, seed: int) -> int:
    """A seed of its own for each requirement, the same on every machine."""
    return random.Random(f"{seed}/{exercise.id}/{one.name}").getrandbits(32)


def _verdict(one: Requirement, trial: Trial) -> Verdict:
    """Run the requirement to its end and say how it ended. Only an interrupt passes through."""
    try:
        with StepBudget(one.steps):
            trial.timeline.run(one.test(trial))
        return Verdict(MET)
    except BaseException as error:
        verdict = _verdict_on(error)
        traceback.clear_frames(error.__traceback__)  # now, not at some later cell, a coroutine may say it was dropped
        return verdict


def _verdict_on(error: BaseException) -> Verdict:
    match error:
        case Unmet():
            return Verdict(UNMET, error.expected, error.got, error.because)
        case NotAttempted():
            return Verdict(NOT_ATTEMPTED)
        case OutOfSteps():
            return Verdict(UNMET, "an end", str(error), "A loop that never ends would hold up the Worker.")
        case Stuck():
            return Verdict(UNMET, "an answer", str(error), "Whoever asked would wait for ever.")
        case ExerciseError() | NotEmulated():
            return Verdict(UNKNOWN, because=f"The check cannot decide: {error}")
        case LabError():
            return Verdict(UNMET, "code that the platform accepts", str(error), "The platform refuses this too.")
        case Exception() | asyncio.CancelledError():
            return _raised(error)
    raise error


def _raised(error: BaseException) -> Verdict:
    if is_learners(error):
        return Verdict(UNMET, NO_EXCEPTION, describe(error), "Your code raised it.")
    return Verdict(UNKNOWN, got=describe(error), because="The check itself stumbled over this answer.")
