"""A cron expression: five fields, in UTC, and the moments at which it fires.

Moments are Unix seconds, always whole minutes. Where the day of the month and the weekday are both restricted, either
is enough. Weekdays are numbered from 1, Sunday, to 7, as in Quartz and unlike POSIX.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from itertools import islice

from labkit import facts
from labkit.emulators.cron import words
from labkit.emulators.cron.days import Month, month_days, week_days
from labkit.emulators.cron.fields import HOUR, MINUTE, MONTH, WHERE
from labkit.errors import ConfigError

DAY = 86_400
EPOCH = date(1970, 1, 1).toordinal()
CYCLE = 400
"""Years after which the calendar, weekdays included, repeats: what has not fired in them never fires."""


class Cron:
    """An expression such as `*/5 * * * *`. Refuses with a ConfigError what the platform's parser would."""

    def __init__(self, text: str):
        fields = text.split() if isinstance(text, str) else []
        if len(fields) != 5:
            raise ConfigError(
                f'{text!r} is no cron expression: five fields, such as "*/5 * * * *". They are minute, hour, day of '
                f"the month, month and weekday; this has {len(fields)}.",
                where=WHERE,
            )
        minute, hour, day, month, weekday = fields
        self.text = text
        self.minutes, self.hours = sorted(MINUTE.values(minute)), sorted(HOUR.values(hour))
        self.months = sorted(MONTH.values(month))
        self._times = [hour * 3600 + minute * 60 for hour in self.hours for minute in self.minutes]
        self._month_days, self._week_days = month_days(day), week_days(weekday)

    def next(self, after: float) -> int | None:
        """The first moment after a moment at which it fires; None where it never does, as on 31 February."""
        if self.never_fires:
            return None
        return next(self._moments(int(after // 60 + 1) * 60), None)

    def between(self, start: float, end: float) -> list[int]:
        """Every moment at which it fires from `start` on and before `end`."""
        moments = []
        for moment in self._moments(int(-(-start // 60)) * 60):
            if moment >= end:
                break
            moments.append(moment)
        return moments

    def following(self, after: float, count: int) -> list[int]:
        """The next few moments after a moment."""
        return list(islice(self._moments(int(after // 60 + 1) * 60), count))

    @cached_property
    def never_fires(self) -> bool:
        """Whether no month has such a day. It takes centuries to see, so it is looked for once."""
        return next(self._moments(0), None) is None

    @property
    def is_frequent(self) -> bool:
        """Whether two runs can be less than an hour apart: then each has less CPU time."""
        return len(self.minutes) > 1

    def cpu_ms(self, plan: str) -> float:
        """The CPU time that a run may use."""
        return facts.value("cron.cpu_ms_frequent" if self.is_frequent else "cron.cpu_ms_hourly", plan=plan)

    def explain(self) -> str:
        """The expression in words: "at 09:00 on Sunday to Thursday"."""
        return words.explain(self.text)

    def hints(self) -> list[str]:
        """What a reader who knows another cron may take it for, a sentence each."""
        never = [f"{self.text!r} never fires: no month has such a day."] if self.never_fires else []
        return [*words.hints(self.text), *never]

    def _moments(self, start: int) -> Iterator[int]:
        """Every moment at which it fires, from a whole minute on."""
        for ordinal in self._dates(date.fromordinal(start // DAY + EPOCH)):
            midnight = (ordinal - EPOCH) * DAY
            for time in self._times[bisect_left(self._times, start - midnight) :]:
                yield midnight + time

    def _dates(self, first: date) -> Iterator[int]:
        """The ordinals of the dates on which it fires, from a date on, until `CYCLE` years have none."""
        quiet = first.year
        for year in range(first.year, 10_000):
            for month in self.months[bisect_left(self.months, first.month) if year == first.year else 0 :]:
                for day in self._days(Month.of(year, month)):
                    if (year, month, day) >= (first.year, first.month, first.day):
                        quiet = year
                        yield date(year, month, day).toordinal()
            if year - quiet > CYCLE:
                return

    def _days(self, month: Month) -> list[int]:
        rules = [rule for rule in (self._month_days, self._week_days) if rule]
        if not rules:
            return list(range(1, month.length + 1))
        return sorted(frozenset().union(*(rule(month) for rule in rules)))

    def __eq__(self, other: object) -> bool:
        """Whether two expressions say the same in different words: the platform refuses the second."""
        return isinstance(other, Cron) and self._meaning() == other._meaning()

    def __hash__(self) -> int:
        return hash(self._meaning())

    def _meaning(self) -> tuple[object, ...]:
        year = [tuple(self._days(Month(length, first))) for length in (28, 29, 30, 31) for first in range(1, 8)]
        return (tuple(self._times), tuple(self.months), tuple(year))

    def __repr__(self) -> str:
        return f"Cron({self.text!r})"


def explain(text: str) -> str:
    """An expression in words. Refuses what is none."""
    return Cron(text).explain()
