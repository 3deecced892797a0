"""The five fields of a cron expression: which values each allows, and how its text becomes a set of them.

The grammar is that of Cloudflare's own parser (github.com/cloudflare/saffron), which the page on Cron Triggers
describes: single values, ranges that may wrap around (`FRI-SUN`, `22-2`), steps, lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from labkit.errors import ConfigError

WHERE = "https://developers.cloudflare.com/workers/configuration/cron-triggers/#supported-cron-expressions"

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")

_PART = re.compile(r"(?P<first>\*|\w+)(-(?P<last>\w+))?(/(?P<step>\w+))?")


@dataclass(frozen=True)
class Field:
    """One of the five: its name, its smallest and largest value, and names for them, from the smallest on."""

    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()
    note: str = ""

    def values(self, text: str) -> frozenset[int]:
        """The values that a list of values, ranges and steps stands for. Refuses what the platform's parser would."""
        return frozenset(value for part in text.split(",") for value in self._part(part, text))

    def value(self, text: str) -> int:
        """A number or a name as its number. Refuses what lies outside the field."""
        if text.upper() in self.names:
            return self.low + self.names.index(text.upper())
        if not text.isascii() or not text.isdigit():
            raise self.refusal(text, self._wanted())
        if not self.low <= int(text) <= self.high:
            raise self.refusal(text, self._wanted())
        return int(text)

    def refusal(self, text: str, wanted: str) -> ConfigError:
        """What to raise for a text that this field does not allow."""
        return ConfigError(f"{text!r} is no {self.name}: {wanted}.", where=WHERE)

    def _part(self, part: str, text: str) -> Iterator[int]:
        found = _PART.fullmatch(part)
        if not found or (found["first"] == "*" and (found["last"] or (not found["step"] and text != "*"))):
            raise self.refusal(text, f'{self._wanted()}, ranges such as "{self.low}-{self.low + 4}", steps such as '
                                     f'"*/5", and lists of these')  # fmt: skip
        first = self.low if found["first"] == "*" else self.value(found["first"])
        last = self.value(found["last"]) if found["last"] else first
        if found["first"] == "*" or (found["step"] and not found["last"]):
            last = self.high
        step = self._step(found["step"]) if found["step"] else 1
        size = self.high - self.low + 1
        for distance in range(0, (last - first) % size + 1, step):
            yield self.low + (first - self.low + distance) % size

    def _step(self, text: str) -> int:
        largest = self.high - self.low
        if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= largest:
            raise ConfigError(f"/{text} is no step of a {self.name}: it is 1 to {largest}.", where=WHERE)
        return int(text)

    def _wanted(self) -> str:
        names = f", or {self.names[0]} to {self.names[-1]}" if self.names else ""
        return f"it is {self.low} to {self.high}{names}{self.note}"


MINUTE = Field("minute", 0, 59)
HOUR = Field("hour", 0, 23)
DAY = Field("day of the month", 1, 31)
MONTH = Field("month", 1, 12, MONTHS)
WEEKDAY = Field("weekday", 1, 7, WEEKDAYS, ", and 1 is Sunday")
