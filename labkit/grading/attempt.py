"""`todo()`: what a starter says where the learner's code will stand."""

from __future__ import annotations

import linecache
import re
import sys
from typing import NoReturn

from labkit.errors import Aside

MARKER = re.compile(r"^# exercise: *(\S+) *$", re.MULTILINE)
"""The visible first line of an exercise's cell, which is its whole identity."""


class NotAttempted(Aside):
    """Code that is still to be written was reached.

    `exercise` is the id of its exercise, or "" where the cell does not say.
    """

    def __init__(self, exercise: str = ""):
        self.exercise = exercise
        super().__init__(f"exercise {exercise} is still to be done" if exercise else "this part is still to be done")


def todo() -> NoReturn:
    """Stand for code that the learner will write. Whatever needs it is paused, not failed."""
    caller = sys._getframe(1)
    raise NotAttempted(exercise_at(caller.f_code.co_filename, caller.f_lineno))


def exercise_at(filename: str, line: int) -> str:
    """The id in the last `# exercise: ...` line above a line of a cell or a file, or ""."""
    above = "".join(linecache.getlines(filename)[:line])
    found = MARKER.findall(above)
    return found[-1] if found else ""
