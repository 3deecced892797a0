"""R2: a bucket of objects at one home, and the same bucket for every place that asks.

| | |
|---|---|
| modelled | The binding: every method, value, option and limit, in the runtime's words (recorded from workerd) |
| | Objects as the SDK shows them: converted after put, head and get, raw in a listing, attributes kept once read |
| | Strong consistency: a read, a listing and a condition see the last write that was committed, from everywhere |
| | One home: that of the location hint, else the nearest to whoever first uses the bucket; jurisdictions eu, fedramp |
| | A write is stored, then committed, then confirmed (How R2 works); of two, the last to complete wins |
| | One write a second to a key; a second one is refused with 429 (10058), wherever it comes from |
| | Conditions as RFC 9110 has them, by option or by header; ranges; checksums that must fit; storage classes |
| | Uploads: equal parts of 5 MiB and more but the last, 10,000 of them in any order |
| | Class A, class B and free operations by storage class, GB retrieved, GB stored, 30 days of it at the least (IA) |
| | `outage`: every operation is refused with 10001, as on 6 February 2025 |
| simplified | Six homes, one a hint; which places is an assumption. A hint always holds; really it is best effort |
| | What a bucket takes to answer a read or a write, without the way there, are assumptions (`facts/r2.toml`) |
| | Times do not depend on the size of an object, and no tiered cache brings its content nearer to the reader |
| | A listing with metadata has 100 objects a page, as the local runtime's; any cursor is accepted |
| | Parts and deletes do not count as writes to their key; how many operations a bucket takes at once has no limit |
| | A home that fails is out of reach (10043) until it is back; production copies within the region |
| | Network off: the local runtime. 2,048 bytes of metadata, no 429, a delete of any number of keys |
| not modelled | `ssecKey` (refused as not emulated), bucket locks, local uploads, the REST API, Sippy, the catalog |

The S3 endpoint (`s3`), the public bucket (`public`), event notifications (`notifications`) and lifecycles (`lifecycle`)
say for themselves what they model.

How well the times fit: one site measured that 2.6 to 2.8 % of reads take more than 422 ms even from the best regions
(July 2026); here 2.7 % do from beside the bucket, which is what the spread is fitted to, and its median of 50 ms is
assumed. Reads from another continent add a round trip: that they do is measured, how much nobody published.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from math import exp
from typing import Any

from labkit import facts
from labkit.emulators.outages import Outages
from labkit.emulators.r2 import placement
from labkit.emulators.r2.binding import R2Bucket
from labkit.emulators.r2.contents import Contents, row_of
from labkit.emulators.r2.objects import INFREQUENT, STANDARD
from labkit.emulators.r2.operations import Visit
from labkit.emulators.r2.store import Store, Watcher
from labkit.emulators.r2.surroundings import Surroundings
from labkit.errors import LabError
from labkit.trace import Event
from labkit.world import World

__all__ = ["Contents", "R2", "R2Bucket"]


class R2(Surroundings, Outages):
    """A bucket: `binding(colo)` is what `env` holds at a place; `store` is what is in it.

    `entry` is that of wrangler's `r2_buckets`. `home` is the place where the bucket is, "" until somebody uses it.
    In an `outage` every operation is refused (10001).
    """

    def __init__(self, entry: Mapping[str, Any], world: World):
        self.world = world
        self.name: str = entry.get("bucket_name") or entry["binding"]
        self.jurisdiction: str | None = entry.get("jurisdiction")
        placement.check_jurisdiction(self.jurisdiction)
        self.on_planet = world.links is not None
        self.home = ""
        self._location: str | None = None
        limit = None if self.on_planet else facts.value("r2.local_metadata_bytes")
        apart = 1 / facts.value("r2.writes_per_key_per_second") if self.on_planet else 0.0
        self.store = Store(self._unix, world.random, limit, apart)
        self.watchers: list[Watcher] = self.store.watchers
        self.surround()
        self._times = facts.value("r2.write_time"), facts.value("r2.read_time")
        self._spread = facts.value("r2.service_sigma")

    def __repr__(self) -> str:
        home = f" at {self.home}" if self.home else ""
        return f"<R2 bucket {self.name}{home}: {len(self.store.objects):,} objects>"

    def _unix(self) -> float:
        return self.world.unix

    def binding(self, colo: str) -> R2Bucket:
        """The bucket as a Worker at this place has it."""
        return R2Bucket(self, colo)

    def event(self, operation: str, colo: str, **detail: Any) -> Event:
        """The event of an operation that begins now, a subrequest of whoever asks."""
        self.world.charge("r2")
        return self.world.trace.event("r2", operation, colo, **detail)

    @asynccontextmanager
    async def operation(self, action: str, colo: str, **detail: Any) -> AsyncIterator[Event]:
        """An operation by its S3 name, such as "GetObject": the block is what happens at the bucket's home.

        It charges the subrequest, opens the event, bills class A or B (Standard; set `event.units` from
        `operations.units_of` where another class is known), and takes the way there and back. Refuses with `Refusal`.
        """
        with self.event(action, colo, **detail) as event:
            async with Visit(self, event, action, colo):
                yield event

    @property
    def location(self) -> str | None:
        """The location hint: "wnam", "enam", "weur", "eeur", "apac" or "oc"; None where the bucket has none."""
        return self._location

    @location.setter
    def location(self, hint: str | None) -> None:
        placement.check_hint(hint)
        if self.store.objects and hint != self._location:
            raise LabError(f"The bucket {self.name} holds objects and does not move: set its location before.")
        self._location, self.home = hint, ""

    def place_near(self, colo: str) -> str:
        """The bucket's home. Where it has none yet, whoever asks from `colo` is its creator."""
        if not self.home and self.on_planet:
            self.home = placement.home(self.world, colo, self._location, self.jurisdiction)
        return self.home or colo

    def contents(self) -> Contents:
        """What is in the bucket now: a row an object, in the order of their names."""
        return Contents(row_of(self.store.objects[name], self.world.unix) for name in self.store.names)

    def stored_units(self) -> dict[str, float]:
        """What a month of what is stored now is billed as."""
        held = {"r2.std.storage_gb_mo": STANDARD, "r2.ia.storage_gb_mo": INFREQUENT}
        sizes = {meter: self.store.stored_bytes(kind) / 1e9 for meter, kind in held.items()}
        return {meter: size for meter, size in sizes.items() if size}

    def serve(self, is_read: bool) -> asyncio.Future[None]:
        """The time that the bucket takes to answer: lognormal."""
        return self.world.timeline.sleep(self._times[is_read] * exp(self.world.random.gauss(0.0, self._spread)))

    def lose(self, colo: str) -> None:
        """A place that fails takes nothing with it: what a bucket has confirmed is durable."""

    def snapshot(self) -> tuple[Any, ...]:
        """Everything that is stored, as it is now."""
        around = self.snapshot_around()
        return self.store.snapshot(), self.home, self._location, self.down_until, around

    def restore(self, state: tuple[Any, ...]) -> None:
        """Go back to a snapshot. Bindings that are in use keep working."""
        stored, self.home, self._location, self.down_until, around = state
        self.store.restore(stored)
        self.restore_around(around)
