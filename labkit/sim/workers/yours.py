"""The learner's Worker as the third view: asked around the planet, its cold starts and its times from the trace."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Any

from labkit import facts
from labkit.lab import Lab
from labkit.sim import traffic
from labkit.sim.estimates import Estimate, of_counts
from labkit.sim.traffic import Visit
from labkit.sim.workers import hello
from labkit.trace import Event

KEEP_ALIVE = float(facts.value("workers.isolate_idle"))


@dataclass(frozen=True)
class Yours:
    """A Worker and how it is asked: about `visits` to `url` in each row, at `places`, each of which is a replication.

    `lab` holds the Lab's own options, such as `kv=["FLAGS"]`.
    """

    worker: Any = hello.Default
    url: str = "/"
    places: int = 300
    visits: int = 400
    seed: int = 4
    lab: dict[str, Any] | None = None

    def played(self, row: int, requests_per_s: float) -> tuple[Lab, list[Event]]:
        """A lab after its visits, and those that came once isolates were as they are in the long run."""
        lab, random = Lab(self.worker, seed=1000 * self.seed + row, **(self.lab or {})), Random(f"{self.seed} {row}")
        places, rate = traffic.cities(self.places), requests_per_s / self.places
        before = [Visit(KEEP_ALIVE - idle, colo, self.url) for colo in places
                  if (idle := random.expovariate(rate)) < KEEP_ALIVE]  # fmt: skip
        end = KEEP_ALIVE + self.visits / requests_per_s
        traffic.play(lab, before + traffic.poisson(random, places, rate, KEEP_ALIVE, end, self.url))
        return lab, traffic.sent_since(lab, KEEP_ALIVE)

    def share(self, visits: Iterable[Event], chosen: Iterable[Event]) -> Estimate:
        """Which share of the visits the chosen events are, one at most for each."""
        chosen_at, visited = (event.place for event in chosen), (visit.place for visit in visits)
        return of_counts(traffic.cities(self.places), chosen_at, visited)
