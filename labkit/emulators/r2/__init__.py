"""R2: a bucket of objects, at one home.

| | |
|---|---|
| modelled | The binding: every method, type, option and limit, in the runtime's words (recorded from workerd) |
| simplified | To be said |
| not modelled | To be said |
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from math import exp, inf
from typing import Any

from labkit import durations, facts
from labkit.emulators.r2 import placement, refusals
from labkit.emulators.r2.binding import R2Bucket
from labkit.emulators.r2.contents import Contents, row_of
from labkit.emulators.r2.objects import INFREQUENT, STANDARD
from labkit.emulators.r2.operations import Visit
from labkit.emulators.r2.refusals import Refusal
from labkit.emulators.r2.store import Store, Watcher
from labkit.emulators.r2.surroundings import Surroundings
from labkit.errors import LabError
from labkit.trace import Event
from labkit.world import World

__all__ = ["Contents", "R2", "R2Bucket"]


class R2(Surroundings):
    """A bucket: `binding(colo)` is what `env` holds at a place; `store` is what is in it.

    `entry` is that of wrangler's `r2_buckets`. `home` is the place where the bucket is, "" until somebody uses it.
    """

    def __init__(self, entry: Mapping[str, Any], world: World):
        self.world = world
        self.name: str = entry.get("bucket_name") or entry["binding"]
        self.jurisdiction: str | None = entry.get("jurisdiction")
        self.home = ""
        self._location: str | None = None
        limit = None if world.links else facts.value("r2.local_metadata_bytes")
        self.store = Store(self._unix, world.random, limit)
        self.watchers: list[Watcher] = self.store.watchers
        self.surround()
        self.down_until = -inf
        self._written: dict[str, float] = {}
        self._times = facts.value("r2.write_time"), facts.value("r2.read_time")
        self._spread = facts.value("r2.service_sigma")
        self._apart = 1 / facts.value("r2.writes_per_key_per_second")

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

    def admit(self, key: str) -> None:
        """Note a write to a key, or refuse it for the last (10058): one a second. To be asked at home."""
        if self.world.links is None:
            return
        now = self.world.timeline.now
        if now - self._written.get(key, -inf) < self._apart:
            raise Refusal(refusals.TOO_MANY_REQUESTS)
        if len(self._written) > 1000:
            self._written = {name: at for name, at in self._written.items() if now - at < self._apart}
        self._written[key] = now

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
        if not self.home and self.world.links is not None:
            self.home = placement.home(self.world.links, colo, self._location, self.jurisdiction)
        return self.home or colo

    def outage(self, duration: float | str) -> None:
        """Let the bucket fail from now for seconds, or words such as "1 minute": every operation is refused (10001)."""
        seconds = durations.seconds(duration)
        if seconds < 0:
            raise LabError(f"outage({duration!r}): it lasts 0 seconds or more.")
        self.down_until = self.world.timeline.now + seconds

    @property
    def is_down(self) -> bool:
        return self.world.timeline.now < self.down_until

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
        return self.store.snapshot(), self.home, self._location, self.down_until, dict(self._written), around

    def restore(self, state: tuple[Any, ...]) -> None:
        """Go back to a snapshot. Bindings that are in use keep working."""
        stored, self.home, self._location, self.down_until, written, around = state
        self.store.restore(stored)
        self._written = dict(written)
        self.restore_around(around)
