"""What an author writes in `checks.py`: requirements, each a sentence that is true of every right answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labkit.errors import ExerciseError

if TYPE_CHECKING:
    from labkit.grading.trial import Trial

HINTS = 3
STEPS = 200_000
"""Steps of learner code that one requirement may take: a tenth of a second, far more than an answer needs."""


class Unmet(Exception):
    """A requirement is not met. What was expected, what the learner's code gave, and why it matters."""

    def __init__(self, expected: str, got: str, because: str):
        super().__init__(f"expected {expected}, got {got}: {because}")
        self.expected, self.got, self.because = expected, got, because


@dataclass(frozen=True)
class Requirement:
    """One requirement of an exercise. `name` is its function's; `needs` are those that must be met before it."""

    name: str
    sentence: str
    hints: tuple[str, ...]
    test: Callable[[Trial], Awaitable[None]]
    needs: tuple[Requirement, ...] = ()
    steps: int = STEPS

    def __repr__(self) -> str:
        return f"<requirement {self.name}: {self.sentence}>"


def requirement(
    sentence: str, *, hints: Sequence[str], needs: Sequence[Requirement] = (), steps: int = STEPS
) -> Callable[[Callable[[Trial], Awaitable[None]]], Requirement]:
    """Make a requirement of an `async def name(ex)`. It is met when the function returns without complaint.

    Exactly three hints, from a nudge to nearly the answer. `needs` lists requirements written above it: while one of
    them is unmet, this one waits. `steps` limits the learner's code.
    """

    def make(test: Callable[[Trial], Awaitable[None]]) -> Requirement:
        name = test.__name__
        if len(hints) != HINTS or not all(hint.strip() for hint in hints):
            raise ExerciseError(f"The requirement {name} has {len(hints)} hints; it needs {HINTS}.")
        if not sentence.strip():
            raise ExerciseError(f"The requirement {name} says nothing: give it a sentence.")
        if not all(isinstance(other, Requirement) for other in needs):
            raise ExerciseError(f"The requirement {name} needs {needs!r}: list the requirements themselves.")
        return Requirement(name, sentence, tuple(hints), test, tuple(needs), steps)

    return make
