"""Durable Objects: the storage of one object, with the network switched off. Its class has no `alarm`."""

from __future__ import annotations

from typing import Any

from labkit.emulators.durable_objects import DurableObjects
from labkit.emulators.durable_objects.instance import Instance
from tests.conformance.areas import Emulated


class NobodysHost:
    """A class whose object has no code of its own."""

    def has(self, method: str) -> bool:
        return False

    async def create(self, *_: Any, **__: Any) -> Any:
        return None


class DoBench(Emulated):
    """An object, its `storage`, and the `sql` and `kv` of that, at the second when the recordings begin."""

    def __init__(self) -> None:
        super().__init__()
        objects = DurableObjects("Room", self.world, NobodysHost())  # type: ignore[arg-type]
        one = objects.reach(objects.binding("SYD").idFromName("one"), "SYD", None)
        one.instance = Instance(one)
        self.storage = one.instance.storage

    def target(self, name: str) -> Any:
        return self.storage if name == "storage" else getattr(self.storage, name)


def bench() -> DoBench:
    return DoBench()
