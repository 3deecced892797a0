"""The learner's Worker as the third view: it stores an object, which the world reads from it or from a domain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Any

from labkit.errors import LabError
from labkit.lab import Lab
from labkit.sim import streams, traffic
from labkit.sim.estimates import Estimate, of_counts
from labkit.sim.kv import copies
from labkit.sim.r2 import publisher
from labkit.sim.traffic import Visit
from labkit.trace import Event

DOMAIN = "files.example"
SETTLING = 10.0
"""Seconds in which a fill ends that somebody's request began."""


@dataclass(frozen=True)
class Yours:
    """A Worker and how it is asked: PUT `key` makes it store the body, with the `max-age` that `env.MAX_AGE` says.

    Each row plays a lab of its own, with visits at some `places`, each a replication, about `visits` in all. `binding`
    is the bucket's name on env; `location` its hint.
    """

    worker: Any = publisher.Default
    binding: str = "FILES"
    key: str = "photo.jpg"
    places: int = 100
    visits: int = 400
    seed: int = 4
    location: str = "enam"

    def lab(self, row: int, max_age: float = 0, *, tiered: bool = False) -> Lab:
        """The row's lab: the bucket has its home, and is public at a domain."""
        lab = Lab(self.worker, r2=[self.binding], vars={"MAX_AGE": int(max_age)}, seed=1000 * self.seed + row)
        lab.r2(self.binding).location = self.location
        lab.r2(self.binding).publish(DOMAIN, tiered=tiered)
        return lab

    def random(self, row: int) -> Random:
        """The row's dice for when visitors come."""
        return Random(f"{self.seed} {row}")

    def cities(self) -> list[str]:
        return traffic.cities(self.places)

    def write(self, at: float, value: str, key: str = "") -> Visit:
        return Visit(at, "IAD", f"/{key or self.key}", {"method": "PUT", "body": value})

    def from_worker(self, at: float, colo: str) -> Visit:
        return Visit(at, colo, f"/{self.key}")

    def from_domain(self, at: float, colo: str, key: str = "") -> Visit:
        return Visit(at, colo, f"https://{DOMAIN}/{key or self.key}")

    def stored(self, lab: Lab, *keys: str) -> None:
        """Refuse a Worker that has not stored them, or the one."""
        for key in keys or [self.key]:
            if key not in lab.r2(self.binding).store.objects:
                raise LabError(f"PUT /{key} stored no object {key!r} in {self.binding}; the last status was "
                               f"{lab.trace[-1].outcome}. See the logs of a lab of yours.")  # fmt: skip

    def holders(self, row: int, reads_per_s: float, max_age: float, begin: float) -> list[Visit]:
        """A visit for each place that holds a copy in the long run, just so long before `begin`."""
        random = streams.generator(self.seed, row)
        ages = copies.draw_ages(random, self.places, reads_per_s, max_age, float("inf")).tolist()
        pairs = zip(self.cities(), ages, strict=True)
        return [self.from_domain(begin - age, colo) for colo, age in pairs if age < max_age]

    def arrivals(self, row: int, reads_per_s: float, begin: float, end: float) -> list[Visit]:
        """Visits at random moments, `reads_per_s` at each place."""
        random = self.random(row)
        return [self.from_domain(at, colo) for colo in self.cities()
                for at in traffic.moments(random, reads_per_s, begin, end)]  # fmt: skip

    def answered(self, lab: Lab, since: float) -> list[Event]:
        """What the domain answered to visits that set out at `since` or later, once everything has ended."""
        lab.run(lab.advance(SETTLING))
        return traffic.part_of(traffic.sent_since(lab, since), lab, "r2", "public")

    def share(self, events: Iterable[Event], chosen: Iterable[Event]) -> Estimate:
        """Which share of the events the chosen ones are, each place a replication, also one without any."""
        return of_counts(self.cities(), (event.place for event in chosen), (event.place for event in events))
