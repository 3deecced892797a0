"""What the texts of a call are, before SQLite sees them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import apsw

from labkit.emulators.sqlite.security import LIMITS
from labkit.emulators.sqlite.statements import is_empty, split

_NOTHING = re.compile(r"(?:\s++--[^\n\r\u2028\u2029]*+(?:[\n\r\u2028\u2029]|\Z))*+\s*+\Z")
_READS = re.compile(r"(?:\s|--[^\n]*+\n|/\*(?:[^*]|\*(?!/))*+\*/)*+(?:select|with|explain|values)\b", re.IGNORECASE)
_WRITES = re.compile(r"\b(insert|update|delete|replace)\b(?!\s*\()", re.IGNORECASE)
_MOST = LIMITS[apsw.SQLITE_LIMIT_SQL_LENGTH]
_SHOWN = 120
"""Characters of a statement that a trace shows."""


class Text(NamedTuple):
    """A text of SQL: whether D1 drops it, whether it only reads, whether it is one statement that changes rows, and

    what a trace shows of it.
    """

    is_nothing: bool
    is_read_only: bool
    is_change: bool
    shown: str


def looked_at(sql: str) -> Text:
    """What a text is. Of one that is too long, so that it is refused, the beginning only."""
    return _looked_at(sql if len(sql) <= _MOST else sql[:_MOST])


@lru_cache(maxsize=256)
def _looked_at(sql: str) -> Text:
    """Dropped are texts of white space and comments that are indented."""
    every = list(split(sql))
    reads = all(_is_read_only(each) for each in every)
    is_change = len(every) == 1 and sql[:6].upper() in ("INSERT", "UPDATE", "DELETE")
    return Text(_NOTHING.match(sql) is not None, reads, is_change, shortened(sql))


def _is_read_only(statement: str) -> bool:
    """Whether a statement is made of SELECT, EXPLAIN and WITH only: what a replica may serve, and what is tried again.

    One that only quotes a word such as "delete" counts as a write, which is safe.
    """
    return bool(_READS.match(statement)) and not _WRITES.search(statement)


def shortened(sql: str) -> str:
    """A text on one line, cut."""
    line = " ".join(sql.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


_BEGIN = re.compile(r"^\s*BEGIN(?:\s+TRANSACTION)?\s*;", re.IGNORECASE | re.MULTILINE)
_COMMIT = re.compile(r"^\s*(?:COMMIT|END)(?:\s+TRANSACTION)?\s*;", re.IGNORECASE | re.MULTILINE)


def pieces(sql: str) -> list[str]:
    """The statements of a file, as wrangler sends them: without the transaction that a dump puts around itself."""
    if len(_BEGIN.findall(sql)) == 1 and len(_COMMIT.findall(sql)) == 1:
        sql = _COMMIT.sub("", _BEGIN.sub("", sql))
    return [piece for piece in split(sql) if not is_empty(piece)]
