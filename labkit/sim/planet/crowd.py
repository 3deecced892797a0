"""A flash crowd finds most places asleep: which share of its first requests start cold.

Traffic of lam requests/s a place jumps to k lam. A place whose last request is more than tau = 600 s ago has no
isolate, and the first of the crowd there starts one. The larger the crowd, the smaller the share that meets a cold
start: a place starts once, whatever comes after.

Theory: u seconds into the crowd (u < tau) a request is cold if none came in the last tau, which has the chance
e^(-lam (tau - u) - k lam u). The share of cold ones among those of the first d seconds is the mean of that:
e^(-lam tau) (1 - e^(-(k - 1) lam d)) / ((k - 1) lam d), from the Poisson processes' void probabilities (D. J. Daley and
D. Vere-Jones, "An Introduction to the Theory of Point Processes" I (2003), 2.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from labkit import facts
from labkit.errors import LabError
from labkit.lab import Lab
from labkit.sim import refusals, streams
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, of_ratio, replicated
from labkit.sim.planet.arrivals import FlashCrowd, Poisson
from labkit.sim.planet.planet import Planet
from labkit.sim.workers import hello

KEEP_ALIVE = float(facts.value("workers.isolate_idle"))
ASSUMPTION = f"a place runs one copy of the code and keeps it for {KEEP_ALIVE:g} s after its last request."
TIMES = (2, 5, 10, 20, 50)
AXES = Axes("A flash crowd's cold starts", "times the usual rate", "share of the crowd's requests that start cold",
            log_x=True)  # fmt: skip


def cold_share(times, per_place_s: float, seconds: float, keep_alive: float = KEEP_ALIVE):
    """The share of cold requests in the first `seconds` of a crowd of `times` lam, after long at lam = `per_place_s`.

    `seconds` are at most `keep_alive`.
    """
    surplus = np.multiply(np.subtract(times, 1), per_place_s * seconds)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(surplus == 0, 1.0, -np.expm1(-surplus) / surplus)
    return np.exp(-per_place_s * keep_alive) * mean


def model(row: int, times: float, *, seed: int, per_place_s: float, seconds: float) -> Estimate:
    """The same at 2,000 places, twenty times: a place's first request is cold where the last was too long ago."""
    return replicated(partial(_colds, times, per_place_s, seconds, seed, row))


def _colds(times: float, per_place_s: float, seconds: float, seed: int, row: int, replication: int):
    random = streams.generator(seed, row, replication)
    idle = random.exponential(1 / per_place_s, 2000)
    counts = random.poisson(times * per_place_s * seconds, idle.size)
    first = seconds * (1 - random.random(idle.size) ** (1 / np.maximum(counts, 1)))  # the least of so many uniform ones
    return int(np.count_nonzero((counts > 0) & (idle + first > KEEP_ALIVE))), int(counts.sum())


@dataclass(frozen=True)
class Yours:
    """A Worker and how it is asked: `url`, at `places`, each of which is a replication."""

    worker: Any = hello.Default
    url: str = "/"
    places: int = 300
    seed: int = 4
    lab: dict[str, Any] | None = None

    def observe(self, row: int, times: float, *, per_place_s: float, seconds: float) -> Estimate:
        """The same on a lab, whose planet was at the usual rate for as long as code is kept."""
        lab = Lab(self.worker, seed=1000 * self.seed + row, **(self.lab or {}))
        usual = Poisson(per_place_s * self.places, places=self.places, url=self.url)
        crowd = FlashCrowd(usual, at=KEEP_ALIVE, times=times, rise=0, hold=seconds)
        results = Planet(lab, crowd, KEEP_ALIVE + seconds, seed=1000 * self.seed + row, label="your Worker").run()
        came = results.start >= results.begun + KEEP_ALIVE
        homes = np.unique(results.home, return_inverse=True)[1]
        return of_ratio(np.bincount(homes[came & results.cold], minlength=self.places),
                        np.bincount(homes[came], minlength=self.places))  # fmt: skip


def crowd(
    worker: Any = hello.Default, *, times: Sequence[float] = TIMES, per_place_s: float = 1 / KEEP_ALIVE,
    seconds: float = 60.0, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The share of cold starts in a flash crowd's first `seconds` against its size, after `per_place_s` at each place.

    `worker` is asked at 300 places; None leaves it out. `asked` says how, as in `Yours`: `url="/"`, `places=100`.
    """
    refusals.above_0(times=times, per_place_s=per_place_s, seconds=seconds)
    if seconds > KEEP_ALIVE:
        raise LabError(f"seconds={seconds:g}: the first {KEEP_ALIVE:g} of a crowd at most, as long as code is kept.")
    shared = {"per_place_s": per_place_s, "seconds": seconds}
    yours = Yours(worker, seed=seed, **asked) if worker else None
    return three_views(
        AXES, times, partial(cold_share, **shared), partial(model, seed=seed, **shared),
        yours and partial(yours.observe, **shared), executor=executor, assumptions=(ASSUMPTION,),
    )  # fmt: skip
