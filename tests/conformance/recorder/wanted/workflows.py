"""Workflows: a program of steps in `params`, whose output is what each step has given (`subjects.mjs`, `Flow`)."""

from __future__ import annotations

from typing import Any

from tests.conformance.recorder.wanted import call, read, wait

STATUS = call("$i.status")


def run(*program: dict[str, Any], seconds: float = 0.6, **params: Any) -> list[dict]:
    """An instance that runs a program to its end."""
    return [
        call("FLOW.create", {"id": "x", "params": {"program": list(program), **params}}, keep="i"),
        wait(seconds),
        STATUS,
    ]


def gives(name: str, value: Any) -> dict[str, Any]:
    return {"name": name, "returns": value}


def tells(name: str, what: str, **more: Any) -> dict[str, Any]:
    """A step that tells of its attempt, its own name and count, its configuration, or the sum so far."""
    return {"name": name, "gives": what, **more}


def retrying(limit: int, fails: int, **config: Any) -> dict[str, Any]:
    retries = {"limit": limit, "delay": 100, **config}
    return {"name": "t", "fails": fails, "gives": "attempt", "config": {"retries": retries}}


def started(*program: dict[str, Any], seconds: float = 0.3) -> list[dict]:
    return run(*program, seconds=seconds)[:2]


WAIT = {"wait": "go", "name": "w", "timeout": "10 seconds"}
EVENT = call("$i.sendEvent", {"type": "go", "payload": {"n": 1}})
SLOW = {"name": "slow", "takes": 0.6, "returns": "done"}

SCENARIOS = {
    "no steps": run(),
    "no params": [call("FLOW.create", {"id": "x"}, keep="i"), wait(0.3), STATUS],
    "results of steps": run(gives("a", 1), gives("b", "two"), gives("c", [3])),
    "a step sees those before it": run(gives("a", 1), gives("b", 2), tells("c", "sum")),
    "a step that gives nothing": run({"name": "a"}, gives("b", None)),
    "the output is what run returns": run(gives("a", 1), returns={"answer": 42}),
    "one name twice": run(tells("a", "step"), tells("a", "step"), tells("b", "step")),
    "an empty name": run(tells("", "step")),
    "a name of 256 characters": run({"name": "n" * 256, "returns": 1}),
    "a name of 257 characters": run({"name": "n" * 257, "returns": 1, "caught": True}),
    "the configuration that a step has by default": run(tells("a", "config")),
    "the configuration that a step is given": run(
        tells("a", "config", config={"retries": {"limit": 2, "delay": "3 seconds"}, "timeout": "1 minute"})
    ),
    "steps side by side": run({"parallel": [gives(name, name) | {"takes": 0.3} for name in "abc"]}, seconds=1.2),
    "a step that fails once": run(retrying(2, 1), seconds=1),
    "a step that fails as often as it may": run(retrying(2, 2), seconds=1.4),
    "a step that fails once too often": run(retrying(1, 2) | {"caught": True}, seconds=1.2),
    "a step without retries": run(retrying(0, 1) | {"caught": True}, gives("after", 1)),
    "linear backoff": run(retrying(3, 3, backoff="linear"), seconds=1.8),
    "constant backoff": run(retrying(3, 3, backoff="constant"), seconds=1.6),
    "exponential backoff": run(retrying(2, 2, backoff="exponential"), seconds=1.6),
    "a failure that nobody catches": run(retrying(0, 1), gives("never", 1)),
    "an error between steps": run(gives("a", 1), {"throw": True}, {"name": "never"}),
    "an error between steps that is caught": run({"throw": True, "caught": True}, gives("a", 1)),
    "a step that must not be tried again": run({"name": "f", "fatal": True, "caught": True}, tells("a", "attempt")),
    "a step that must not be tried again, uncaught": run({"name": "f", "fatal": True}),
    "a step that takes too long": run(
        {"name": "t", "takes": 1, "caught": True, "config": {"timeout": 200, "retries": {"limit": 0, "delay": 0}}},
        seconds=1.2,
    ),
    "a sleep": [*started({"sleep": 500}, gives("a", 1), seconds=0.25),
                wait(0.9), STATUS],
    "a sleep in words": run({"sleep": "1 second"}, gives("a", 1), seconds=1.8),
    "a sleep of nothing": run({"sleep": 0}, gives("a", 1)),
    "a sleep until a moment": run({"until": 400}, gives("a", 1), seconds=1.2),
    "an event that is waited for": [*started(WAIT), EVENT, wait(0.4), STATUS],
    "an event that comes early": [*started({"sleep": 600}, WAIT, seconds=0.2), EVENT, wait(1.2), STATUS],
    "an event of another type": [
        *started(WAIT), call("$i.sendEvent", {"type": "stop", "payload": 0}), wait(0.3), EVENT, wait(0.4), STATUS,
    ],
    "two events for two waits": [
        *started(WAIT, WAIT | {"name": "w2"}), EVENT,
        call("$i.sendEvent", {"type": "go", "payload": 2}), wait(0.6), STATUS,
    ],
    "an event without a payload": [*started(WAIT), call("$i.sendEvent", {"type": "go"}), wait(0.4), STATUS],
    "an event that never comes": run({"wait": "go", "timeout": "1 second", "caught": True}, seconds=1.8),
    "terminated": [*started(SLOW, SLOW), call("$i.terminate"), wait(0.9), STATUS],
    "terminated after its end": [*run(gives("a", 1)), call("$i.terminate"), STATUS],
    "paused between two steps": [
        *started(SLOW, gives("b", 2)), call("$i.pause"), wait(0.8), STATUS, call("$i.resume"), wait(0.6),
        STATUS,
    ],
    "restarted after its end": [
        *run(gives("a", 1)), call("$i.restart"), wait(0.6), STATUS,
    ],
    "an instance found again": [
        *run(gives("a", 1)), call("FLOW.get", "x", keep="j"), read("$j.id"), call("$j.status"),
    ],
    "an instance that is not there": [call("FLOW.get", "nobody")],
    "several at once": [
        call("FLOW.createBatch", [{"id": "a"}, {"id": "b", "params": {"returns": 1}}], keep="both"), wait(0.5),
        call("$both.0.status"), call("$both.1.status"),
    ],
    "several of none": [call("FLOW.createBatch", [])],
    "ids that are refused": [
        *(call("FLOW.create", {"id": name}) for name in ("", "a b", "a.b", "-a", "a/b", "x" * 101)),
    ],
    "ids that are accepted": [
        *(call("FLOW.create", {"id": name}) for name in ("a", "A-1_b", "_a", "0", "x" * 100)),
    ],
}  # fmt: skip
