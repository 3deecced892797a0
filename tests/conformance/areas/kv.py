"""Workers KV: one namespace with the network switched off, so that every read sees the last write."""

from __future__ import annotations

import random
from collections.abc import Awaitable
from typing import Any

from labkit.emulators.kv import Kv
from labkit.timeline import Timeline
from labkit.trace import Trace
from labkit.world import World

RECORDED_AT = 1_700_000_000.0


class KvBench:
    """A namespace called `KV`, as a Worker in Sydney sees it, at the second when the recordings begin."""

    def __init__(self) -> None:
        self.timeline = Timeline()
        trace = Trace(lambda: self.timeline.now)
        world = World(self.timeline, trace, random.Random(0), epoch=RECORDED_AT)
        self.bindings = {"KV": Kv("KV", world).binding("SYD")}

    def target(self, name: str) -> Any:
        return self.bindings[name]

    def run(self, awaitable: Awaitable[Any]) -> Any:
        return self.timeline.run(awaitable)

    def advance(self, seconds: float) -> None:
        self.timeline.advance(seconds)


def bench() -> KvBench:
    return KvBench()
