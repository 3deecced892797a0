"""What the texts of a call are, before SQLite sees them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from labkit.emulators.sqlite.statements import is_empty, split

_INDENTED_COMMENT = re.compile(r"^\s+--[^\n\r\u2028\u2029]*", re.MULTILINE)
_READS = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*(?:select|with|explain|values)\b", re.IGNORECASE | re.DOTALL)
_WRITES = re.compile(r"\b(insert|update|delete|replace)\b(?!\s*\()", re.IGNORECASE)
_SHOWN = 120
"""Characters of a statement that a trace shows."""


class Text(NamedTuple):
    """A text of SQL: whether D1 drops it, whether it only reads, and what a trace shows of it."""

    is_nothing: bool
    is_read_only: bool
    shown: str


@lru_cache(maxsize=2048)
def looked_at(sql: str) -> Text:
    """What a text is. Dropped are those of white space and comments that are indented."""
    return Text(not _INDENTED_COMMENT.sub("", sql).strip(), _is_read_only(sql), shortened(sql))


def _is_read_only(sql: str) -> bool:
    """Whether all statements of a text are made of SELECT, EXPLAIN and WITH only: what a replica may serve,

    and what is tried again. One that only quotes a word such as "delete" counts as a write, which is safe.
    """
    return all(_READS.match(each) and not _WRITES.search(each) for each in split(sql))


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
