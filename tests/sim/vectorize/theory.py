"""Vectorize's closed forms beside what the kernel of its jobs counts."""

from __future__ import annotations

import numpy as np

from labkit.sim.vectorize import idle_share, jobs, looks, mean_lag, unfound_share
from tests.sim.cases import Case

RATE = 0.25


def lags(random: np.random.Generator, writes_per_s: float) -> np.ndarray:
    return jobs.draw_lags(random, 4000, writes_per_s)


def unfound(random: np.random.Generator, seconds: float) -> tuple[float, float]:
    found = lags(random, RATE)
    return float(np.count_nonzero(found > seconds)), found.size


def waited(random: np.random.Generator, writes_per_s: float) -> tuple[float, float]:
    found = lags(random, writes_per_s)
    return found.sum(), found.size


def alone(random: np.random.Generator, writes_per_s: float) -> tuple[float, float]:
    """Seconds without a job, and all seconds, up to the last job that begins with one write after an idle time."""
    writes = np.cumsum(random.exponential(1 / writes_per_s, 4000))
    ends = np.unique(jobs.found_at(writes, durations := jobs.draw(random, writes.size)))
    idle = np.maximum(ends[1:] - durations[1 : ends.size] - ends[:-1], 0)
    return idle[idle > 1e-9].sum(), ends[-1] - ends[0]


def looked(random: np.random.Generator, every: float) -> tuple[float, float]:
    """Look by look, until the write is found."""
    asked = np.array([next(n for n in range(1, 99) if n * every >= lag) for lag in jobs.draw(random, 1000).tolist()])
    return asked.sum(), asked.size


CASES = [
    Case("a write not yet found", "seconds", (1.5, 3, 5, 7, 9, 12), lambda x: float(unfound_share(x, RATE)), unfound),
    Case("seconds until a write is found", "writes/s", (0.02, 0.1, 0.4, 2), lambda x: float(mean_lag(x)), waited),
    Case("time without a job", "writes/s", (0.03, 0.1, 0.3), lambda x: float(idle_share(x)), alone),
    Case("looks until it is found", "seconds", (0.3, 1.5, 6), lambda x: float(looks(x)), looked),
]
