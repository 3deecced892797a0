"""A text of several statements taken apart, and SQLite's errors in the platform's words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import apsw

from labkit.emulators.sqlite.security import LIMITS, UNKNOWN
from labkit.workers.bindings import js_error
from labkit.workers.ffi import JsException

TOO_LONG = "statement too long: SQLITE_TOOBIG"
NO_STATEMENT = "SQL code did not contain a statement."
PARAMETERS_BEFORE_LAST = (
    "When executing multiple SQL statements in a single call, only the last statement can have parameters."
)
WRONG_PARAMETERS = "Wrong number of parameter bindings for SQL query."
NO_TRANSACTIONS = (
    "To execute a transaction, please use the state.storage.transaction() or state.storage.transactionSync() APIs "
    "instead of the SQL BEGIN TRANSACTION or SAVEPOINT statements. The JavaScript API is safer because it will "
    "automatically roll back on exceptions, and because it interacts correctly with Durable Objects' automatic atomic "
    "write coalescing."
)
NOT_UTF8 = "The lab cannot read a text that is not UTF-8 (the platform puts U+FFFD in it)"
FAILURES = (apsw.Error, UnicodeDecodeError)
"""What a statement that runs may fail with."""
_MOST = LIMITS[apsw.SQLITE_LIMIT_SQL_LENGTH]
_FORBIDDEN = re.compile("not authorized to use function: (.*)")
_BLANK = r"\s|--[^\n]*+|/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)"
_NOTHING = re.compile(rf"(?:{_BLANK}|;)*+\Z")
_QUOTED = r"""'[^']*+'?|"[^"]*+"?|`[^`]*+`?|\[[^\]]*+\]?"""
_PIECE = re.compile(rf"""(?P<blank>(?:{_BLANK})++)|{_QUOTED}|(?P<end>;)|[^\s;'"`\[/-]++|.""")
"""What a text is read by: blanks and comments, strings and quoted names, semicolons, all else."""


def is_empty(sql: str) -> bool:
    """Whether there is no statement in it: white space, comments and semicolons only."""
    return _NOTHING.match(sql) is not None


@lru_cache(maxsize=256)
def taken_apart(sql: str) -> tuple[str, ...]:
    """The statements of a text that is not too long for the platform. SQLite reads up to a NUL and finds none after."""
    if len(sql) > _MOST or len(sql.encode(errors="surrogatepass")) > _MOST:
        raise refusal(TOO_LONG)
    text, nul, _ = sql.partition("\0")
    first, *rest = split(text)
    return first, *(piece.lstrip() for piece in rest), *([""] if nul else [])


def split(sql: str) -> Iterator[str]:
    """The statements of a text, one by one. What follows a semicolon and is not white space is a statement too.

    In time that grows with the text: SQLite is asked at semicolons between words only, whether one ends a statement
    or stands inside a trigger.
    """
    start, last, is_begun = 0, len(sql.rstrip()), False
    for found in _PIECE.finditer(sql):
        at = found.end()
        if found.lastgroup is None:
            is_begun = True
        elif found["end"] and is_begun and at < last and apsw.complete(sql[start:at].replace("\0", " ")):
            yield sql[start:at]
            start, is_begun = at, False
    yield sql[start:]


def words_of(error: apsw.Error | UnicodeDecodeError) -> str:
    """What workerd says of an error: SQLite's message, where in the statement, and the names of its codes."""
    offset = getattr(error, "error_offset", -1)
    where = f" at offset {offset}" if offset >= 0 else ""
    code, extended = getattr(error, "result", 1), getattr(error, "extendedresult", 1)
    more = f" (extended: {apsw.mapping_extended_result_codes[extended]})" if extended != code else ""
    return f"{message_of(error)}{where}: {apsw.mapping_result_codes[code]}{more}"


def message_of(error: apsw.Error | UnicodeDecodeError) -> str:
    """SQLite's own message. A function that the platform's SQLite does not have is unknown, not forbidden."""
    if isinstance(error, UnicodeDecodeError):
        return NOT_UTF8
    message = str(error)
    found = _FORBIDDEN.fullmatch(message)
    return f"no such function: {found[1]}" if found and found[1].lower() in UNKNOWN else message


def refusal(message: str) -> JsException:
    return js_error("Error", message)
