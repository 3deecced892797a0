"""An object's storage without the object: for tests of what is kept, refused, rolled back and lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from types import SimpleNamespace
from typing import Any

from labkit.emulators.durable_objects.alarms import Alarm
from labkit.emulators.durable_objects.database import Database
from labkit.emulators.durable_objects.gates import Gates
from labkit.emulators.durable_objects.storage import DurableObjectStorage
from labkit.emulators.sqlite.opened import Opened
from tests.emulators.worlds import Bench, flat


class Disk:
    """The database of one object, and `storage` as its present instance has it. `ends` says why instances ended."""

    def __init__(self, bench: Bench | None = None, *, sqlite: bool = True, opened: Opened | None = None):
        self.bench = bench or flat()
        self.ends: list[str] = []
        host = SimpleNamespace(has=lambda method: True, log=lambda *said: None)
        self.owner = SimpleNamespace(
            objects=SimpleNamespace(host=host), world=self.bench.world, place="LHR", label="a", instance=None
        )
        self.database = self.owner.database = Database(self.bench.world, sqlite=sqlite, opened=opened)
        self.owner.alarm = Alarm(self.owner)  # type: ignore[arg-type]
        self.begin()

    def begin(self) -> None:
        """A new instance."""
        self.gates = Gates(self.bench.world)
        instance = SimpleNamespace(
            object=self.owner, gates=self.gates, world=self.bench.world, ended=None, is_retired=False, end=self.ended
        )
        self.storage = DurableObjectStorage(instance)  # type: ignore[arg-type]

    def ended(self, why: Any) -> None:
        self.ends.append(why.message)

    def run(self, awaitable: Awaitable[Any]) -> Any:
        return self.bench.run(awaitable)  # type: ignore[arg-type]

    def turn(self) -> None:
        """Let what runs now come to its end."""
        self.run(asyncio.sleep(0))

    def crash(self) -> None:
        """The machine is lost; another instance begins on what was confirmed."""
        self.database.lose_unconfirmed()
        self.begin()

    def evict(self) -> None:
        """Nothing but the compressed pages is left."""
        self.database.close()
        self.begin()

    def all(self) -> dict[str, Any]:
        return dict(self.run(self.storage.list()))


class Slow:
    """Those who confirm: each batch waits until `next` says so."""

    def __init__(self, disk: Disk):
        self.disk, self.asked = disk, []
        disk.database.batches.confirm = self.confirm

    def confirm(self) -> asyncio.Future[None]:
        future = self.disk.bench.timeline.create_future()
        self.asked.append(future)
        return future

    def next(self) -> None:
        """The oldest batch that is not confirmed is, now."""
        self.asked.pop(0).set_result(None)
        self.disk.turn()
