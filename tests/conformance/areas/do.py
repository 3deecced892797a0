"""Durable Objects: the storage of one object, with the network switched off. Its class has no `alarm`."""

from __future__ import annotations

import random
from collections.abc import Awaitable
from typing import Any

from labkit.emulators.durable_objects import DurableObjects
from labkit.emulators.durable_objects.instance import Instance
from labkit.timeline import Timeline
from labkit.trace import Trace
from labkit.world import World

RECORDED_AT = 1_700_000_000.0


class NobodysHost:
    """A class whose object has no code of its own."""

    def has(self, method: str) -> bool:
        return False

    async def create(self, *_: Any, **__: Any) -> Any:
        return None


class DoBench:
    """An object, its `storage`, and the `sql` and `kv` of that, at the second when the recordings begin."""

    def __init__(self) -> None:
        self.timeline = Timeline()
        trace = Trace(lambda: self.timeline.now)
        world = World(self.timeline, trace, random.Random(0), epoch=RECORDED_AT)
        objects = DurableObjects("Room", world, NobodysHost())  # type: ignore[arg-type]
        one = objects.reach(objects.binding("SYD").idFromName("one"), "SYD", None)
        one.instance = Instance(one)
        self.storage = one.instance.storage

    def target(self, name: str) -> Any:
        return self.storage if name == "storage" else getattr(self.storage, name)

    def run(self, awaitable: Awaitable[Any]) -> Any:
        return self.timeline.run(awaitable)

    def advance(self, seconds: float) -> None:
        self.timeline.advance(seconds)


def bench() -> DoBench:
    return DoBench()
