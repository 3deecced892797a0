"""Bookmarks: the state after a commit as a text. Later ones sort after earlier ones.

The form is the platform's: three numbers of eight hexadecimal digits and a hash. The documentation says no more than
that they sort, so what the numbers are is ours: the commit, as which thousand or so of them and which in it, and its
day since 1970, as the documentation's own examples have it.
https://developers.cloudflare.com/d1/reference/time-travel/
"""

from __future__ import annotations

import re
from hashlib import md5

DAY = 86400
PIECE = 1024
_FORM = re.compile("([0-9a-f]{8})-([0-9a-f]{8})-([0-9a-f]{8})-([0-9a-f]{32})")


def bookmark(database: str, index: int, unix: float) -> str:
    """The bookmark of a commit, which was at a moment in Unix seconds."""
    piece, at = divmod(index, PIECE)
    digest = md5(f"{database} {index}".encode(), usedforsecurity=False).hexdigest()
    return f"{piece:08x}-{at:08x}-{int(unix // DAY):08x}-{digest}"


def commit_of(text: str) -> int | None:
    """The commit that a bookmark stands for; None for a text that is none."""
    found = _FORM.fullmatch(text)
    return int(found[1], 16) * PIECE + int(found[2], 16) if found else None
