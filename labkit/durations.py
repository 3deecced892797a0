"""The platform's durations, seconds as a number or words such as "3 days" and "90 seconds", and dates."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from math import isfinite

from labkit.errors import LabError

SECONDS = {
    "second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800, "month": 2_592_000, "year": 31_536_000,
}  # fmt: skip
"""Seconds in each unit; a month counts 30 days and a year 365, as Workflows count them."""
_WORDS = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(" + "|".join(SECONDS) + r")s?\s*")


def seconds(duration: float | str) -> float:
    """A duration in seconds. Refuses words that are not a number and a unit."""
    if isinstance(duration, int | float) and not isinstance(duration, bool) and isfinite(duration):
        return float(duration)
    match = _WORDS.fullmatch(duration) if isinstance(duration, str) else None
    if not match:
        raise LabError(f'{duration!r} is no duration; give seconds, or words such as "90 seconds" or "3 days".')
    return float(match[1]) * SECONDS[match[2]]


def unix(date: str | float) -> float:
    """A date as Unix seconds, from ISO 8601 (UTC where it says nothing else) or from Unix seconds."""
    try:
        if isinstance(date, int | float):
            return datetime.fromtimestamp(date, UTC) and float(date)
        moment = datetime.fromisoformat(date)
    except (ValueError, TypeError, OverflowError, OSError):
        raise LabError(f'start={date!r}: give a date such as "2026-01-01T00:00:00Z", or Unix seconds.') from None
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
