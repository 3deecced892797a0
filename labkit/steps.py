"""How far a learner's code may run: a deterministic count of its steps, so that an endless loop ends with a line.

A step is the entry of a function or one turn of a loop, in code that a predicate calls the learner's. Nothing
else is counted, so the same code takes the same number of steps on every machine. Loops inside C code
(`sum(itertools.count())`) are one call and take no steps: no budget of this kind can stop them.
Standard library only.
"""

from __future__ import annotations

import linecache
import sysconfig
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from types import CodeType
from typing import Any

from labkit.counting import counter, line_at

IsLearner = Callable[[str], bool]
"""Whose code it is, by the name of its file: asked at every call, so best a cached function."""


class OutOfSteps(BaseException):
    """The limit has passed. A BaseException, so that a learner's `except Exception` cannot eat it.

    `filename`, `line` (from 1) and `source` (the line's text, "" where it is not known) say where. `on_drop` is
    called when nobody holds the exception any more: a bare `except` has eaten it.
    """

    def __init__(self, limit: int, filename: str, line: int, on_drop: Callable[[], None] | None = None):
        self.limit, self.filename, self.line, self.on_drop = limit, filename, line, on_drop
        self.source = linecache.getline(filename, line).strip()
        quoted = f": {self.source}" if self.source else ""
        super().__init__(f"stopped after {limit:,} steps, at line {line}{quoted}")

    def __del__(self) -> None:
        if self.on_drop is not None:
            self.on_drop()


@lru_cache(maxsize=4096)
def is_learner_file(filename: str) -> bool:
    """Whether it names a cell or a learner's file: not Python, an installed package or labkit.

    Nor a string, which is how dataclasses and named tuples make their methods.
    """
    paths = sysconfig.get_paths()
    foreign = (paths["stdlib"], paths["platstdlib"], paths["purelib"], paths["platlib"], str(Path(__file__).parent))
    return not filename.startswith(("<frozen", "<string>", *foreign))


def is_learner_code(code: CodeType) -> bool:
    """Whether code comes from a cell or a learner's file."""
    return is_learner_file(code.co_filename)


class StepBudget:
    """At most `limit` steps of learner code while started; `used` says how many were taken.

    A context manager that may be entered again and again (`with budget: coro.send(None)`) and goes on counting.
    Budgets nest: what an inner one counts its outer one counts too, and the lower ceiling holds. A `separate` budget
    counts on none that is separate as well: a Worker that calls another is not billed for it.
    Passing the limit raises `OutOfSteps`, again at each further step. Where the code runs straight
    (`labkit.straight`) it need not be watched: then only what is told to `enter` counts.
    """

    __slots__ = ("limit", "used", "ceiling", "is_learner", "is_watched", "separate", "running", "_outer", "_entered",
                 "_undo")  # fmt: skip

    def __init__(
        self, limit: int, is_learner: IsLearner = is_learner_file, *, is_watched: bool = True, separate: bool = False
    ):
        self.limit = self.ceiling = limit
        self.is_learner, self.is_watched, self.separate = is_learner, is_watched, separate
        self.used = self._entered = 0
        self.running = False
        self._outer: StepBudget | None = None
        self._undo: Any = None

    def __enter__(self) -> StepBudget:
        """Begin or go on counting."""
        outer = self._outer = counter.current
        self._entered, self.ceiling = self.used, self.limit
        if outer is not None and (payer := self._payer()) is not None:
            self.ceiling = min(self.limit, self.used + payer.ceiling - payer.used)
        self.running = True
        self._undo = counter.enter(self)
        return self

    def __exit__(self, *_: object) -> None:
        """Pause counting; an outer budget or a debugger's trace function takes over again."""
        counter.leave(self._outer, self._undo)
        self.running = False
        if self._outer is not None and (payer := self._payer()) is not None:
            payer.used += self.used - self._entered
        self._outer = self._undo = None

    def _payer(self) -> StepBudget | None:
        """The budget around this one that its steps count on too."""
        outer = self._outer
        while outer is not None and self.separate and outer.separate:
            outer = outer._outer if outer._outer is not outer else None  # itself: an interrupt kept it from leaving
        return outer

    def enter(self, code: CodeType) -> None:
        """Count a function that is about to be called, unless whoever watches will see that."""
        if not self.is_watched and self.is_learner(code.co_filename):
            self.step(code, 0)

    def step(self, code: CodeType, offset: int, on_drop: Callable[[], None] | None = None) -> None:
        """Take one step at a byte offset of learner code. Nothing may hold the error: `on_drop` waits for its end."""
        self.used += 1
        if self.used > self.ceiling:
            raise OutOfSteps(self.ceiling, code.co_filename, line_at(code, offset), on_drop)
