"""How D1 refuses, in its own words, and which refusals it tries again by itself.

Source: https://developers.cloudflare.com/d1/observability/debug-d1/#error-list and workerd's `d1-api.ts`.
"""

from __future__ import annotations

from labkit.emulators.javascript import text_of
from labkit.workers.bindings import js_error
from labkit.workers.ffi import JsException

NO_STATEMENTS = "No SQL statements detected."
LOST = "Network connection lost."
UNRESOLVED = "Cannot resolve D1 DB due to transient issue on remote node."
STARTING = "Internal error while starting up D1 DB storage caused object to be reset."
RESET = "Internal error in D1 DB storage caused object to be reset."
CPU = "D1 DB exceeded its CPU time limit and was reset."
QUEUED_TOO_LONG = "D1 DB is overloaded. Requests queued for too long."
TOO_MANY_QUEUED = "D1 DB is overloaded. Too many requests queued."
TOO_MANY_QUERIES = "Too many API requests by single Worker invocation."
FULL = "Exceeded maximum DB size."
_SPENT = (
    "Your account has exceeded D1's free tier daily row {} limit. Upgrade to a paid plan or wait until tomorrow "
    "(midnight UTC) to continue."
)
READ_LIMIT, WRITE_LIMIT = _SPENT.format("read"), _SPENT.format("write")
FOREIGN_KEY = "FOREIGN KEY constraint failed: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_FOREIGNKEY)"
NO_SESSION = "constraintOrBookmark?.trim is not a function"
BAD_BOOKMARK = "D1_SESSION_ERROR: invalid bookmark or constraint"


class Refused(Exception):
    """D1 refuses, in these words. `is_transient` where it is of the kind that goes by, so that reads are tried again.

    `outcome` is the trace's word for it.
    """

    def __init__(self, message: str, *, outcome: str = "error", is_transient: bool = False):
        super().__init__(message)
        self.message, self.outcome, self.is_transient = message, outcome, is_transient


def transient(message: str) -> Refused:
    return Refused(message, outcome="unavailable", is_transient=True)


def d1_error(message: str) -> JsException:
    """What every refusal of the service is to the Worker; `cause` has the words without the prefix."""
    return _error(f"D1_ERROR: {message}", message)


def exec_error(line: str, message: str) -> JsException:
    """Of several lines, all is told of the first: the service answers with one error for all."""
    words = f"Error in line 1: {line}: {message}"
    return _error(f"D1_EXEC_ERROR: {words}", words)


def type_error(kind: str, value: str) -> JsException:
    words = f"Type '{kind}' not supported for value '{value}'"
    return _error(f"D1_TYPE_ERROR: {words}", words)


def no_column(name: object) -> JsException:
    return _error(f"D1_COLUMN_NOTFOUND: Column not found ({text_of(name)})", "Column not found")


def _error(message: str, cause: str) -> JsException:
    error = js_error("Error", message)
    error.cause = js_error("Error", cause)  # type: ignore[attr-defined]
    return error
