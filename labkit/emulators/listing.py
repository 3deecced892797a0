"""Names in order and cursors: what KV, R2 and Durable Object storage list by prefix, start and limit.

Names are ordered by their UTF-8 bytes, which is also the order of Python's strings. A cursor is the base64 of the
last name of its page, as in the vendor's local runtime; production's cursors are opaque.
"""

from __future__ import annotations

import base64
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")


class Names:
    """A sorted set of names."""

    def __init__(self, names: Iterable[str] = ()):
        self._sorted = sorted(set(names))

    def add(self, name: str) -> None:
        at = bisect_left(self._sorted, name)
        if name not in self._sorted[at : at + 1]:
            self._sorted.insert(at, name)

    def discard(self, name: str) -> None:
        at = bisect_left(self._sorted, name)
        if name in self._sorted[at : at + 1]:
            del self._sorted[at]

    def after(self, start: str | None = None, prefix: str = "") -> Iterator[str]:
        """The names with that prefix which come after `start`, in order; the set must not change meanwhile."""
        names = self._sorted
        at = bisect_left(names, prefix)
        if start is not None:
            at = max(at, bisect_right(names, start))
        while at < len(names) and names[at].startswith(prefix):
            yield names[at]
            at += 1

    def last(self, prefix: str) -> str | None:
        """The last name with that prefix, or None."""
        at = bisect_right(self._sorted, prefix, key=lambda name: name[: len(prefix)])
        return self._sorted[at - 1] if at and self._sorted[at - 1].startswith(prefix) else None

    def __iter__(self) -> Iterator[str]:
        return iter(self._sorted)

    def __len__(self) -> int:
        return len(self._sorted)


def cursor_of(name: str) -> str:
    """The cursor of a page that ended with this name."""
    return base64.b64encode(name.encode()).decode()


def name_of(cursor: str) -> str:
    """The name that a cursor stands for. Refuses with ValueError what `cursor_of` never made."""
    name = base64.b64decode(cursor, validate=True).decode()
    if not name:
        raise ValueError("an empty cursor")
    return name


def lenient_name_of(cursor: str) -> str:
    """The name that the local runtime reads out of any text: it skips what is not base64 and never refuses."""
    digits = _NOT_BASE64.sub("", cursor.partition("=")[0].replace("-", "+").replace("_", "/"))
    digits = digits[:-1] if len(digits) % 4 == 1 else digits
    return base64.b64decode(digits + "=" * (-len(digits) % 4)).decode(errors="replace")
