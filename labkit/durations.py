"""The platform's durations: seconds as a number, or words such as "3 days" and "90 seconds"."""

from __future__ import annotations

import re
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
