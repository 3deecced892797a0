"""Whose line it was: an exception as its author wants to see it, without a frame of ours."""

from __future__ import annotations

import linecache
import re
import traceback
from types import CodeType

from labkit.errors import LabError
from labkit.steps import is_learner_code
from labkit.workers.ffi import JsException

_IN_LOG = re.compile(r'^  File "(?P<file>.*)", line (?P<line>\d+), in', re.MULTILINE)


def is_theirs(code: CodeType) -> bool:
    """Whether code is the learner's: not Python's, not labkit's, not an exercise's checks."""
    return is_learner_code(code) and not code.co_filename.endswith("checks.py")


def is_learners(error: BaseException) -> bool:
    """Whether any of the learner's code was running when it was raised."""
    return _last_line(error) is not None


def shorten(error: BaseException | None) -> None:
    """Leave only the learner's lines in the traceback of a refusal, whose words say all that our lines could."""
    if not isinstance(error, (LabError, JsException)):
        return
    frame = error.__traceback__
    while frame is not None:
        while (below := frame.tb_next) is not None and not is_theirs(below.tb_frame.f_code):
            frame.tb_next = below.tb_next
        frame = below


def describe(error: BaseException) -> str:
    """`KeyError: 'x' at line 3: value = table["x"]`, or only the error where no line of the learner's is involved."""
    what = "".join(traceback.format_exception_only(type(error), error)).strip().splitlines()[-1]
    if isinstance(error, SyntaxError) and error.lineno:
        return f"{what} at line {error.lineno}: {(error.text or '').strip()}".rstrip(": ")
    return what + _at(*(_last_line(error) or ("", 0)))


def describe_logged(message: str) -> str:
    """The same for a traceback that a Worker left in a lab's log."""
    lines = message.strip().splitlines()
    found = list(_IN_LOG.finditer(message))
    if not found:
        return lines[-1] if lines else ""
    return lines[-1] + _at(found[-1]["file"], int(found[-1]["line"]))


def _last_line(error: BaseException) -> tuple[str, int] | None:
    """File and line of the innermost frame that is the learner's."""
    theirs = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)
              if is_theirs(frame.f_code)]  # fmt: skip
    return theirs[-1] if theirs else None


def _at(filename: str, line: int) -> str:
    if not line:
        return ""
    source = linecache.getline(filename, line).strip()
    return f" at line {line}: {source}" if source else f" at line {line}"
