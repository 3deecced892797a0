"""The learner's Worker as the third view: asked at many places on a lab, its KV reads counted from the trace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from labkit.errors import LabError
from labkit.lab import Lab
from labkit.sim import streams, traffic
from labkit.sim.estimates import Estimate, of_ratio
from labkit.sim.kv import copies, reader
from labkit.sim.traffic import Visit
from labkit.trace import Event

WRITER = "LHR"
SETTLING = 60.0
"""Seconds in which everything ends that a visit left behind, such as a refresh or what waitUntil was given."""


@dataclass(frozen=True)
class Yours:
    """A Worker and how it is asked: `url` makes it read `key` of the namespace bound as `kv`, with `cache_ttl` seconds.

    Each row plays a lab of its own: visits at some `places`, each of which is a replication, about `visits` in all
    where the row does not say. `vars` are the Worker's own.
    """

    worker: Any = reader.Default
    kv: str = "FLAGS"
    key: str = "dark-mode"
    url: str = "/flags/dark-mode"
    places: int = 100
    visits: int = 600
    seed: int = 4
    vars: dict[str, Any] | None = None

    def hit_ratio(self, row: int, reads_per_s: float, cache_ttl: float) -> Estimate:
        """The share of the Worker's reads that its place answers from its copy."""
        lab, begin = self._lab_in_long_run(row, reads_per_s, cache_ttl)
        self._ask(lab, row, reads_per_s, begin, begin + self.visits / (reads_per_s * self.places))
        return self._share(lab, begin, lambda read: read.outcome != "miss")

    def stale_places(self, row: int, after: float, reads_per_s: float, cache_ttl: float) -> Estimate:
        """The share of places that give the old value when all are asked at once, `after` seconds past a write."""
        lab, begin = self._lab_in_long_run(row, reads_per_s, cache_ttl)
        lab.run(lab.advance(begin - lab.now))
        self._write(lab, "new")
        self._ask(lab, row, reads_per_s, begin, begin + after, probe=True)
        return self._share(lab, begin + after, lambda read: read.detail["stale"])

    def _lab_in_long_run(self, row: int, reads_per_s: float, cache_ttl: float) -> tuple[Lab, float]:
        """A lab, and the moment at which its places hold copies as they do in the long run: one visit made each."""
        variables = {"CACHE_TTL": int(cache_ttl), **(self.vars or {})}
        lab = Lab(self.worker, kv=[self.kv], vars=variables, seed=1000 * self.seed + row)
        self._write(lab, "old")
        begin = lab.now + cache_ttl
        ages = copies.draw_ages(streams.generator(self.seed, row), self.places, reads_per_s, cache_ttl)
        holders = zip(self._cities(), ages.tolist(), strict=True)
        traffic.play(lab, [Visit(begin - age, colo, self.url) for colo, age in holders if np.isfinite(age)])
        return lab, begin

    def _write(self, lab: Lab, value: str) -> None:
        lab.run(getattr(lab.env(WRITER), self.kv).put(self.key, value))

    def _ask(self, lab: Lab, row: int, reads_per_s: float, start: float, end: float, probe: bool = False) -> None:
        """Visits at random moments and, to probe, one everywhere at the end."""
        random = Random(f"{self.seed} {row}")
        visits = traffic.poisson(random, self._cities(), reads_per_s, start, end, self.url)
        traffic.play(lab, visits + [Visit(end, colo, self.url) for colo in self._cities() if probe])

    def _cities(self) -> list[str]:
        """The places that are asked; not the writer's, which forgets its copy when it writes."""
        return [colo for colo in traffic.cities(self.places + 1) if colo != WRITER][: self.places]

    def _share(self, lab: Lab, since: float, counts: Callable[[Event], bool]) -> Estimate:
        """Which share of the reads in visits since a moment count, each place a replication."""
        lab.run(lab.advance(SETTLING))
        visits = traffic.sent_since(lab, since)
        reads = [e for e in traffic.part_of(visits, lab, "kv", "get", "getWithMetadata") if e.detail["key"] == self.key]
        if not reads:
            raise LabError(f"{len(visits)} visits to {self.url} never read {self.key!r}; the last ended in status "
                           f"{visits[-1].outcome if visits else '-'}: see lab.logs of a lab of your own.")  # fmt: skip
        whole, part = (Counter(e.place for e in chosen) for chosen in (reads, filter(counts, reads)))
        return of_ratio([part[colo] for colo in whole], list(whole.values()))
