"""`hint`, `solution` and `reset`: help in the order in which it teaches most."""

from __future__ import annotations

import contextlib

from labkit.errors import LabError
from labkit.grading import journal
from labkit.grading.exercise import Exercise, find
from labkit.grading.journal import History
from labkit.grading.page import Code, Fold, Page, Part, Say
from labkit.grading.requirement import Requirement

ATTEMPTS_FOR_SOLUTION = 4


def hint(name: str) -> Page:
    """The next hint for the first requirement that is not met. The second comes after two different attempts."""
    exercise = _found(name)
    return exercise if isinstance(exercise, Page) else _hint(exercise, History(name))


def solution(name: str, *, give_up: bool = False) -> Page:
    """The model answer: after a pass, after four different attempts, or with `give_up=True`, which is recorded."""
    exercise = _found(name)
    if isinstance(exercise, Page):
        return exercise
    history = History(name)
    if not (give_up or history.passed or history.attempts >= ATTEMPTS_FOR_SOLUTION):
        return _page(name, "Solution", [Say(_not_yet(name, history))])
    if not history.passed:
        _record("solution", name, attempts=history.attempts)
    return _page(name, "Solution", [Code(exercise.solution), *_beside(history)])


def reset(name: str) -> Page:
    """The code that the exercise began with, to copy into its cell."""
    exercise = _found(name)
    if isinstance(exercise, Page):
        return exercise
    code = f'# exercise: {name}\n{exercise.starter.strip()}\n\ncheck("{name}")'
    return _page(name, "Starter", [Say("Replace the exercise's cell with this to begin anew:"), Code(code)])


def _found(name: str) -> Exercise | Page:
    try:
        return find(name)
    except LabError as error:
        return _page(name, "Help", [Say(str(error))])


def _page(name: str, what: str, parts: list[Part]) -> Page:
    return Page(f"{what} of exercise {name}", [Say(f"{what}: {name}", loud=True), *parts])


def _not_yet(name: str, history: History) -> str:
    return (
        f"The solution shows after a pass or after {ATTEMPTS_FOR_SOLUTION} different attempts (yours so far: "
        f'{history.attempts}). To see it now: solution("{name}", give_up=True). That is recorded.'
    )


def _beside(history: History) -> list[Part]:
    return (
        [Say("Yours passed. Compare the two: where they differ, which would you rather maintain?")]
        if history.passed
        else [Say("Close this, and write it again from memory.")]
    )


def _hint(exercise: Exercise, history: History) -> Page:
    one = _first_unmet(exercise, history)
    if one is None:
        return _page(exercise.id, "Hint", [Say("Every requirement is met: there is nothing to hint at.")])
    given = history.hints(one.name)
    if given < len(one.hints) and history.attempts >= attempts_for(given + 1):
        given += 1
        _record("hint", exercise.id, requirement=one.name, hint=given)
    shown: list[Part] = [Fold(f"Hint {number} of {len(one.hints)}: {words}") for number, words in
                         enumerate(one.hints[:given], 1)]  # fmt: skip
    return _page(
        exercise.id, "Hint", [Say(f"For: {one.sentence}"), *shown, Say(_next(exercise.id, one, given, history))]
    )


def attempts_for(number: int) -> int:
    """The only place that decides how many different attempts a hint takes: none for the first, then its own number."""
    return 0 if number == 1 else number


def _first_unmet(exercise: Exercise, history: History) -> Requirement | None:
    if not history.of("attempt"):
        return exercise.requirements[0]
    return next((one for one in exercise.requirements if one.name in history.unmet), None)


def _next(name: str, one: Requirement, given: int, history: History) -> str:
    if given == len(one.hints):
        return f'That was the last hint. solution("{name}") shows after {ATTEMPTS_FOR_SOLUTION} different attempts.'
    needed = attempts_for(given + 1)
    return f"The next hint comes after {needed} different attempts (yours so far: {history.attempts})."


def _record(event: str, name: str, **details: object) -> None:
    with contextlib.suppress(OSError):  # help is shown where progress cannot be written
        journal.record(event, name, **details)
