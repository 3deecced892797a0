"""The learner's Worker as the third view: asked at many places on a lab, its KV reads counted from the trace."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from random import Random
from typing import Any

from labkit.errors import LabError
from labkit.lab import Lab
from labkit.sim import streams, traffic
from labkit.sim.estimates import Estimate, of_counts
from labkit.sim.kv import copies, reader
from labkit.sim.traffic import Visit
from labkit.trace import Event

Pairs = Sequence[tuple[str, str]]
"""Places, each with a key that is read there."""
WRITER = "LHR"
SETTLING = 60.0
"""Seconds in which everything ends that a visit left behind, such as a refresh or what waitUntil was given."""


APART = 1.2
"""Seconds from one write of a key to the next at least: KV refuses a second one within a second of its arrival."""


@dataclass(frozen=True)
class Write:
    """A write from the writer's place, at some seconds on the lab's clock."""

    at: float
    kv: str
    key: str
    value: str

    async def run(self, lab: Lab) -> None:
        await lab.kv(self.kv).binding(WRITER).put(self.key, self.value)


@dataclass(frozen=True)
class Yours:
    """A Worker and how it is asked: `url` makes it read a key of the namespace bound as `kv`.

    Each row plays a lab of its own: visits at some `places`, about `visits` in all where the row does not say.
    `vars` are the Worker's own.
    """

    worker: Any = reader.Default
    kv: str = "FLAGS"
    key: str = "dark-mode"
    url: str = "/flags/{key}"
    places: int = 100
    visits: int = 400
    seed: int = 4
    vars: dict[str, Any] | None = None

    def lab(self, row: int, cache_ttl: float) -> Lab:
        """The row's lab, with nothing in it."""
        variables = {"CACHE_TTL": int(cache_ttl), **(self.vars or {})}
        return Lab(self.worker, kv=[self.kv], vars=variables, seed=1000 * self.seed + row)

    def random(self, row: int) -> Random:
        """The row's dice for when visitors come."""
        return Random(f"{self.seed} {row}")

    def cities(self) -> list[str]:
        """The places that are asked; not the writer's, which forgets its copy when it writes."""
        return [colo for colo in traffic.cities(self.places + 1) if colo != WRITER][: self.places]

    def everywhere(self) -> list[tuple[str, str]]:
        """Each place with the one key."""
        return [(colo, self.key) for colo in self.cities()]

    def visit(self, at: float, colo: str, key: str) -> Visit:
        return Visit(at, colo, self.url.replace("{key}", key))

    def holders(self, row: int, reads_per_s: float, cache_ttl: float, begin: float, pairs: Pairs) -> list[Visit]:
        """A visit for each place that holds a copy of its key in the long run, just so long before `begin`."""
        ages = copies.draw_ages(streams.generator(self.seed, row), len(pairs), reads_per_s, cache_ttl)
        return [self.visit(begin - age, *pair) for pair, age in zip(pairs, ages.tolist(), strict=True) if isfinite(age)]

    def arrivals(self, row: int, reads_per_s: float, begin: float, end: float, pairs: Pairs) -> list[Visit]:
        """Visits at random moments, `reads_per_s` at each place for its key."""
        random = self.random(row)
        return [self.visit(at, *pair) for pair in pairs for at in traffic.moments(random, reads_per_s, begin, end)]

    def long_run(self, row: int, reads_per_s: float, cache_ttl: float) -> tuple[Lab, list[Event]]:
        """A lab whose places read the one key, `reads_per_s` each, and those reads, from the long-run state on."""
        lab, begin, pairs = self.lab(row, cache_ttl), cache_ttl, self.everywhere()
        seconds = self.visits / (reads_per_s * self.places)
        traffic.play(lab, self.holders(row, reads_per_s, cache_ttl, begin, pairs))
        traffic.play(lab, self.arrivals(row, reads_per_s, begin, begin + seconds, pairs))
        return lab, self.reads(lab, begin)

    def overwritten(self, row: int, reads_per_s: float, writes_per_s: float, cache_ttl: float
                    ) -> tuple[dict[str, list[float]], list[Event]]:  # fmt: skip
        """When each key was written, and the reads, where each place has a key of its own, with its own writes."""
        lab, begin, random = self.lab(row, cache_ttl), 2 * cache_ttl, self.random(row)
        end = begin + self.visits / (self.places * reads_per_s)
        pairs = [(colo, f"{self.key}-{colo}") for colo in self.cities()]
        written = {key: write_moments(random, writes_per_s, begin - cache_ttl, end) for _, key in pairs}
        writes = [Write(at, self.kv, key, f"{at}") for key, moments in written.items() for at in moments]
        holders = self.holders(row, reads_per_s, cache_ttl, begin, pairs)
        traffic.play(lab, [*writes, *holders, *self.arrivals(row, reads_per_s, begin, end, pairs)])
        return written, self.reads(lab, begin)

    def reads(self, lab: Lab, since: float) -> list[Event]:
        """The Worker's reads of KV in visits that set out at `since` or later, once everything has ended."""
        lab.run(lab.advance(SETTLING))
        visits = traffic.sent_since(lab, since)
        reads = traffic.part_of(visits, lab, "kv", "get", "getWithMetadata")
        if not reads:
            status = visits[-1].outcome if visits else "none"
            raise LabError(f"{len(visits)} visits to {self.url} read nothing from KV. The last status was {status}; "
                           "see the logs of a lab of yours.")  # fmt: skip
        return reads

    def share(self, reads: Iterable[Event], counts: Callable[[Event], bool]) -> Estimate:
        """Which share of the reads count, each place a replication, also one without a read."""
        asked = list(reads)
        counted = (read.place for read in asked if counts(read))
        return of_counts(self.cities(), counted, (read.place for read in asked))


def write_moments(random: Random, per_s: float, begin: float, end: float) -> list[float]:
    """Random moments at which one key is written. One that comes too soon for KV is put off, so that none is lost."""
    moments: list[float] = []
    for at in traffic.moments(random, per_s, begin, end):
        moments.append(max(at, moments[-1] + APART) if moments else at)
    return moments


def is_hit(read: Event) -> bool:
    """Answered from the place's own copy, whether or not that was refreshed behind it."""
    return read.outcome != "miss"


def is_stale(read: Event) -> bool:
    """Answered with a value that the central stores had already replaced."""
    return read.detail["stale"]
