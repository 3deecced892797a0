"""Histories that others published, in their own text formats: Jepsen's logs of etcd, and a key-value store's.

The order of the lines is the time: line n is at time n. A process that never answered has an open operation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from math import inf
from typing import Any

from labkit.sim.linearizability.operations import UNSEEN, History, Operation

JEPSEN = re.compile(r"INFO\s+jepsen\.util - (?P<process>\d+)\s+:(?P<kind>\w+)\s+:(?P<name>\w+)\s+(?P<value>.*)")
EDN = re.compile(
    r'\{:process (?P<process>\d+), :type :(?P<kind>\w+), :f :(?P<name>\w+), :key "(?P<key>.*?)", :value (?P<value>.*)\}'
)
NAMES = {"get": "read", "put": "write"}


def jepsen(text: str) -> History:
    """A log of Jepsen's register tests: reads, writes and compare-and-sets of one number, nil at first.

    A `cas` that failed saw another value. Whatever timed out is open; a read that did says nothing.
    """
    return _paired(JEPSEN, text, _number)


def key_value(text: str) -> History:
    """A log of gets, puts and appends of texts, a line an EDN map; a text is "" at first (`TEXT`)."""
    return _paired(EDN, text, _text)


def _paired(line: re.Pattern[str], text: str, value: Callable[[str], Any]) -> History:
    """Each call with its answer, the next line of the same process that is one."""
    waiting: dict[str, dict[str, Any]] = {}
    found: History = []
    for time, match in enumerate(filter(None, map(line.match, text.splitlines()))):
        process, kind, name, given = match["process"], match["kind"], match["name"], match["value"]
        if kind == "invoke":
            waiting[process] = _call(match, value(given), float(time))
        elif process in waiting and given != ":timed-out":
            result = {"read": value(given), "cas": kind == "ok"}.get(NAMES.get(name, name), UNSEEN)
            found.append(Operation(**waiting.pop(process), result=result, returned=float(time)))
        else:
            found.append(Operation(**waiting.pop(process), returned=inf))
    return found + [Operation(**call) for call in waiting.values()]


def _call(match: re.Match[str], argument: Any, time: float) -> dict[str, Any]:
    fields: Iterable[str] = match.groupdict()
    key = match["key"] if "key" in fields else ""
    return {"process": int(match["process"]), "name": NAMES.get(match["name"], match["name"]), "argument": argument,
            "called": time, "key": key}  # fmt: skip


def _number(word: str) -> Any:
    """nil, a number, or a pair of them."""
    numbers = tuple(map(int, re.findall(r"-?\d+", word)))
    return (numbers[0] if len(numbers) == 1 else numbers) if numbers else None


def _text(word: str) -> str | None:
    return None if word == "nil" else word.strip('"')
