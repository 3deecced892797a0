"""Which bytes of an object are asked for: the `range` of a read, and the header of that name."""

from __future__ import annotations

import re
from typing import NamedTuple

from labkit.emulators.caching.answers import position
from labkit.emulators.r2 import refusals
from labkit.emulators.r2.refusals import Refusal

_UNIT = re.compile(r" *bytes *=", re.IGNORECASE)
_ONE = re.compile(r"(?: *(\d+))? *- *(\d+)? *")


class Span(NamedTuple):
    """Bytes of an object, from `offset` on."""

    offset: int
    length: int

    def of(self, content: bytes) -> bytes:
        """These bytes; the very object where it is all of them."""
        return content if self == (0, len(content)) else content[self.offset : self.offset + self.length]


def whole(size: int) -> Span:
    return Span(0, size)


def of_options(
    size: int, offset: float | None = None, length: float | None = None, suffix: float | None = None
) -> Span:
    """The bytes that an offset, a length or a suffix name, cut at the end. Refuses what holds no byte (10039)."""
    if suffix is not None:
        length = min(suffix, size)
        offset = size - length
    start = offset or 0
    many = size - start if length is None else min(length, size - start)
    if many <= 0:
        raise Refusal(refusals.BAD_RANGE)
    return Span(int(start), int(many))


def of_header(text: str, size: int) -> Span | None:
    """The bytes that a Range header names. None where it is no single range that the object has: then all are meant.

    An S3 client is told 416 where a range begins behind the end; `is_beyond` says so.
    """
    found = _parsed(text)
    if found is None or len(found) != 1:
        return None
    first, last = found[0]
    if first is None:
        return None if last is None or last == 0 or last >= size else Span(size - last, last)
    if first >= size or (last is not None and last < first):
        return None
    return Span(first, (size if last is None else min(last + 1, size)) - first)


def is_beyond(text: str, size: int) -> bool:
    """Whether a Range header names bytes of which the object has none, as HTTP answers with 416."""
    found = _parsed(text)
    if not found:
        return False
    return all(first >= size if first is not None else last == 0 or size == 0 for first, last in found)


def _parsed(text: str) -> list[tuple[int | None, int | None]] | None:
    """First and last byte of each range, as written; None where the header is malformed."""
    unit = _UNIT.match(text)
    if not unit:
        return None
    found = []
    for part in text[unit.end() :].split(","):
        one = _ONE.fullmatch(part)
        if not one or one.group(1) == one.group(2) == None:  # noqa: E711
            return None
        found.append(tuple(None if digits is None else position(digits) for digits in one.groups()))
    return found
