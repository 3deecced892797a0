"""Tenants of one machine as a lab's places: each is a Worker with a rate of its own, and its place is its isolate.

A platform's share of cold starts is an average over requests. So the tenants that are played are drawn as requests
are, the busy ones more often, and every one is asked equally often: each place is one replication of that average.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.errors import LabError
from labkit.lab import Lab
from labkit.sim import traffic
from labkit.sim.estimates import Estimate, of_ratio
from labkit.sim.traffic import Visit
from labkit.sim.workers import hello
from labkit.sim.workers.yours import KEEP_ALIVE


@dataclass(frozen=True)
class Eviction:
    """The machine makes room: the isolate at a place is thrown away `at` some second on the lab's clock."""

    at: float
    colo: str

    async def run(self, lab: Lab) -> None:
        lab.evict(self.colo)


@dataclass(frozen=True)
class Tenants:
    """A Worker and how it is asked: by `places` tenants, `visits` times in all after each one's first.

    `url` and `lab` are as in `labkit.sim.workers.yours.Yours`.
    """

    worker: Any = hello.Default
    url: str = "/"
    places: int = 100
    visits: int = 600
    seed: int = 4
    lab: dict[str, Any] | None = None

    def share_cold(self, row: int, gaps: np.ndarray, room: np.ndarray | None = None) -> Estimate:
        """The share of cold visits: `gaps[place, n]` are seconds from a visit to the next one at that place.

        `room` has their shape: seconds after the visit at which the machine throws the isolate out, if it is idle. A
        tenant that is asked once a year is cold either way: gaps beyond twice the keep-alive time are cut to that.
        """
        gaps = np.minimum(gaps, 2 * KEEP_ALIVE)
        lab = Lab(self.worker, seed=1000 * self.seed + row, **(self.lab or {}))
        codes, room = traffic.cities(self.places), np.full_like(gaps, np.inf) if room is None else room
        traffic.play(lab, [event for each in zip(codes, gaps, room, strict=True) for event in self._events(*each)])
        cold = Counter(event.place for event in lab.trace.where("workers") if event.operation == "cold_start")
        if not cold:
            raise LabError(f"{self.places} visits to {self.url} started no isolate: does a Worker answer there?")
        return of_ratio([cold[code] - 1 for code in codes], [gaps.shape[1]] * len(codes))

    @property
    def each(self) -> int:
        """How many gaps between visits a tenant has."""
        return max(1, self.visits // self.places)

    def _events(self, code: str, gaps: np.ndarray, room: np.ndarray) -> list[Visit | Eviction]:
        at = np.concatenate(([0.0], np.cumsum(gaps)))
        thrown_out = at[:-1][room < gaps] + room[room < gaps]
        visits = [Visit(moment, code, self.url) for moment in at.tolist()]
        return visits + [Eviction(moment, code) for moment in thrown_out.tolist()]
