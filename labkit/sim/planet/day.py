"""A day on the planet: how many requests come in each hour, as the evening goes around it.

At each place the rate is r (1 + a cos(2 pi (h - peak) / 24)), h the local solar time in hours: UTC and longitude / 15.
The number of requests within an hour is Poisson with the rate's integral as its mean (J. F. C. Kingman, "Poisson
Processes" (1993), 2.1), which is 2 sin(pi / 24) / (2 pi / 24) of the amplitude around the hour's middle. All places
together have the same law: a sum of cosines of one period is a cosine, and flatter, for the sun is never up everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from math import pi, sin
from typing import Any

import numpy as np

from labkit.lab import Lab
from labkit.sim import refusals
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import LEAST_REPLICATIONS, Estimate, of_mean
from labkit.sim.planet.arrivals import DEPTH, HOUR, LONGITUDES, PEAK, Diurnal, Poisson
from labkit.sim.planet.loads import Mix
from labkit.sim.planet.planet import Planet
from labkit.sim.workers import hello

ASSUMPTION = "how far the day swings, and when it peaks, are parameters: no figure is published."
HOURS = tuple(range(0, 24, 3))
PLANETS = 25
"""Planets a replication of the model, which asks for their requests at once."""
AXES = Axes("A day's traffic", "hour of the day that begins, UTC", "requests in that hour")


def per_hour(hour: float, traffic: Diurnal) -> float:
    """Requests in the hour from `hour` (UTC) on, all places together: the integral of the rate, in closed form."""
    asked, width = traffic.asked, 2 * pi / 24
    middle = hour + 0.5 + LONGITUDES[asked.entrances] / 15 - traffic.peak
    swing = traffic.depth * (2 * sin(width / 2) / width) * np.cos(width * middle)
    return float(HOUR * asked.per_s * (asked.weights @ (1 + swing)))


def model(row: int, hour: float, *, seed: int, traffic: Diurnal) -> Estimate:
    """The same as the arrivals have it, on twenty times 25 planets."""
    many = replace(traffic, of=replace(traffic.asked, per_s=PLANETS * traffic.asked.per_s))
    pieces = (many.pieces(HOUR, seed, row, number, midnight=HOUR * hour) for number in range(LEAST_REPLICATIONS))
    return _of_counts([sum(piece.at.size for piece in each) for each in pieces], PLANETS)


@dataclass(frozen=True)
class Yours:
    """A Worker that so many planets' visitors ask at once, each a replication. `lab` holds the Lab's own options."""

    worker: Any = hello.Default
    planets: int = LEAST_REPLICATIONS
    lab: dict[str, Any] | None = None

    def observe(self, row: int, hour: float, *, seed: int, traffic: Diurnal) -> Estimate:
        """The requests of each that the Worker answered in that hour."""
        lab = Lab(self.worker, start=HOUR * hour, seed=seed, **(self.lab or {}))
        visitors = Mix((traffic,) * self.planets)
        results = Planet(lab, visitors, HOUR, seed=1000 * (seed + 1) + row, label="your Worker").run()
        return _of_counts(np.bincount(results.part[~results.failed], minlength=self.planets))


def _of_counts(counts: Sequence[int] | np.ndarray, planets: int = 1) -> Estimate:
    return of_mean(np.divide(counts, planets), int(sum(counts)))


def day(
    worker: Any = hello.Default, *, hours: Sequence[float] = HOURS, per_s: float = 0.02, places: Any = ("WEUR", "EEUR"),
    depth: float = DEPTH, peak: float = PEAK, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """Requests in an hour against the hour, of `per_s` on average at `places`, most of them at `peak` o'clock there.

    `worker` is asked by the visitors of twenty such planets at once; None leaves it out. `asked` says how: `url="/"`,
    `shares="population"`, and `lab={...}` for the Lab's own options.
    """
    refusals.from_0(hours=hours)
    options = {name: asked.pop(name) for name in ("lab", "planets") if name in asked}
    traffic = Diurnal(Poisson(per_s, places=places, **asked), depth=depth, peak=peak)
    yours = Yours(worker, **options) if worker else None
    return three_views(
        AXES, hours, partial(per_hour, traffic=traffic), partial(model, seed=seed, traffic=traffic),
        yours and partial(yours.observe, seed=seed, traffic=traffic), executor=executor, assumptions=(ASSUMPTION,),
    )  # fmt: skip
