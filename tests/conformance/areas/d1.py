"""D1: one database with the network switched off, at the second when the recordings begin."""

from __future__ import annotations

import random
from collections.abc import Awaitable
from typing import Any

from labkit.emulators.d1 import D1
from labkit.timeline import Timeline
from labkit.trace import Trace
from labkit.world import World

RECORDED_AT = 1_700_000_000.0


class D1Bench:
    """A database called `DB`, as a Worker in Sydney sees it."""

    def __init__(self) -> None:
        self.timeline = Timeline()
        trace = Trace(lambda: self.timeline.now)
        world = World(self.timeline, trace, random.Random(0), epoch=RECORDED_AT)
        self.database = D1({"binding": "DB"}, world).binding("SYD")

    def target(self, name: str) -> Any:
        return {"DB": self.database}[name]

    def run(self, awaitable: Awaitable[Any]) -> Any:
        return self.timeline.run(awaitable)

    def advance(self, seconds: float) -> None:
        self.timeline.advance(seconds)


def bench() -> D1Bench:
    return D1Bench()
