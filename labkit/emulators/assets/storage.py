"""Where the contents of files lie: a central store, by the hash of what they hold, and copies in places.

A copy never is out of date, because other contents have another name. So a new version keeps every copy of a file
that it did not change.
"""

from __future__ import annotations

from math import exp, inf

from labkit import facts
from labkit.emulators.outages import Outages
from labkit.network.faults import Unreachable
from labkit.trace import Event
from labkit.world import World


class Unavailable(Exception):
    """Neither a copy nor the central store had the file to give."""


class Storage(Outages):
    """`held` is the store, by name alone; `copies` says of each place when it fetched what, in timeline seconds.

    What a file holds is in the version that names it, so that nothing keeps the contents of versions long gone.
    """

    def __init__(self, world: World):
        self.world = world
        self.held: set[str] = set()
        self.copies: dict[str, dict[str, float]] = {}
        self.local_read, self.central_read = facts.value("assets.local_read"), facts.value("assets.central_read")
        self.spread, self.ttl = facts.value("assets.service_sigma"), facts.value("assets.cache_ttl")
        self.stores: list[str] = list(facts.value("assets.central_stores"))
        self.retry_after, self.hit_within = facts.value("assets.retry_after"), facts.value("assets.hit_within")

    @property
    def now(self) -> float:
        return self.world.timeline.now

    async def read(self, etag: str, colo: str, event: Event) -> None:
        """Wait until a place has a file. A read that fails is tried once more; then `Unavailable`."""
        try:
            return await self._read(etag, colo, event)
        except Unreachable:
            await self.world.timeline.sleep(self.retry_after)
        try:
            await self._read(etag, colo, event)
        except Unreachable as error:
            raise Unavailable(str(error)) from None

    def has_copy(self, etag: str, colo: str) -> bool:
        """The only place that decides whether a place may answer from its own copy."""
        return self.now < self.copies.get(colo, {}).get(etag, -inf) + self.ttl

    async def _read(self, etag: str, colo: str, event: Event) -> None:
        if self.has_copy(etag, colo):
            event.outcome = "hit"
            return await self._serve(self.local_read)
        event.outcome = "miss"
        store = await self._reach(colo)
        await self._serve(self.central_read)
        is_down = self.is_down
        await self.world.travel(store, colo)
        if is_down:
            raise Unreachable("The central store fails.")
        self.copies.setdefault(colo, {})[etag] = self.now

    async def _reach(self, colo: str) -> str:
        """Go to the nearest central store that can be reached."""
        links, gone = self.world.links, Unreachable("There is no central store.")
        for store in sorted(self.stores, key=lambda place: links.rtt(colo, place) if links else 0.0):
            try:
                await self.world.travel(colo, store)
            except Unreachable as error:
                gone = error
            else:
                return store
        raise gone

    async def _serve(self, median: float) -> None:
        """The time that a cache or a store takes: lognormal."""
        if self.world.links is not None:
            await self.world.timeline.sleep(median * exp(self.world.random.gauss(0.0, self.spread)))
