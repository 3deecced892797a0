"""The days of a month on which an expression fires: what `L`, `W` and `#` mean, and how the two fields of days combine.

A rule is made from a field's text once and asked for each month: it gives the days of that month, as numbers from 1.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass

from labkit.emulators.cron.fields import DAY, WEEKDAY, Field


@dataclass(frozen=True)
class Month:
    """A month of a year: `length` in days, `first` the weekday of its first day (1 is Sunday, as in an expression)."""

    length: int
    first: int

    @classmethod
    def of(cls, year: int, month: int) -> Month:
        monday_is_0, length = calendar.monthrange(year, month)
        return cls(length, (monday_is_0 + 1) % 7 + 1)

    def weekday(self, day: int) -> int:
        """The weekday of a day, from 1, Sunday."""
        return (self.first - 1 + day - 1) % 7 + 1

    def dates(self, weekday: int) -> range:
        """The days of the month that fall on a weekday."""
        return range(1 + (weekday - self.first) % 7, self.length + 1, 7)


Rule = Callable[[Month], frozenset[int]]

_LAST = re.compile(r"L(?:-(?P<before>[0-9]+))?(?P<weekday>W)?")
_NEAREST = re.compile(r"(?P<day>\w+)W")
_LAST_WEEKDAY = re.compile(r"(?P<weekday>\w+)L")
_NTH_WEEKDAY = re.compile(r"(?P<weekday>\w+)#(?P<nth>\w+)")


def month_days(text: str) -> Rule | None:
    """The rule of a day-of-month field; None for `*`, which leaves the choice to the weekday."""
    if text == "*":
        return None
    if found := _LAST.fullmatch(text):
        before, moved = int(found["before"] or 0), bool(found["weekday"])
        if found["before"] and not 1 <= before <= DAY.high - 1:
            raise DAY.refusal(text, f"after L- comes 1 to {DAY.high - 1}")
        return lambda month: _one(month, month.length - before, moved)
    if found := _NEAREST.fullmatch(text):
        day = DAY.value(found["day"])
        return lambda month: _one(month, day, moved=True)
    _refuse_mixture(DAY, text, "LW")
    days = DAY.values(text)
    return lambda month: frozenset(day for day in days if day <= month.length)


def week_days(text: str) -> Rule | None:
    """The rule of a weekday field; None for `*`, which leaves the choice to the day of the month."""
    if text == "*":
        return None
    if text == "L":  # the last day of the week
        text = "SAT"
    if found := _LAST_WEEKDAY.fullmatch(text):
        weekday = WEEKDAY.value(found["weekday"])
        return lambda month: frozenset(month.dates(weekday)[-1:])
    if found := _NTH_WEEKDAY.fullmatch(text):
        weekday, nth = WEEKDAY.value(found["weekday"]), found["nth"]
        if nth not in ("1", "2", "3", "4", "5"):
            raise WEEKDAY.refusal(text, "after # comes 1 to 5")
        return lambda month: frozenset(month.dates(weekday)[int(nth) - 1 : int(nth)])
    _refuse_mixture(WEEKDAY, text, "L#")
    weekdays = WEEKDAY.values(text)
    return lambda month: frozenset(day for weekday in weekdays for day in month.dates(weekday))


def _one(month: Month, day: int, moved: bool) -> frozenset[int]:
    """A day of the month, `moved` to the nearest Monday to Friday within it, if the month has such a day."""
    if moved and day >= 1:
        day = _nearest_weekday(month, day)
    return frozenset({day}) if 1 <= day <= month.length else frozenset()


def _nearest_weekday(month: Month, day: int) -> int:
    """The Monday to Friday nearest to a day, in the same month. A shorter month's 31st is the day after its 30th."""
    weekday = month.weekday(day)
    if weekday == 7:  # Saturday
        return day - 1 if day > 1 else day + 2
    if weekday == 1:  # Sunday
        return day + 1 if day != month.length else day - 2
    return day


def _refuse_mixture(field: Field, text: str, letters: str) -> None:
    """What `L`, `W` and `#` give stands alone in its field."""
    if "," in text and any(letter in text for letter in letters):
        raise field.refusal(text, f"{' and '.join(letters)} stand alone, outside a list")
