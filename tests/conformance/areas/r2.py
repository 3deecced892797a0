"""R2: one bucket with the network switched off, as the vendor's local runtime has it."""

from __future__ import annotations

import random
from collections.abc import Awaitable
from typing import Any

from labkit.emulators.r2 import R2
from labkit.timeline import Timeline
from labkit.trace import Trace
from labkit.world import World

RECORDED_AT = 1_700_000_000.0


class R2Bench:
    """A bucket called `R2`, as a Worker in Sydney sees it."""

    def __init__(self) -> None:
        self.timeline = Timeline()
        trace = Trace(lambda: self.timeline.now)
        world = World(self.timeline, trace, random.Random(0), epoch=RECORDED_AT)
        self.bindings = {"R2": R2({"binding": "R2"}, world).binding("SYD")}

    def target(self, name: str) -> Any:
        return self.bindings[name]

    def run(self, awaitable: Awaitable[Any]) -> Any:
        return self.timeline.run(awaitable)

    def advance(self, seconds: float) -> None:
        self.timeline.advance(seconds)


def bench() -> R2Bench:
    return R2Bench()
