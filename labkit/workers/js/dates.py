"""`js.Date`: an instant of simulated time in whole milliseconds. A Worker's timezone is UTC."""

from __future__ import annotations

import math
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from labkit.workers.bindings import moment
from labkit.workers.context import current
from labkit.workers.proxies import JsBuiltin, JsException

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now_ms() -> int:
    """The present moment in milliseconds since 1970."""
    found = current.get()
    return int((time.time() if found is None else found.now()) * 1000)


class Date(JsBuiltin):
    """An instant; NaN where the text was no date."""

    __slots__ = ("_ms",)
    _ms: int | float

    def __init__(self, *parts: Any):
        match parts:
            case ():
                self._ms = now_ms()
            case (str(text),):
                self._ms = Date.parse(text)
            case (instant,):
                self._ms = _milliseconds(instant)
            case _:
                self._ms = Date.UTC(*parts)

    now = staticmethod(now_ms)

    @staticmethod
    def UTC(year: int, month: int = 0, day: int = 1, *rest: int) -> int:
        """The instant of a date whose months count from 0."""
        years, month = divmod(int(month), 12)
        hours, minutes, seconds, ms = (*rest, 0, 0, 0, 0)[:4]
        start = datetime(int(year) + years, month + 1, 1, tzinfo=UTC) - _EPOCH
        rest_of_it = timedelta(days=int(day) - 1, hours=hours, minutes=minutes, seconds=seconds, milliseconds=ms)
        return (start + rest_of_it) // timedelta(milliseconds=1)

    @staticmethod
    def parse(text: str) -> int | float:
        """The instant of an ISO or HTTP date, or NaN."""
        for read in (datetime.fromisoformat, parsedate_to_datetime):
            try:
                return _milliseconds(read(text))
            except ValueError:
                continue
        return math.nan

    def _plain(self) -> Any:
        return self if math.isnan(self._ms) else self._moment()

    def _moment(self) -> datetime:
        if math.isnan(self._ms):
            raise JsException("RangeError", "Invalid time value")
        return _EPOCH + timedelta(milliseconds=self._ms)

    def getTime(self) -> int | float:
        return self._ms

    valueOf = getTime

    def getTimezoneOffset(self) -> int:
        return 0

    def toISOString(self) -> str:
        return self._moment().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    toJSON = toISOString

    def toUTCString(self) -> str:
        return self._moment().strftime("%a, %d %b %Y %H:%M:%S GMT")

    def toString(self) -> str:
        if math.isnan(self._ms):
            return "Invalid Date"
        return self._moment().strftime("%a %b %d %Y %H:%M:%S GMT+0000 (Coordinated Universal Time)")

    def getUTCFullYear(self) -> int:
        return self._moment().year

    def getUTCMonth(self) -> int:
        return self._moment().month - 1

    def getUTCDate(self) -> int:
        return self._moment().day

    def getUTCDay(self) -> int:
        return self._moment().isoweekday() % 7

    def getUTCHours(self) -> int:
        return self._moment().hour

    def getUTCMinutes(self) -> int:
        return self._moment().minute

    def getUTCSeconds(self) -> int:
        return self._moment().second

    def getUTCMilliseconds(self) -> int:
        return self._moment().microsecond // 1000

    getFullYear, getMonth, getDate, getDay = getUTCFullYear, getUTCMonth, getUTCDate, getUTCDay
    getHours, getMinutes, getSeconds = getUTCHours, getUTCMinutes, getUTCSeconds
    getMilliseconds = getUTCMilliseconds


def _milliseconds(value: Any) -> int | float:
    if isinstance(value, Date):
        return value._ms
    if isinstance(value, datetime):
        with suppress(OverflowError):  # at the ends of Python's calendar: still a Date
            value = moment(value)
        return (value - _EPOCH) // timedelta(milliseconds=1)
    return math.nan if math.isnan(float(value)) else int(value)
