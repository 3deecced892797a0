"""The ways to a database: over the planet, to its primary or a replica; or, with the network off, straight to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from labkit import facts
from labkit.emulators.d1.bookmarks import commit_of
from labkit.emulators.d1.instances import Instance, Replica, Served
from labkit.emulators.d1.own import mark
from labkit.emulators.d1.reader import Statement
from labkit.emulators.d1.results import Answer
from labkit.emulators.d1.words import LOST, STARTING, Refused, transient
from labkit.network.faults import Unreachable

if TYPE_CHECKING:
    from labkit.emulators.d1 import D1

FIRST_PRIMARY, FIRST_UNCONSTRAINED = "first-primary", "first-unconstrained"
LOCAL = {"served_by": "miniflare.db"}


@dataclass(slots=True)
class Call:
    """What is asked: the statements, whether all of them only read, and the session's constraint or bookmark."""

    statements: Sequence[Statement]
    is_read_only: bool
    wanted: str


class Path(Protocol):
    """How a place reaches the database."""

    async def ask(self, call: Call) -> Answer: ...


class Direct:
    """Every place asks the one database at once: no distance, no replicas, no queue, no retries."""

    def __init__(self, d1: D1):
        self.d1 = d1

    async def ask(self, call: Call) -> Answer:
        d1 = self.d1
        if d1.is_down:
            raise transient(STARTING)
        results = d1.disk.run(call.statements)
        d1.commit()
        if not d1.is_marked:
            mark(d1)
        return Answer(results, d1.history.index, LOCAL)


class Routed:
    """One place, and its ways to the instances."""

    def __init__(self, d1: D1, colo: str):
        self.d1, self.world, self.colo = d1, d1.world, colo
        self._retries, self._wait = facts.value("d1.retries"), facts.value("d1.retry_wait")

    async def ask(self, call: Call) -> Answer:
        """The answer. What only reads is tried again where it fails in a way that goes by, if it can be elsewhere."""
        self.d1.account.check(call.is_read_only)
        async with self.d1.account.connection():
            tried: list[Instance] = []
            while True:
                try:
                    answer = await self._attempt(call, tried)
                except Refused as refusal:
                    if not (refusal.is_transient and call.is_read_only and len(tried) <= self._retries):
                        raise
                    await self.world.timeline.sleep(self._wait)
                else:
                    answer.attempts = len(tried)
                    return answer

    async def _attempt(self, call: Call, tried: list[Instance]) -> Answer:
        instance = self._choose(call, tried)
        tried.append(instance)
        try:
            await self.world.travel(self.colo, instance.place)
            if self.d1.is_down:
                await self.world.travel(instance.place, self.colo)
                raise transient(STARTING)
            answer = await self._at(instance, call)
            await self.world.travel(instance.place, self.colo)
        except Unreachable:
            raise transient(LOST) from None
        return answer

    def _choose(self, call: Call, tried: list[Instance]) -> Instance:
        """The instance to ask: the nearest that may answer, of those that have not failed yet where there are any."""
        primary = self.d1.reach(self.colo)
        if call.wanted == FIRST_PRIMARY or not self.d1.replicas:
            return primary
        every = [*self.d1.replicas.values(), primary]
        rtt = self.world.links.rtt if self.world.links else None
        fresh = [each for each in every if each not in tried] or every
        return min(fresh, key=lambda each: (rtt(self.colo, each.place) if rtt else 0.0, not each.is_primary))

    async def _at(self, instance: Instance, call: Call) -> Answer:
        """What an instance answers; a replica sends on to the primary what writes."""
        if call.is_read_only or instance.is_primary:
            return await self._served(instance, call)
        primary = self.d1.reach(self.colo)
        await self.world.travel(instance.place, primary.place)
        answer = await self._served(primary, call)
        answer.notes["forwarded_by"] = instance.place
        await self.world.travel(primary.place, instance.place)
        return answer

    async def _served(self, instance: Instance, call: Call) -> Answer:
        said, notes = instance.said, {}
        if isinstance(instance, Replica) and (wanted := commit_of(call.wanted)) is not None:
            notes["bookmark_wait"] = await instance.reach(min(wanted, self.d1.history.index))
        served: Served = await instance.serve(call.statements)
        notes |= {"served_by": said["served_by_colo"], "primary": said["served_by_primary"]}
        notes |= {"lag": instance.lag(), "waited": served.waited}
        return Answer(served.results, served.index, said, served.seconds, 1, notes)
