"""One object, and each of the lives that it leads.

A `DurableObject` is what there is of an object while nothing runs: its identifier, its place, what it has on disk, its
alarm and its sockets. Its `instance` is the learner's object in memory, from its constructor to its hibernation,
eviction or end by accident; None where there is none. Whatever happens to the object (a call, a request, an alarm, a
message) is one `run`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from labkit.emulators.durable_objects.gates import Gates, Section
from labkit.emulators.durable_objects.state import DurableObjectState
from labkit.emulators.hosting import Resident
from labkit.workers import rpc
from labkit.workers.proxies import JsException
from labkit.world import World

if TYPE_CHECKING:
    from labkit.emulators.durable_objects import DurableObjects
    from labkit.emulators.durable_objects.ids import DurableObjectId

LOST = "Network connection lost."
MOVED = "Connection closed: this Durable Object instance is no longer active. Reconnect or retry the request."


class Reset(Exception):
    """The instance is gone, and with it what it was doing. `error` is what whoever asked is told."""

    def __init__(self, message: str, name: str = "Error", **properties: Any):
        super().__init__(message)
        self.message, self.name, self.properties = message, name, properties

    @property
    def error(self) -> JsException:
        return JsException(self.name, self.message, **self.properties)


class DurableObject:
    """One object of a class, running or not."""

    __slots__ = ("objects", "id", "place", "database", "alarm", "sockets", "instance")

    def __init__(self, objects: DurableObjects, id: DurableObjectId, place: str):
        self.objects, self.id, self.place = objects, id, place
        self.database: Any = None
        self.alarm: Any = None
        self.sockets: Any = None
        self.instance: Instance | None = None

    @property
    def world(self) -> World:
        return self.objects.world

    @property
    def label(self) -> str:
        """What it is called in a trace: its name, or its identifier."""
        return self.id.name or str(self.id)

    async def run(self, call: str | Callable[[Any], Any], args: Sequence[Any] = (), **about: Any) -> Any:
        """What an event comes to, once what it wrote is confirmed. `about` is what `Resident.run` is told of it.

        Begins an instance where there is none. Raises what the learner's code raises, and `Reset` where the instance
        was gone before it had answered.
        """
        if self.instance is None:
            self.instance = Instance(self)
        return await self.instance.run(call, args, about)


class Instance:
    """One life of an object in memory."""

    def __init__(self, owner: DurableObject):
        self.object = owner
        self.gates = Gates(owner.world)
        self.state = DurableObjectState(self)
        self.resident: Resident | None = None
        self.ended: Reset | None = None
        self.blocking: set[asyncio.Task[Any]] = set()  # what `blockConcurrencyWhile` has running
        self._running = 0
        self._starting = owner.world.timeline.spawn(self._start(self.gates.begin()), name="constructor")

    @property
    def world(self) -> World:
        return self.object.world

    async def run(self, call: str | Callable[[Any], Any], args: Sequence[Any], about: dict[str, Any]) -> Any:
        """One event of this instance."""
        self._running += 1
        try:
            await self.gates.enter()
            assert self.resident
            try:
                return await self.resident.run(call, args, primitive="durable_objects", **about)
            finally:
                await self.gates.output()
        except Exception:
            if self.ended:
                raise self.ended from None
            raise
        finally:
            self._running -= 1

    async def _start(self, construction: Section) -> None:
        """The constructor, and what it blocks the object for."""
        with self.gates.within(construction):
            host, place = self.object.objects.host, self.object.place
            try:
                self.resident = await host.create(place, self.state, self.gates, primitive="durable_objects")
            except Exception as error:
                return self.end(broken_by(error))
            while self.blocking:
                await asyncio.wait(self.blocking)

    def end(self, why: Reset) -> None:
        """The instance is gone: its code stops where it stands, its memory is lost, whoever waits for it is told."""
        if self.ended:
            return
        self.ended = why
        if self.object.instance is self:
            self.object.instance = None
        if self.resident:
            self.resident.crash()
        self.gates.close(why)


def broken_by(error: BaseException) -> Reset:
    """The end of an instance whose own code broke it."""
    seen = rpc.remote_error(error)
    return Reset(seen.message, seen.name, remote=True)
