"""The `scheduled` handler: what it is given, and how a run ends. A run is noted as [cron, scheduledTime]."""

from __future__ import annotations

from typing import Any

from tests.conformance.recorder.wanted import call, date, wait

NOON = date("2026-01-01T12:00:00.000Z")
SEEN = call("JOB.seen")


def fire(cron: str = "0 12 * * *", time: Any = NOON) -> dict:
    return call("JOB.scheduled", {"cron": cron, "scheduledTime": time})


def doing(*actions: dict, seconds: float = 0.3) -> list[dict]:
    """As many runs as there are actions, each doing one."""
    return [call("JOB.script", list(actions)), *(fire() for _ in actions), wait(seconds), SEEN]


EXPRESSIONS = [
    "* * * * *", "*/30 * * * *", "45 * * * *", "0 17 * * sun", "10 7 * * mon-fri", "0 15 1 * *", "0 18 * * 6L",
    "59 23 LW * *", "0 0 15W * *", "0 9 * * MON#2", "0 0 L-3 * *",
]  # fmt: skip
TIMES = {
    "a moment with milliseconds": "2026-03-01T00:00:00.250Z",
    "the leap day": "2028-02-29T23:59:00.000Z",
    "the first moment of 1970": "1970-01-01T00:00:00.000Z",
    "a moment far ahead": "2099-12-31T23:59:00.000Z",
}
ACTIONS: dict[str, list[dict]] = {
    "a run that ends well": [{}],
    "what a run returns is read by nobody": [{"returns": 42}, {"returns": "exception"}],
    "a run that throws": [{"throw": True}],
    "a run that throws, and the next": [{"throw": True}, {}],
    "a run that wants no retry": [{"noRetry": True}],
    "a run that wants no retry and throws": [{"noRetry": True, "throw": True}],
    "noRetry is forgotten by the next run": [{"noRetry": True}, {}],
    "a run that waits": [{"wait": 0.2}],
    "a run that waits and throws": [{"wait": 0.2, "throw": True}],
    "a run that stores what is refused": [{"put": ["", "v"]}],
    "a run that stores": [{"put": ["k", "v"]}, {"put": ["k", "w"]}],
    "what waitUntil is given goes on": [{"background": "fine"}],
    "what waitUntil is given goes on after an error": [{"background": "fine", "throw": True}],
}

SCENARIOS = {
    **{f"fired as {cron}": [fire(cron), SEEN] for cron in EXPRESSIONS},
    **{f"due at {title}": [fire(time=date(text)), SEEN] for title, text in TIMES.items()},
    **{title: doing(*actions) for title, actions in ACTIONS.items()},
    "one moment twice": [fire(), fire(), SEEN],
    "moments out of order": [fire(time=date("2026-01-01T12:05:00.000Z")), fire(), SEEN],
    "two triggers of one Worker": [fire("0 12 * * *"), fire("*/5 * * * *"), SEEN],
    "what waitUntil is given may fail": doing({"background": "throw"}),
}
