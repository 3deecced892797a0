"""The caches of every place in front of a bucket: what they hold of a domain, and how they are filled.

A fill is a task of its own: it goes on where whoever asked for it is gone, as the documentation says, and one serves
all who ask meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, NamedTuple, Protocol

from labkit import facts
from labkit.emulators.caching.answers import Stored as Held
from labkit.emulators.caching.freshness import for_browsers, seconds_to_live, stale_seconds
from labkit.emulators.r2 import origin
from labkit.emulators.r2.refusals import UNAVAILABLE, Refusal
from labkit.network.faults import Unreachable
from labkit.world import World

if TYPE_CHECKING:
    from labkit.emulators.r2 import R2

BYPASS, DYNAMIC, EXPIRED, HIT, MISS, REVALIDATED, STALE, UPDATING = (
    "BYPASS", "DYNAMIC", "EXPIRED", "HIT", "MISS", "REVALIDATED", "STALE", "UPDATING"
)  # fmt: skip
"""`cf-cache-status`: https://developers.cloudflare.com/cache/concepts/cache-responses/"""


class Zones(Protocol):
    """The caches of every place, as far as a domain sees them."""

    def zone(self, colo: str, domain: str) -> dict[str, Held]: ...

    def places_of(self, domain: str) -> list[dict[str, Held]]: ...

    async def look(self) -> None: ...


class Wanted(NamedTuple):
    """What is asked for: under which name it is held, the object's key, and the CORS headers that go with it."""

    held_as: str
    key: str
    shared: Mapping[str, str]


class Found(NamedTuple):
    """What a cache came up with, and how; `is_own` where it had it itself, so that it shows an age."""

    status: str
    held: Held
    is_own: bool = False


class Edge:
    """What places hold of one domain. With `tiered`, they ask the cache beside the bucket before the bucket."""

    def __init__(self, bucket: R2, world: World, caches: Zones, domain: str, *, tiered: bool):
        self.bucket, self.world, self.caches, self.domain, self.tiered = bucket, world, caches, domain, tiered
        self._browser_ttl, self._most = facts.value("r2.browser_ttl"), facts.value("cache.object_bytes")
        self._filling: dict[tuple[str, str], asyncio.Task[Found | Refusal]] = {}

    async def find(self, colo: str, wanted: Wanted) -> Found:
        """The response that a place's cache gives, filled where it must be. Refuses with `Refusal`."""
        home = self.bucket.place_near(colo)
        return await self._find([colo, home] if self.tiered and home != colo else [colo], wanted)

    def purge(self, held_as: str | None) -> int:
        """Drop a response from every place, or all of them; how many places had it."""
        places = self.caches.places_of(self.domain)
        if held_as is not None:
            return sum(held.pop(held_as, None) is not None for held in places)
        purged = sum(bool(held) for held in places)
        for held in places:
            held.clear()
        return purged

    async def _find(self, tiers: list[str], wanted: Wanted) -> Found:
        """What the caches of these places, each before the next, come up with."""
        here = tiers[0]
        await self.caches.look()
        if (under_way := self._filling.get((here, wanted.held_as))) and not self._stale(here, wanted):
            await asyncio.wait({under_way})
        unix, held = self.world.unix, self._zone(here).get(wanted.held_as)
        if held and held.is_live(unix):
            return Found(HIT, held, True)
        if stale := self._stale(here, wanted):
            if (here, wanted.held_as) not in self._filling:
                self._fill(tiers, wanted)
            return Found(UPDATING, stale, True)
        filling = self._fill(tiers, wanted)
        await asyncio.wait({filling})
        found = filling.result()
        if isinstance(found, Refusal):
            raise found
        return found

    def _stale(self, here: str, wanted: Wanted) -> Held | None:
        """What is over and may be served while it is fetched anew: `stale-while-revalidate`."""
        held = self._zone(here).get(wanted.held_as)
        if held is None or held.is_live(self.world.unix):
            return None
        return held if self._may_be_stale(held, "stale-while-revalidate") else None

    def _may_be_stale(self, held: Held, directive: str, otherwise: float = 0) -> bool:
        return self.world.unix < held.expires + stale_seconds(held.headers, directive, otherwise)

    def _fill(self, tiers: list[str], wanted: Wanted) -> asyncio.Task[Found | Refusal]:
        """Begin to fetch for the first of these places."""
        name = f"cache of {self.domain} at {tiers[0]}"
        task = self.world.timeline.spawn(self._filled(tiers, wanted), name=name)
        self._filling[tiers[0], wanted.held_as] = task
        return task

    async def _filled(self, tiers: list[str], wanted: Wanted) -> Found | Refusal:
        """What there is to fetch, and kept as long as it may be; what is over where it cannot be fetched."""
        (here, *upper), name = tiers, wanted.held_as
        held = self._zone(here).get(name)
        try:
            found = await (self._from_above(here, upper, wanted) if upper else self._from_bucket(here, wanted, held))
        except (Refusal, Unreachable) as error:
            if held and self._may_be_stale(held, "stale-if-error", inf):
                return Found(STALE, held, True)
            return error if isinstance(error, Refusal) else Refusal(UNAVAILABLE)
        finally:
            if self._filling.get((here, name)) is asyncio.current_task():
                del self._filling[here, name]
        self._keep(here, name, found.held)
        return found

    async def _from_above(self, here: str, upper: list[str], wanted: Wanted) -> Found:
        """What the next tier has, after the way there and back. It goes on to age from when that tier got it."""
        await self.world.travel(here, upper[0])
        found = await self._find(upper, wanted)
        await self.world.travel(upper[0], here)
        return found._replace(is_own=False)

    async def _from_bucket(self, here: str, wanted: Wanted, held: Held | None) -> Found:
        """The bucket's answer, and what it is to a cache that held that until now."""
        known = held.headers.get("etag") if held else None
        stored = await origin.read(
            self.bucket, here, wanted.key, lambda found: 0 if found.http_etag == known else found.size
        )
        unix = self.world.unix
        fresh = origin.whole(stored, wanted.shared, unix)
        ttl = seconds_to_live(fresh.status, fresh.headers, False, unix, by_status=True)
        if ttl is None or ttl <= 0 or len(fresh.body) > self._most:
            return Found(BYPASS, fresh)
        if fresh.status == 200:
            fresh.headers = for_browsers(fresh.headers, self._browser_ttl, unix)
        fresh = replace(fresh, expires=unix + ttl)
        if held is None:
            return Found(MISS, fresh)
        return Found(REVALIDATED if stored and stored.http_etag == known else EXPIRED, fresh)

    def _keep(self, here: str, name: str, fresh: Held) -> None:
        """Hold a response for as long as it may be held."""
        zone = self._zone(here)
        if fresh.is_live(self.world.unix):
            zone[name] = fresh
        else:
            zone.pop(name, None)

    def _zone(self, colo: str) -> dict[str, Held]:
        return self.caches.zone(colo, self.domain)
