"""One module an area, named after it: `kv.py` replays the scenarios whose area is "kv".

A module holds a function `bench()` that returns a fresh `Bench`, and an area without a module is not
built yet. Nothing else lists the areas.
"""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from labkit.timeline import Timeline
from labkit.trace import Trace
from labkit.world import World

RECORDED_AT = 1_700_000_000.0
"""Unix time at which every recording begins."""


class Bench(Protocol):
    """What one scenario runs on: the bindings that it calls and the clock that it advances."""

    def target(self, name: str) -> Any:
        """The object that a step's call names before the dot: "KV" is the namespace's binding."""

    def run(self, awaitable: Any) -> Any:
        """The result of an awaitable, driven to its end on the simulated clock."""

    def advance(self, seconds: float) -> None:
        """Let that much simulated time pass."""


class Emulated:
    """An emulator alone, the network switched off: `make` gives its bindings, as a Worker in Sydney has them."""

    def __init__(self, make: Callable[[World], dict[str, Any]] = lambda world: {}):
        self.timeline = Timeline()
        trace = Trace(lambda: self.timeline.now)
        self.world = World(self.timeline, trace, random.Random(0), epoch=RECORDED_AT)
        self.bindings = make(self.world)

    def target(self, name: str) -> Any:
        return self.bindings[name]

    def run(self, awaitable: Awaitable[Any]) -> Any:
        return self.timeline.run(awaitable)

    def advance(self, seconds: float) -> None:
        self.timeline.advance(seconds)


def is_built(area: str) -> bool:
    """Whether this folder has a module for the area."""
    return importlib.util.find_spec(f"{__name__}.{area}") is not None


def bench(area: str) -> Bench:
    """A fresh bench of a built area."""
    return importlib.import_module(f"{__name__}.{area}").bench()
