"""Overlap: a cron does not wait for the run before; where a job takes as long as its period, several are under way.

Little's law: runs that begin every T seconds and last D on average keep E[D] / T under way, whatever else is true of
them. At its own time, a run may meet others long before the mean is 1: durations vary, and runs begin late by chance.

Runs begin at k T + J, J uniform between 0 and w: the lab's assumption on lateness. Let D be exponential of mean m, and
B = E[e^(J/m)] = (e^(w/m) - 1) m / w. The run j before one that is late by u is still under way with
B e^(-(j T + u)/m), so that the share of runs that begin while another is under way is
1 - (1/w) integral over u from 0 to w of the product over j >= 1 of (1 - B e^(-(j T + u)/m)).

With a lock, a run that finds it taken is left out. A working run that is late by u blocks the j next with
e^(-(j T - u)/m) c at least, c = E[e^(-J/m)]: (e^(u/m)) c r runs on average, r = 1 / (e^(T/m) - 1). Those that work are
late by u with density (1 + A r (c - e^(-u/m))) / w, where A = E[e^(u/m)] over that very density, A = B / (1 - r (c B -
1)): the share left out is s / (1 + s), s = A c r.
Sources: J. D. C. Little (1961); the rest follows from the exponential's lack of memory. No source has the lateness.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from math import ceil, exp, expm1, floor
from typing import Any, NamedTuple

import numpy as np

from labkit import facts
from labkit.errors import LabError
from labkit.sim import refusals, streams
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.cron import jobs
from labkit.sim.cron.yours import WALL, Yours, minutes_of
from labkit.sim.estimates import Estimate, of_ratio, replicated
from labkit.sim.service import Effect, Service
from labkit.trace import Event

DURATIONS = (5, 15, 30, 60, 90)
PERIOD = 60.0
LATE = float(facts.value("cron.jitter"))
RUNS, WARM_UP = 5000, 100
LONGEST = WALL / 8
"""Of a mean in seconds: of such runs, 1 in 3,000 is ended by the platform, which the formulas know nothing of."""
NEGLIGIBLE = 1e-12
NODES, WEIGHTS = np.polynomial.legendre.leggauss(40)
ASSUMPTION = "runs begin up to {:g} s late, evenly, and last exponentially long; what a lock takes itself is left out."


def under_way(duration: float, period: float = PERIOD) -> float:
    """The mean number of runs under way: E[D] / T, Little's law."""
    return duration / period


def bounds(duration: float, period: float = PERIOD) -> tuple[int, int]:
    """The least and the greatest number of runs under way where each lasts just as long: floor and ceiling of D / T."""
    return floor(duration / period), ceil(duration / period)


def overlapping(duration: float, period: float = PERIOD, late: float = LATE) -> float:
    """The share of runs that begin while another is under way, D exponential."""
    u = late * (NODES + 1) / 2
    clear, earlier = np.ones(u.size), _earlier(duration, late)
    while (earlier := earlier * exp(-period / duration)) > NEGLIGIBLE:
        clear *= 1 - earlier * np.exp(-u / duration)
    return float(1 - WEIGHTS @ clear / 2)


def skipped(duration: float, period: float = PERIOD, late: float = LATE) -> float:
    """The share of runs that find a lock taken, D exponential."""
    earlier, later, r = _earlier(duration, late), _earlier(-duration, late), 1 / expm1(period / duration)
    each = earlier / (1 - r * (later * earlier - 1)) * later * r
    return each / (1 + each)


def _earlier(duration: float, late: float) -> float:
    """E[e^(J/m)], and with -m E[e^(-J/m)]."""
    return expm1(late / duration) * duration / late if late else 1.0


class Runs(NamedTuple):
    """Runs that do their work, in the order in which they begin: when that is and when they end, in seconds."""

    begun: np.ndarray
    ended: np.ndarray

    @property
    def overlaps(self) -> np.ndarray:
        """Whether each begins while an earlier one is under way."""
        before = np.maximum.accumulate(self.ended)[:-1]
        return np.append(False, before > self.begun[1:])

    def busy(self, begin: float, end: float) -> float:
        """Seconds of all runs between two moments."""
        return float(np.clip(np.minimum(self.ended, end) - np.maximum(self.begun, begin), 0, None).sum())


def locked(runs: Runs) -> np.ndarray:
    """Which of the runs find a lock free, where each that does keeps it until its end."""
    free, worked = -np.inf, []
    for begun, ended in zip(*map(np.ndarray.tolist, runs), strict=True):
        worked.append(begun >= free)
        free = ended if worked[-1] else free
    return np.array(worked, dtype=bool)


def simulated(random: np.random.Generator, duration: float, period: float, late: float, runs: int) -> Runs:
    """Runs that begin every period and last exponentially long."""
    begun = period * np.arange(runs) + random.uniform(0, late, runs)
    return Runs(begun, begun + random.exponential(duration, runs))


class Watched(NamedTuple):
    """What is watched: its closed form, the part and the whole in a simulation, and in a lab's stretches."""

    y: str
    theory: Callable[[float, float], float]
    modelled: Callable[[Runs, float], tuple[float, float]]
    seen: Callable[[Yours, Runs, list[Event]], Estimate]


def _modelled_overlaps(runs: Runs, period: float) -> tuple[float, float]:
    return float(runs.overlaps[WARM_UP:].sum()), RUNS - WARM_UP


def _modelled_under_way(runs: Runs, period: float) -> tuple[float, float]:
    begin, end = WARM_UP * period, RUNS * period
    return runs.busy(begin, end), end - begin


def _modelled_skips(runs: Runs, period: float) -> tuple[float, float]:
    return float(np.sum(~locked(runs)[WARM_UP:])), RUNS - WARM_UP


def _seen_overlaps(yours: Yours, runs: Runs, fires: list[Event]) -> Estimate:
    return of_ratio(yours.counted(runs.begun[runs.overlaps]), yours.counted(runs.begun))


def _seen_under_way(yours: Yours, runs: Runs, fires: list[Event]) -> Estimate:
    borders = yours.borders
    return of_ratio([runs.busy(*pair) for pair in zip(borders, borders[1:], strict=False)], np.diff(borders))


def _seen_skips(yours: Yours, runs: Runs, fires: list[Event]) -> Estimate:
    fired, worked = yours.counted(event.start for event in fires), yours.counted(runs.begun)
    return of_ratio(np.subtract(fired, worked), fired)


WATCHED = {
    "overlapping": Watched("share of runs that begin while another is under way", overlapping, _modelled_overlaps,
                           _seen_overlaps),
    "under way": Watched("runs under way on average", under_way, _modelled_under_way, _seen_under_way),
    "skipped": Watched("share of runs that find the lock taken", skipped, _modelled_skips, _seen_skips),
}  # fmt: skip


def model(row: int, duration: float, *, seed: int, period: float, watch: str) -> Estimate:
    """What is watched over 5,000 runs, twenty times."""
    return replicated(partial(_counted, duration, seed, row, period, watch))


def _counted(duration: float, seed: int, row: int, period: float, watch: str, replication: int) -> tuple[float, float]:
    random = streams.generator(seed, row, replication)
    return WATCHED[watch].modelled(simulated(random, duration, period, LATE, RUNS), period)


def observe(row: int, duration: float, *, yours: Yours, watch: str) -> Estimate:
    """The same on a lab, where the service takes exponentially long for what a run asks of it."""
    service = Service(f"{yours.seed} {row}", seconds=lambda random: random.expovariate(1 / duration))
    fires = yours.run(row, service)
    return WATCHED[watch].seen(yours, runs_of(service.effects), fires)


def runs_of(effects: Sequence[Effect]) -> Runs:
    """What a service was asked for, as runs."""
    times = np.array(sorted((effect.begun, effect.ended) for effect in effects))
    return Runs(times[:, 0], times[:, 1])


def overlap(
    worker: Any = "default", *, durations: Sequence[float] = DURATIONS, period: float = PERIOD,
    watch: str = "overlapping", seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The share of runs that begin while another is under way, against the mean duration in seconds, in three views.

    `watch` "under way" is how many there are on average; "skipped" is of a job with a lock: which share of its runs are
    left out. `period` is a number of minutes, in seconds. `worker` has a `scheduled` handler that waits for `POST
    https://service.example/jobs/{scheduledTime}`; None leaves it out. `asked` is as in `Yours`: `runs=20`,
    `lab={"durable_objects": {"LEASE": Lease}}`.
    """
    refusals.one_of(WATCHED, watch=watch)
    refusals.above_0(durations=durations)
    if max(durations) > LONGEST:
        raise LabError(f"durations of {max(durations):g} s: {LONGEST:g} at most on average, as the platform ends what "
                       f"lasts for {WALL:g} s, and the formula knows no end")  # fmt: skip
    if worker == "default":
        worker = jobs.Locked if watch == "skipped" else jobs.Eager
        asked = {"lab": {"durable_objects": {"LEASE": jobs.Lease}}, **asked}
    axes = Axes("Overlapping runs", "mean seconds of a run", WATCHED[watch].y)
    yours = worker and Yours(worker, minutes=minutes_of(period), seed=seed, **asked)
    return three_views(
        axes, durations, lambda duration: WATCHED[watch].theory(duration, period),
        partial(model, seed=seed, period=period, watch=watch), yours and partial(observe, yours=yours, watch=watch),
        executor=executor, label=f"every {period:g} s", assumptions=(ASSUMPTION.format(LATE),),
    )  # fmt: skip
