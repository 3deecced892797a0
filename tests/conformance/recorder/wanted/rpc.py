"""Calls of methods across Workers and into Durable Objects: what travels by value, and what as a stub.

What differs by language is left to the parity lane: errors that a class raises, properties, missing methods, RpcTarget.
"""

from __future__ import annotations

from typing import Any

from tests.conformance.recorder.wanted import call, date, read

DOUBLE, JOIN = {"$function": "double"}, {"$function": "join"}
VALUES: dict[str, list[Any]] = {
    "numbers": [0, -1, 1.5, 2**53, 1e300],
    "texts": ["", "text", "šum ☕ 𝄞", "line\nbreak"],
    "truth and nothing": [True, False, None],
    "bytes": [{"$bytes": "AAEC"}, {"$bytes": ""}],
    "dates": [date("2026-01-01T00:00:00.000Z"), date("1969-12-31T23:59:59.999Z")],
    "lists": [[], [1, [2, [3]]], [None, "a"]],
    "objects": [{"a": 1, "b": {"c": [True]}}, {"z": 1, "a": 2}],
    "objects with marks of all kinds": [{"at": date("2026-01-01T00:00:00.000Z"), "raw": {"$bytes": "/w=="}}],
}


def on(target: str) -> dict[str, list[dict]]:
    """The scenarios that a Worker and a Durable Object answer alike."""
    return {
        **{f"{name} come back": [call(f"{target}.echo", value) for value in values] for name, values in VALUES.items()},
        "a method that returns nothing": [call(f"{target}.nothing"), call(f"{target}.echo")],
        "a method that returns a promise": [call(f"{target}.later", 7)],
        "many arguments": [call(f"{target}.total", 1, 2, 3, 4), call(f"{target}.total")],
        "a function that is returned": [
            call(f"{target}.adder", 2, keep="add"), call(f"{target}.apply", {"$ref": "add"}, 5),
        ],
        "a function that is passed": [call(f"{target}.apply", DOUBLE, 21), call(f"{target}.apply", JOIN, "a", "b")],
        "a function that is called twice": [call(f"{target}.applyTwice", DOUBLE, 3)],
        "functions inside an object": [
            call(f"{target}.counter", 5, keep="c"), call("$c.inside.increment"), call("$c.inside.increment", 10),
            call("$c.total"), read("$c.label"),
        ],
        "two objects of one kind": [
            call(f"{target}.counter", 0, keep="a"), call(f"{target}.counter", 100, keep="b"),
            call("$a.inside.increment"), call("$b.inside.increment"), call("$a.inside.increment"),
        ],
        "a function of one handed to another": [
            call(f"{target}.counter", 1, keep="c"), call(f"{target}.apply", {"$ref": "c.inside.increment"}, 3),
            call("$c.total"),
        ],
        "a stream comes and goes": [
            call(f"{target}.stream", "flowing"), call(f"{target}.read", {"$stream": "Zmxvdw=="}),
        ],
        "a megabyte": [
            call(f"{target}.size", {"$zeros": 1_048_576}), call(f"{target}.size", {"$repeat": ["x", 100_000]}),
        ],
    }  # fmt: skip


SCENARIOS = {
    **{f"Worker: {title}": steps for title, steps in on("SERVICE").items()},
    **{f"Durable Object: {title}": steps for title, steps in on("A").items()},
    "a Worker forgets between calls": [call("SERVICE.count"), call("SERVICE.count")],
    "a Durable Object remembers": [call("A.count"), call("A.count"), call("B.count")],
    "a Durable Object keeps what it is given": [
        call("A.remember", {"a": [1]}), call("A.recall"), call("B.recall"),
    ],
}  # fmt: skip
