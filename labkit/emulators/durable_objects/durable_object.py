"""What there is of one object while nothing runs, and its instance while something does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from labkit.emulators.durable_objects import placement
from labkit.emulators.durable_objects.alarms import Alarm
from labkit.emulators.durable_objects.batches import nobody
from labkit.emulators.durable_objects.database import Database
from labkit.emulators.durable_objects.endings import Reset, moved
from labkit.emulators.durable_objects.instance import Instance
from labkit.emulators.durable_objects.sockets import Sockets
from labkit.world import World

if TYPE_CHECKING:
    from labkit.emulators.durable_objects import DurableObjects
    from labkit.emulators.durable_objects.ids import DurableObjectId


class DurableObject:
    """One object of a class, running or not.

    `place` is where it is, an IATA code; `available` the moment from which it can be reached there.
    """

    __slots__ = ("objects", "id", "place", "available", "database", "alarm", "instance", "_sockets")

    def __init__(self, objects: DurableObjects, id: DurableObjectId, place: str):
        self.objects, self.id, self.place = objects, id, place
        self.available = 0.0
        self.database = Database(objects.world, sqlite=objects.sqlite, opened=objects.opened)
        self.database.batches.confirm = self._confirmation
        self.alarm = Alarm(self)
        self.instance: Instance | None = None
        self._sockets: Sockets | None = None

    @property
    def world(self) -> World:
        return self.objects.world

    @property
    def sockets(self) -> Sockets:
        """Its WebSockets. Few objects have any."""
        if self._sockets is None:
            self._sockets = Sockets(self)
        return self._sockets

    @property
    def is_connected(self) -> bool:
        """Whether it has WebSockets, those that only its instance's memory keeps too."""
        sockets = self._any_sockets()
        return sockets is not None and len(sockets) > 0

    @property
    def label(self) -> str:
        """What it is called in a trace: its name, or its identifier."""
        return self.id.name or str(self.id)

    async def run(self, call: str | Callable[[Any], Any], args: Sequence[Any] = (), **about: Any) -> Any:
        """What an event comes to, once what it wrote is confirmed. `about` is what `Resident.run` is told of it.

        Begins an instance where there is none. Raises what the learner's code raises, `Reset` where the instance was
        gone before it had answered, and the refusal where too many events wait for the object.
        """
        if (wait := self.available - self.world.timeline.now) > 0:
            await self.world.timeline.sleep(wait)
        if self.instance is None:
            self.instance = Instance(self)
        return await self.instance.run(call, args, about)

    def _confirmation(self) -> asyncio.Future[None]:
        return placement.confirmation(self.world, self.place)

    def crash(self, why: Reset) -> None:
        """The machine that it runs on is lost: its memory, its connections, and what was not confirmed on disk."""
        self.instance.end(why) if self.instance else self.left(is_reset=True)

    def left(self, is_reset: bool) -> None:
        """It is not in memory any more."""
        database, sockets = self.database, self._any_sockets()
        if sockets is not None:
            sockets.cut() if is_reset else sockets.forget()
        if is_reset:
            database.lose_unconfirmed()
        database.batches.end_transactions()
        database.batches.hold = database.batches.failed = nobody  # they were the instance's
        database.close()

    def _any_sockets(self) -> Sockets | None:
        """Its WebSockets, if it ever had any: one that `accept()` took is known to the instance alone."""
        return self.sockets if self.instance and self.instance.gates.sockets else self._sockets

    def snapshot(self) -> tuple[Any, ...]:
        """What there is of it while nothing runs."""
        wait = max(self.available - self.world.timeline.now, 0.0)
        kept = self.database.snapshot(), self.alarm.snapshot()
        return str(self.id), self.id.name, self.id.jurisdiction, self.place, wait, *kept

    def restore(self, wait: float, database: Any, alarm: Any) -> None:
        """Go back to a snapshot."""
        self.available = self.world.timeline.now + wait
        self.database.restore(database)
        self.alarm.restore(alarm)

    def forget(self) -> None:
        """Another takes its place, as of an earlier moment: nothing of it may happen any more, nor be billed."""
        self.alarm.stop()
        if self.instance:
            self.instance.forgive()
            self.instance.end(moved())
        self.database.close()
