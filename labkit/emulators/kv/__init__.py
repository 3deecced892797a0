"""Workers KV: one history in central stores, and copies in the places that read it.

| | |
|---|---|
| modelled | The binding: every method, type, option and limit, in the runtime's words (recorded from workerd) |
| | Reads: a place's own cache, a regional tier, a central tier, the central store. Absence is cached like a value |
| | cacheTtl: how old a copy may be for this read; a shorter one shortens the copy's life (docs, "Read pairs") |
| | A copy older than 60 s that a long cacheTtl allows is refreshed behind the reader's back (advanced KV guide, 2023) |
| | Writes go to the nearest central store only; the last to land wins; one a second to a key, then 429 (KV limits) |
| | The writing place forgets its copy, and the tiers above it hear of the write on its way (docs, "How KV works") |
| | Pages of a listing are cached for a minute in each place, and no write clears them (docs, "List keys") |
| | A deleted or expired key takes a place on a page for a while: pages may be short, even empty, before the end |
| | Units: each key read, each write, delete and list that reaches the service, the refused ones too |
| | `outage`: the central stores fail (12 June 2025), copies are served and the rest refused with 503 |
| simplified | Two central stores and eleven regional tiers; how many and where are assumptions (`facts/kv.toml`) |
| | The hottest keys come out of a process in under 1 ms in production; here out of the place's cache, in 0.5 to 10 ms |
| | One cache a place, unless `split` makes it several that disagree, as a city may have in production (guide, 2023) |
| | The writing place always sees its own write; production says "usually" and promises nothing |
| | The upper tiers keep entries for a day, and no cache ever runs out of room |
| | 429 is for a write or delete that reaches its store within a second of the last that the store knows of |
| | A listing reads the newest state of all stores; partitions do not cut the central stores from each other |
| | Times do not depend on the size of a value; all that fails on the way fails with 503 |
| | Network off: one consistent store, no copies, no 429, any cursor accepted, as in the vendor's local runtime |
| not modelled | The REST API, `wrangler kv` but `bulk put`, jurisdictions, large values in R2, `cacheStatus` (None) |

How well the times fit: hot reads have a median of 2.2 ms, and 98 % lie within the documented 0.5 to 10 ms. Outside
North America, with 60 places that read 2,000 Zipf-distributed keys: where half of the reads are hot, p99 is 250 ms, as
published (August 2025), and p95 200 ms, where 50 is published; where 91 % are hot, p95 is 50 ms and p99 160. No share
of hot reads gives both. Sparse traffic (6 % hot) has p50 32, p95 194, p99 249 ms; a site in production measured 28,
321 and 816 with large values (July 2026), whose size the times here do not know.
"""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Iterable, Mapping
from math import exp, inf
from typing import Any

from labkit import facts
from labkit.emulators.kv import bulk
from labkit.emulators.kv.binding import KvNamespace
from labkit.emulators.kv.caches import Copy, UpperTier
from labkit.emulators.kv.city import City
from labkit.emulators.kv.copies import CopyTable, row_of
from labkit.emulators.kv.paths import Direct, Pop
from labkit.emulators.kv.store import Store
from labkit.emulators.outages import Outages
from labkit.errors import LabError
from labkit.network.faults import Unreachable
from labkit.world import World

__all__ = ["CopyTable", "Kv", "KvNamespace"]


class Kv(Outages):
    """A namespace: `binding(colo)` is what `env` holds at a place. In an `outage` its central stores fail."""

    def __init__(self, name: str, world: World):
        self.name, self.world = name, world
        self.store = Store(world.links)
        self.pops: dict[str, Pop] = {}
        self.cities: dict[str, City] = {}
        self.regional: dict[str, UpperTier] = {}
        self.local_read, self.central_read = facts.value("kv.local_read"), facts.value("kv.central_read")
        self.central_write, self.spread = facts.value("kv.central_write"), facts.value("kv.service_sigma")
        self.list_cache, self.upper_ttl = facts.value("kv.list_cache"), facts.value("kv.upper_ttl")
        stores = facts.value("kv.central_stores")
        self.central = {place: UpperTier(place, self.store, self.upper_ttl) for place in stores}

    @property
    def now(self) -> float:
        return self.world.timeline.now

    @property
    def unix(self) -> float:
        return self.world.unix

    def binding(self, colo: str) -> KvNamespace:
        """The namespace as a Worker at this place has it."""
        return KvNamespace(self, colo)

    def path(self, colo: str) -> Direct | Pop | City:
        """How this place reaches the namespace; all Workers of a place share its cache."""
        if self.world.links is None:
            return Direct(self)
        if colo in self.cities:
            return self.cities[colo]
        if colo not in self.pops:
            self.pops[colo] = Pop(self, colo)
        return self.pops[colo]

    def split(self, colo: str, centres: int = 2) -> None:
        """Make a place several data centres with a cache each; every operation there falls on one at random.

        Before anybody there has the namespace: a cache that is in use stays whole.
        """
        if colo in self.pops or colo in self.cities:
            raise LabError(f"{colo} has a cache of {self.name} already: split a place before its first request")
        names = [f"{colo} {number}" for number in range(1, centres + 1)]
        self.pops |= {name: Pop(self, colo) for name in names}
        self.cities[colo] = City([self.pops[name] for name in names], self.world.random)

    def bulk_put(self, pairs: Iterable[Mapping[str, Any]]) -> None:
        """Store pairs such as `{"key": "k", "value": "v", "metadata": {...}}`, as `wrangler kv bulk put` does."""
        bulk.bulk_put(self, pairs)

    @property
    def stored_bytes(self) -> int:
        """Bytes of keys, values and metadata."""
        return self.store.bytes_at(self.unix)

    def stored_units(self) -> dict[str, float]:
        """What a month of what is stored now is billed as."""
        return {"kv.storage_gb_mo": self.stored_bytes / 1e9} if self.stored_bytes else {}

    def copies(self, key: str) -> CopyTable:
        """Who holds this key: the central stores, then the tiers and places that would answer from a copy now."""
        now, unix = self.now, self.unix
        newest = self.store.current(key, now, unix)
        held = [("store", newest.home, Copy(newest, newest.landed, inf))]
        for name, tiers in (("central", self.central), ("regional", self.regional)):
            held += [(name, tier.place, tier.copies[key]) for tier in tiers.values() if tier.find(key, now, unix)]
        local = [(pop.colo, pop.cache.copies.get(key)) for _, pop in sorted(self.pops.items())]
        held += [("local", colo, copy) for colo, copy in local if copy and copy.is_fresh(now, inf, unix)]
        stale = self.store.is_stale
        return CopyTable(row_of(tier, colo, copy, stale(copy.entry), now, unix) for tier, colo, copy in held)

    def snapshot(self) -> bytes:
        """Everything that is stored and cached, as it is now."""
        store, pops = self.store, self.pops.items()
        tiers = [{place: tier.copies for place, tier in each.items()} for each in (self.regional, self.central)]
        caches = {colo: (pop.cache.copies, pop.cache.dropped, pop.pages) for colo, pop in pops}
        return pickle.dumps((store.entries, store.names, store.version, tiers, caches, self.down_until))

    def restore(self, state: bytes) -> None:
        """Go back to a snapshot. Bindings that are in use keep working."""
        store = self.store
        store.entries, store.names, store.version, (regional, central), caches, self.down_until = pickle.loads(state)
        for place in self.regional.keys() | regional.keys():
            self._regional(place).copies = regional.get(place, {})
        for place, tier in self.central.items():
            tier.copies = central[place]
        for colo in self.pops.keys() | caches.keys():
            pop = self.pops.setdefault(colo, Pop(self, colo.partition(" ")[0]))
            pop.cache.copies, pop.cache.dropped, pop.pages = caches.get(colo, ({}, {}, {}))

    # What the paths need.

    def regional_tier(self, colo: str) -> UpperTier:
        """The regional tier that a place asks: the one with the shortest way."""
        return self._regional(self._nearest(colo, facts.value("kv.regional_tiers"))[0])

    def _regional(self, place: str) -> UpperTier:
        if place not in self.regional:
            self.regional[place] = UpperTier(place, self.store, self.upper_ttl)
        return self.regional[place]

    async def reach_centre(self, here: str) -> UpperTier:
        """Go to the nearest central store that can be reached, and raise `Unreachable` where none can."""
        gone = Unreachable("There is no central store.")
        for place in self._nearest(here, self.central):
            try:
                await self.world.travel(here, place)
            except Unreachable as error:
                gone = error
            else:
                return self.central[place]
        raise gone

    def _nearest(self, here: str, places: Iterable[str]) -> list[str]:
        links = self.world.links
        return sorted(places, key=lambda place: links.rtt(here, place) if links else 0.0)

    def is_too_soon(self, key: str, place: str) -> bool:
        """Whether a store must refuse a write for the last that it knows of."""
        last = self.store.seen_from(place, key, self.now, self.unix)
        return bool(last.home) and self.now - last.landed < 1 / facts.value("kv.writes_per_key_per_second")

    def serve(self, median: float) -> asyncio.Future[None]:
        """The time that a cache or a store takes to answer: lognormal."""
        return self.world.timeline.sleep(median * exp(self.world.random.gauss(0.0, self.spread)))
