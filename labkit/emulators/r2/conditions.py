"""Preconditions: `onlyIf`, If-Match, If-None-Match, If-Modified-Since and If-Unmodified-Since, decided in one place.

A date and an etag that ask for the same together follow RFC 9110: where the etag decides, its date does not count.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from labkit.emulators.r2.objects import Stored
from labkit.workers.bindings import js_error
from labkit.workers.js.dates import Date


class Etag(NamedTuple):
    """One etag of a condition; `value` is None for `*`, which any object has."""

    value: str | None
    weak: bool = False


ANY = Etag(None)


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must hold of the present object. Times are Unix seconds; with `whole_seconds` fractions do not count."""

    matches: tuple[Etag, ...] | None = None
    does_not_match: tuple[Etag, ...] | None = None
    before: float | None = None
    after: float | None = None
    whole_seconds: bool = False

    def failed(self, stored: Stored | None) -> str | None:
        """The header whose condition does not hold, such as "if-match"; None where all hold."""
        if stored is None:
            return self._failed_by_absence()
        matched = self.matches is not None and _includes(self.matches, stored.etag, weak_too=False)
        differs = self.does_not_match is not None and not _includes(self.does_not_match, stored.etag, weak_too=True)
        if self.matches is not None and not matched:
            return "if-match"
        if self.does_not_match is not None and not differs:
            return "if-none-match"
        uploaded = self._time(stored.uploaded)
        if self.after is not None and not differs and not self._time(self.after) < uploaded:
            return "if-modified-since"
        if self.before is not None and not matched and not uploaded < self._time(self.before):
            return "if-unmodified-since"
        return None

    def hold(self, stored: Stored | None) -> bool:
        """Whether the operation may go on. `stored` is None where there is no object."""
        return self.failed(stored) is None

    def _failed_by_absence(self) -> str | None:
        if self.matches is not None:
            return "if-match"
        return None if self.after is None else "if-modified-since"

    def _time(self, seconds: float) -> float:
        return math.floor(seconds) if self.whole_seconds else seconds


ALWAYS = Conditions()


def of_headers(header: Callable[[str], str | None]) -> Conditions:
    """The conditions that a message's headers state. `header` gives a value by lower-case name, or None."""
    match, none_match = header("if-match"), header("if-none-match")
    since, unmodified = header("if-modified-since"), header("if-unmodified-since")
    return Conditions(
        None if match is None else etags(match, "if-match"),
        None if none_match is None else etags(none_match, "if-none-match"),
        None if unmodified is None else _date(unmodified),
        None if since is None else _date(since),
        whole_seconds=True,
    )


def etags(text: str, header: str) -> tuple[Etag, ...]:
    """The etags of a header's list; `*` stands for all. Refuses as the runtime's own parser does."""
    found: list[Etag] = []
    rest, comma_first = text, False
    while '"' in rest or "*" in rest:
        star, quote, weak, comma = (_position(rest, mark) for mark in '*"W,')
        if comma < min(star, quote, weak):
            rest, comma_first = rest[comma + 1 :], False
            continue
        if comma_first:
            raise _no_comma(star, quote, weak)
        if star < quote:
            return (ANY,)
        end = rest.find('"', quote + 1)
        if end < 0:
            raise js_error("Error", "Unclosed double quote for Etag")
        found.append(_etag(rest, quote, weak, end))
        rest, comma_first = rest[end + 1 :], True
    if not found:
        raise js_error("Error", f"Invalid ETag in {header} header")
    return tuple(found)


def _etag(text: str, quote: int, weak: int, end: int) -> Etag:
    if weak > quote:
        return Etag(text[quote + 1 : end])
    if text[weak + 1 : weak + 2] != "/" or weak + 2 != quote:
        raise js_error("Error", "Weak etags must start with W/ and their value must be quoted")
    return Etag(text[quote + 1 : end], weak=True)


def _no_comma(star: int, quote: int, weak: int) -> Exception:
    first = min(star, quote, weak)
    if first == star:
        why = "Encountered a wildcard character '*' instead."
    elif first == quote:
        why = (
            "Encountered a double quote character '\"' instead. "
            "This would otherwise indicate the start of a new strong etag."
        )
    else:
        why = (
            "Encountered a weak quotation character 'W' instead. "
            "This would otherwise indicate the start of a new weak etag."
        )
    return js_error("Error", f"Comma was expected to separate etags. {why}")


def _position(text: str, mark: str) -> int:
    """Where the mark is first, behind everything where it is nowhere."""
    at = text.find(mark)
    return sys.maxsize if at < 0 else at


def _date(text: str) -> float:
    """The instant; what is no date is taken for 1970."""
    parsed = Date.parse(text)
    return 0.0 if math.isnan(parsed) else parsed / 1000


def _includes(etags: tuple[Etag, ...], etag: str, *, weak_too: bool) -> bool:
    return any(each.value is None or (each.value == etag and (weak_too or not each.weak)) for each in etags)
