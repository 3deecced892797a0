"""The tree of errors: who would refuse, the platform or only we?

A message says what was seen, what was wanted, and where to read. A learner's wrong answer is not an
error: it is feedback, and lives in `labkit.grading`.
"""

from __future__ import annotations


class LabError(Exception):
    """Anything the workbook itself refuses. `where` is a page or a command that explains it."""

    def __init__(self, message: str, *, where: str | None = None):
        super().__init__(f"{message} Read: {where}" if where else message)
        self.where = where


class Aside(BaseException):
    """What the workbook says to its reader from within a Worker, such as "still to be done": not the Worker's failure.

    A BaseException, so that no `except Exception` of a learner hides it; the lab lets it through to the cell.
    """


class PlatformError(LabError):
    """What Cloudflare would refuse too, in the platform's own words, outside a Worker's code.

    Inside a Worker, a binding refuses with `pyodide.ffi.JsException`, as the real runtime does.
    """


class ConfigError(PlatformError):
    """A wrangler configuration that `wrangler deploy` would refuse or silently ignore."""


class NotEmulated(LabError):
    """The platform can do this and the lab cannot: better than a guess."""


class ExerciseError(LabError):
    """The author of an exercise made a mistake: a missing file, a hint too few, an unknown requirement."""


class Stuck(LabError):
    """A coroutine waits for something that nothing on the timeline will ever bring."""
