"""What the texts of a call are, before SQLite sees them."""

from __future__ import annotations

import re
from functools import lru_cache

from labkit.emulators.sqlite.statements import is_empty, split

_INDENTED_COMMENT = re.compile(r"^\s+--[^\n\r\u2028\u2029]*", re.MULTILINE)
_READS = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*(?:select|with|explain|values)\b", re.IGNORECASE | re.DOTALL)
_WRITES = re.compile(r"\b(insert|update|delete|replace)\b(?!\s*\()", re.IGNORECASE)
_SHOWN = 120
"""Characters of a statement that a trace shows."""


@lru_cache(maxsize=2048)
def is_nothing(sql: str) -> bool:
    """Whether D1 drops a text, as it does one of white space and comments that are indented."""
    return not _INDENTED_COMMENT.sub("", sql).strip()


@lru_cache(maxsize=2048)
def is_read_only(sql: str) -> bool:
    """Whether all statements of a text are made of SELECT, EXPLAIN and WITH only: what a replica may serve,

    and what is tried again. One that only quotes a word such as "delete" counts as a write, which is safe.
    """
    return all(_READS.match(each) and not _WRITES.search(each) for each in split(sql))


def shortened(texts: list[str]) -> str:
    """The texts on one line, as a trace shows them."""
    line = " ".join("; ".join(texts).split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


_BEGIN = re.compile(r"^\s*BEGIN(?:\s+TRANSACTION)?\s*;", re.IGNORECASE | re.MULTILINE)
_COMMIT = re.compile(r"^\s*(?:COMMIT|END)(?:\s+TRANSACTION)?\s*;", re.IGNORECASE | re.MULTILINE)


def pieces(sql: str) -> list[str]:
    """The statements of a file, as wrangler sends them: without the transaction that a dump puts around itself."""
    if len(_BEGIN.findall(sql)) == 1 and len(_COMMIT.findall(sql)) == 1:
        sql = _COMMIT.sub("", _BEGIN.sub("", sql))
    return [piece for piece in split(sql) if not is_empty(piece)]
