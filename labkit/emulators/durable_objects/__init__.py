"""Durable Objects: one object a name, one thread an object, its storage beside it.

| | |
|---|---|
| modelled | The namespace, identifiers and stubs: every method and refusal, in the words of workerd |
| | RPC: what crosses is a copy, a function calls back; calls of one stub arrive in the order of calling (E-order) |
| | Birth near whoever first asks or in the hinted region, for good (data location); jurisdictions, apac-ne and -se |
| | Input gate: nothing else goes on during storage operations, critical sections and computing; workerd's io-gate.h |
| | Output gate: answers, calls, requests and messages wait for the writes before them (blog, "Choose Three", 2021) |
| | So does what it changes elsewhere; a KV `get` of one key or `list` and a cache's `match` do not, as in workerd |
| | A write is confirmed when three of five followers have it; a crash loses whole batches, none acknowledged |
| | Memory: 10 s idle, then gone; 70 to 140 s with a timer or a socket of the standard API (lifecycle) |
| | `waitUntil` keeps it for up to 15 minutes; a restart leaves 30 s to what runs, none once it touches storage |
| | `ctx.abort()`, a section that fails or takes 30 s, a constructor that fails, the CPU limit: it is reset |
| | An object that was reset breaks the stub that was told so; another stub finds a fresh instance (error handling) |
| | About 1,000 simple events a second, for each takes 1 ms of the thread; then a queue, and "overloaded" |
| | Units: calls and alarms, messages 20 to 1, 0.128 GB for each second that it runs or could not hibernate, rows |
| | Faults: `crash(name)`, `lab.kill` and `lab.partition`; `lab.evict` restarts the objects of a place |
| | Storage, alarms and WebSockets: what is modelled of them stands in `storage`, `database`, `alarms` and `sockets` |
| simplified | Which 38 places host objects, how the queue is limited, how long failover takes: assumptions |
| | An object goes on elsewhere only where its place has failed; calls meanwhile wait, as the runtime's retries do |
| | A new name costs a round trip to the farthest host (docs: up to a few hundred ms); then its place is known |
| | The followers are the five nearest hosts and never fail; a write's time does not depend on its size |
| | A task that waits for a request of its own counts as a timer: it does not keep the object for longer |
| | FedRAMP's places are those of the United States |
| | Network off: the object is where it is asked for, no eviction by chance, no queue limit, no jurisdictions |
| not modelled | Code updates in mid-flight, read replicas, facets, containers, memory limits, `retryable()` |
| | A class that does not extend `DurableObject`: in Python it is no entrypoint at all |
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit import facts
from labkit.emulators.durable_objects import placement
from labkit.emulators.durable_objects.durable_object import DurableObject
from labkit.emulators.durable_objects.endings import lost
from labkit.emulators.durable_objects.ids import DurableObjectId, Ids
from labkit.emulators.durable_objects.namespace import DurableObjectNamespace
from labkit.emulators.durable_objects.table import ObjectTable, row_of
from labkit.emulators.hosting import Host
from labkit.emulators.sqlite.opened import Opened
from labkit.errors import LabError
from labkit.world import World

__all__ = ["DurableObjectNamespace", "DurableObjects", "ObjectTable"]


class DurableObjects:
    """All objects of a class: `binding(colo)` is what `env` holds at a place."""

    def __init__(self, class_name: str, world: World, host: Host, *, sqlite: bool = True):
        self.class_name, self.world, self.host, self.sqlite = class_name, world, host, sqlite
        self.known: dict[str, DurableObject] = {}
        self.opened = Opened()
        names = (None, *placement.JURISDICTIONS)
        self._ids = {name: Ids(class_name, name) for name in names}
        self._billed_gb = facts.value("durable_objects.billed_memory_gb")

    def binding(self, colo: str) -> DurableObjectNamespace:
        """The class as a Worker at this place has it."""
        return DurableObjectNamespace(self, colo)

    def objects(self) -> ObjectTable:
        """Every object that there is: its name, where it is, whether it is in memory, what it stores."""
        return ObjectTable(row_of(each) for each in self.known.values())

    def object(self, name: str) -> DurableObject:
        """The object of this name or identifier. Refuses one that nothing has ever reached."""
        for text in (name, str(self.ids(None).named(name))):
            if text in self.known:
                return self.known[text]
        raise LabError(f"No {self.class_name} is called {name!r}; there is "
                       f"{', '.join(each.label for each in self.known.values()) or 'none yet'}.")  # fmt: skip

    def crash(self, name: str) -> None:
        """The machine on which this object runs is lost, and with it its memory and every write not yet confirmed."""
        self._fail(self.object(name))

    def evict(self, colo: str | None = None) -> None:
        """Throw the objects at a place, or everywhere, out of memory. What is on its way is told so."""
        for each in self._at(colo):
            each.instance.retire() if each.instance else each.left(is_reset=True)

    def lose(self, colo: str) -> None:
        """A place has failed: its objects go on elsewhere, with what was confirmed."""
        for each in self._at(colo):
            self._fail(each)
            if self.world.links:
                each.place = placement.refuge(self.world, colo, each.id.jurisdiction)

    def _fail(self, each: DurableObject) -> None:
        each.crash(lost())
        if self.world.links:
            each.available = self.world.timeline.now + facts.value("durable_objects.failover")

    def _at(self, colo: str | None) -> list[DurableObject]:
        return [each for each in self.known.values() if colo in (None, each.place)]

    @property
    def stored_bytes(self) -> int:
        """Bytes on disk, of all objects."""
        return sum(each.database.stored_bytes for each in self.known.values())

    @property
    def connections(self) -> int:
        """WebSockets that are open, of all objects."""
        return sum(len(each.sockets) for each in self.known.values())

    def stored_units(self) -> dict[str, float]:
        """What a month of what is stored now is billed as, and the time in memory that the trace has not yet."""
        unpaid = sum(each.instance.unpaid for each in self.known.values() if each.instance)
        units = {"do.storage_gb_mo": self.stored_bytes / 1e9, "do.duration_gb_s": unpaid * self._billed_gb}
        return {meter: value for meter, value in units.items() if value}

    def snapshot(self) -> list[tuple[Any, ...]]:
        """What there is of each object while nothing runs."""
        return [each.snapshot() for each in self.known.values()]

    def restore(self, state: list[tuple[Any, ...]]) -> None:
        """Go back to a snapshot: nothing is in memory, alarms are armed anew."""
        self.opened = Opened()  # a batch that is on its way keeps the database of an object that is gone open
        for each in self.known.values():
            each.forget()
        self.known = {}
        for id, name, jurisdiction, place, *kept in state:
            each = self.known[id] = DurableObject(self, DurableObjectId(id, name, jurisdiction), place)
            each.restore(*kept)

    # What its bindings need.

    def ids(self, jurisdiction: str | None) -> Ids:
        """The identifiers of the namespace, or of its part in a jurisdiction."""
        return self._ids[jurisdiction]

    def all_ids(self) -> Iterator[Ids]:
        yield from self._ids.values()

    def reach(self, id: DurableObjectId, colo: str, hint: str | None) -> DurableObject:
        """The object of an identifier: born, where there is none yet, near whoever asks."""
        found = self.known.get(str(id))
        if found is None:
            place = placement.birthplace(self.world, colo, hint, id.jurisdiction)
            found = self.known[str(id)] = DurableObject(self, id, place)
            if id.name is not None:
                found.available = self.world.timeline.now + placement.round_the_world(self.world, colo)
        return found

    def bill(self, each: DurableObject, since: float) -> None:
        """Record that an object was active, or idle and unable to hibernate, from then until now."""
        seconds = self.world.timeline.now - since
        with self.world.trace.event("durable_objects", "active", each.place, object=each.label) as event:
            event.start = since
            event.units["do.duration_gb_s"] = seconds * self._billed_gb
