"""The learner's Worker as the third view: asked at many places on a lab, its look-ups in the cache from the trace."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf, isfinite
from random import Random
from typing import Any

from labkit.errors import LabError
from labkit.lab import Lab
from labkit.sim import streams, traffic
from labkit.sim.cache import saver
from labkit.sim.estimates import Estimate, of_counts
from labkit.sim.kv import copies
from labkit.sim.traffic import Visit
from labkit.trace import Event

SETTLING = 60.0
"""Seconds in which everything ends that a visit left behind, such as what waitUntil was given."""


@dataclass(frozen=True)
class Yours:
    """A Worker and how it is asked: for `url`, in which `{key}` tells one page from another.

    Each row plays a lab of its own: visits at some `places`, each a replication, about `visits` in all. `lab` holds
    the Lab's own options, such as `kv=["FLAGS"]`; `vars` are the Worker's own.
    """

    worker: Any = saver.Default
    url: str = "/pages/{key}"
    places: int = 100
    visits: int = 400
    seed: int = 4
    vars: dict[str, Any] | None = None
    lab: dict[str, Any] | None = None

    def new_lab(self, row: int, **variables: Any) -> Lab:
        """The row's lab, with nothing in it; `variables` are what the phenomenon gives the Worker."""
        known = {**variables, **(self.vars or {})}
        return Lab(self.worker, vars=known, seed=1000 * self.seed + row, **(self.lab or {}))

    def random(self, row: int) -> Random:
        """The row's dice for when visitors come."""
        return Random(f"{self.seed} {row}")

    def cities(self) -> list[str]:
        return traffic.cities(self.places)

    def visit(self, at: float, colo: str, key: str) -> Visit:
        return Visit(at, colo, self.url.replace("{key}", key))

    def play(self, lab: Lab, visits: Sequence[Visit], begin: float) -> list[Event]:
        """The visits that set out at `begin` or later, once all are over and all that they left behind."""
        traffic.play(lab, visits)
        lab.run(lab.advance(SETTLING))
        return traffic.sent_since(lab, begin)

    def holders(self, row: int, per_s: dict[str, float], max_age: float, begin: float) -> list[Visit]:
        """A visit for each copy that a place holds in the long run of a page asked for `per_s`, so old at `begin`."""
        random = streams.generator(self.seed, row)
        drawn = {key: copies.draw_ages(random, self.places, rate, max_age, inf) for key, rate in per_s.items()}
        pairs = ((key, colo, age) for key, ages in drawn.items() for colo, age in zip(self.cities(), ages, strict=True))
        return [self.visit(begin - float(age), colo, key) for key, colo, age in pairs if isfinite(age)]

    def looked_up(self, lab: Lab, visits: list[Event]) -> list[Event]:
        """Each visit's look-ups in the cache. A Worker that makes none is told so."""
        matches = traffic.part_of(visits, lab, "cache", "match")
        if not matches:
            status = visits[-1].outcome if visits else "none"
            raise LabError(f"{len(visits)} visits to {self.url} looked nothing up with cache.match. The last status "
                           f"was {status}; see the logs of a lab of yours.")  # fmt: skip
        return matches

    def read_from_kv(self, lab: Lab, visits: list[Event]) -> list[Event]:
        """The reads of KV in these visits. A Worker that makes none at all is told so."""
        reads = traffic.part_of(lab.trace.where("client"), lab, "kv", "get", "getWithMetadata")
        if not reads:
            raise LabError(f"the visits to {self.url} read nothing from KV, so nothing tells a hit from a miss.")
        wanted = {visit.request for visit in visits}
        return [read for read in reads if read.request in wanted]

    def share(self, events: Iterable[Event], chosen: Iterable[Event]) -> Estimate:
        """Which share of the events the chosen ones are, each place a replication, also one without any."""
        return of_counts(self.cities(), (event.place for event in chosen), (event.place for event in events))


def is_hit(match: Event) -> bool:
    """The place's cache had a response that was still good."""
    return match.outcome == "hit"
