"""Alarms of Durable Objects. A run is noted as [retryCount, isRetry, getAlarm()]; `due` gives whole seconds.

A failed run is tried again some 2 s later, then 4: scenarios wait well beside those moments.
"""

from __future__ import annotations

from tests.conformance.recorder.wanted import call, date, wait

SEEN, DUE = call("A.seen"), call("A.due")


def script(*actions: dict) -> dict:
    return call("A.script", list(actions))


SCENARIOS = {
    "rings once, and is gone": [call("A.plan", 0.3), DUE, SEEN, wait(0.8), SEEN, DUE, wait(0.5), SEEN],
    "a date is as good as a number": [call("A.planDate", 0.3), wait(0.8), SEEN, call("A.planDate", 40), DUE],
    "the past rings at once": [call("A.plan", -3600), wait(0.3), SEEN, DUE],
    "the first second of 1970 rings at once": [call("A.planAt", 1), wait(0.3), SEEN],
    "now rings at once": [call("A.plan", 0), wait(0.3), SEEN, DUE],
    "the later setting counts": [call("A.plan", 0.3), call("A.plan", 60), DUE, wait(0.8), SEEN, DUE],
    "the earlier setting counts when it is the last": [call("A.plan", 60), call("A.plan", 0.3), wait(0.8), SEEN, DUE],
    "of several settings in one call the last counts": [call("A.planSeveral", [60, 0.2, 30]), wait(0.6), SEEN, DUE],
    "a cancelled one does not ring": [call("A.plan", 0.4), call("A.cancel"), DUE, wait(0.8), SEEN],
    "cancelling nothing is no error": [call("A.cancel"), DUE, call("A.cancel"), call("A.plan", 20), DUE],
    "set again after it was cancelled": [call("A.plan", 60), call("A.cancel"), call("A.plan", 0.3), wait(0.8), SEEN],
    "each object has its own": [
        call("A.plan", 0.2),
        call("B.plan", 0.5),
        wait(0.35),
        SEEN,
        call("B.seen"),
        wait(0.5),
        call("B.seen"),
        call("C.due"),
    ],  # fmt: skip
    "sets the next one itself": [
        script({"plan": 0.3}, {"plan": 0.3}),
        call("A.plan", 0.2),
        wait(1.4),
        SEEN,
        DUE,
    ],  # fmt: skip
    "a run that cancels nothing ends well": [script({"cancel": True}), call("A.plan", 0.2), wait(0.6), SEEN, DUE],
    "a run that plans and cancels leaves none": [
        script({"plan": 30, "cancel": True}),
        call("A.plan", 0.2),
        wait(0.6),
        SEEN,
        DUE,
    ],  # fmt: skip
    "a run stores": [script({"put": ["k", "v"]}), call("A.plan", 0.2), wait(0.6), call("A.get", "k"), SEEN],
    "a run that fails is tried again": [
        script({"then": "throw"}),
        call("A.plan", 0.1),
        wait(0.8),
        SEEN,
        wait(3.2),
        SEEN,
    ],
    "what a failed run stored stays": [
        script({"put": ["k", 1], "then": "throw"}),
        call("A.plan", 0.1),
        wait(0.8),
        call("A.get", "k"),
        SEEN,
    ],  # fmt: skip
    "a second failure waits longer": [
        script({"then": "throw"}, {"then": "throw"}),
        call("A.plan", 0.1),
        wait(4),
        SEEN,
        wait(5.5),
        SEEN,
    ],  # fmt: skip
    "a failed run that set another is tried at that time": [
        script({"plan": 0.5, "then": "throw"}),
        call("A.plan", 0.1),
        wait(1.5),
        SEEN,
        wait(3),
        SEEN,
    ],  # fmt: skip
    "while a retry waits, it is still set": [script({"then": "throw"}), call("A.plan", 0.1), wait(0.8), SEEN, DUE],
    "a retry can be replaced": [
        script({"then": "throw"}),
        call("A.plan", 0.1),
        wait(0.8),
        call("A.plan", 0.2),
        wait(0.8),
        SEEN,
        wait(3.5),
        SEEN,
    ],  # fmt: skip
    "an aborted run is tried again": [script({"then": "abort"}), call("A.plan", 0.1), wait(4.2), SEEN],
    "rings while a call is under way": [
        call("A.plan", 0.2),
        call("A.busy", 0.6),
        SEEN,
    ],  # fmt: skip
    "calls are served while a run waits": [
        script({"wait": 0.6}),
        call("A.plan", 0.1),
        wait(0.4),
        SEEN,
        DUE,
        wait(0.6),
        SEEN,
    ],  # fmt: skip
    "set while its run is under way": [
        script({"wait": 0.5}),
        call("A.plan", 0.1),
        wait(0.3),
        call("A.plan", 0.6),
        wait(1.4),
        SEEN,
        DUE,
    ],  # fmt: skip
    "set in a transaction that ends": [call("A.planInTransaction", 0.3, "commit"), wait(0.8), SEEN],
    "set in a transaction that throws": [
        call("A.planInTransaction", 0.3, "throw"),
        DUE,
        wait(0.8),
        SEEN,
    ],  # fmt: skip
    "set in a transaction that is rolled back": [
        call("A.plan", 40),
        call("A.planInTransaction", 0.3, "rollback"),
        DUE,
        wait(0.8),
        SEEN,
    ],  # fmt: skip
    "set where concurrency is blocked": [call("A.planBlocked", 0.1), SEEN, wait(0.5), SEEN, DUE],
    "deleteAll takes it along": [call("A.put", "k", 1), call("A.plan", 0.4), call("A.wipe"), DUE, wait(0.8), SEEN],
    "times that are refused": [
        call("A.planAt", 0),
        call("A.planAt", -1),
        call("A.planAt", date("1969-12-31T23:59:59.000Z")),
        DUE,
    ],  # fmt: skip
    "far in the future": [call("A.planAt", 4_102_444_800_000), call("A.cancel"), DUE],
    "without a handler": [call("Mute.planAt", 4_102_444_800_000), call("Mute.due"), call("Mute.cancel")],
}
