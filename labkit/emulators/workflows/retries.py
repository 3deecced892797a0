"""When a step's next attempt is due, if there is one: the only place that turns a configuration into a wait."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labkit.emulators.workflows import rules

DOUBLINGS = 1000
"""More would leave the range of a float; nobody lives to see them, unless the delay is 0."""


def delay_after(attempt: int, config: Mapping[str, Any]) -> float | None:
    """Seconds from the failure of this attempt, counted from 1, to the next; None where it was the last.

    `limit` is the number of retries after the first attempt.
    """
    retries = config["retries"]
    if attempt > retries["limit"]:
        return None
    base = rules.milliseconds(retries["delay"]) / 1000
    match retries["backoff"]:
        case "exponential":
            return base * 2.0 ** min(attempt - 1, DOUBLINGS)
        case "linear":
            return base * attempt
    return base


def timeout_ms(config: Mapping[str, Any]) -> float:
    """Milliseconds that one attempt may take."""
    return rules.milliseconds(config["timeout"])
