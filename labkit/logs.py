"""What `wrangler tail` would show: what Workers printed, and why the runtime ended an invocation."""

from __future__ import annotations

import re
import sys
import traceback
from dataclasses import dataclass
from html import escape

from labkit.steps import is_learner_code
from labkit.workers.ffi import JsException


@dataclass(frozen=True)
class LogEntry:
    """One line of a Worker's log. `at` is in seconds since the lab's start; `level` is log, warning or error."""

    at: float
    place: str
    request: int | None
    level: str
    message: str

    def __str__(self) -> str:
        message = _FILE.sub(lambda found: f'File "{_cell(found[1])}"', self.message)
        return f"{self.at:10.3f} s  {self.place}  {self.level:7}  {message}"


_FILE = re.compile(r'(?<=^  )File "([^"]+)"', re.MULTILINE)


def _cell(filename: str) -> str:
    """A notebook's cell by its number, as Jupyter's own tracebacks name it; a file by its own name."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    numbers = getattr(getattr(shell, "compile", None), "_filename_map", {})
    return f"Cell In[{numbers[filename]}]" if filename in numbers else filename


class Logs(list[LogEntry]):
    """The entries of a lab, oldest first."""

    @property
    def messages(self) -> list[str]:
        return [entry.message for entry in self]

    def __repr__(self) -> str:
        return "\n".join(map(str, self)) or "(nothing logged)"

    def _repr_html_(self) -> str:
        return f"<pre>{escape(repr(self))}</pre>"


def traceback_of(error: BaseException) -> str:
    """The traceback as its author wants it: the learner's own frames, none of ours, the error last."""
    last = "".join(traceback.format_exception_only(error)).strip()
    if not came_through_learner(error):  # the runtime itself refused
        return str(error) if isinstance(error, JsException) else last
    frames = [
        f'  File "{frame.f_code.co_filename}", line {line}, in {frame.f_code.co_name}'
        for frame, line in traceback.walk_tb(error.__traceback__)
        if is_learner_code(frame.f_code)
    ]
    return "\n".join(["Traceback (most recent call last):", *frames, last])


def came_through_learner(error: BaseException) -> bool:
    """Whether the learner's code was on the way of an exception, or the runtime refused before or after it."""
    return any(is_learner_code(frame.f_code) for frame, _ in traceback.walk_tb(error.__traceback__))
