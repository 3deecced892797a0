"""Jobs that make an index of the writes that wait: when each write is found, and the closed forms of that.

One job runs at a time. It takes all that waits when it begins, and all of that is found when it ends; who comes
meanwhile waits for the next. A server that serves any number at once, as buses do (N. T. J. Bailey, "On queueing
processes with bulk service", J. R. Statist. Soc. B 16, 1954, section 1; here the bus also leaves with one).

Symbols: writes are Poisson at lam a second; a job takes J, uniform on [a, b] = [mean - spread, mean + spread] seconds.
- A job after which nothing waits has met no write: phi = E[e^(-lam J)] = (e^(-lam a) - e^(-lam b)) / (lam (b - a)).
- Renewal of jobs and idle times: the index is idle for a share p0 = phi / (lam E[J] + phi) of the time, and a write
  finds it so with that probability (Wolff, "Poisson arrivals see time averages", Oper. Res. 30, 1982).
- It is found after J where the index is idle, else after what is left of the job that runs, R, and J of the next:
  P[L > t] = p0 P[J > t] + (1 - p0) P[R + J > t], with P[R > x] = E[(J - x)+] / E[J];
  E[L] = E[J] + (1 - p0) E[J^2] / (2 E[J]).

Assumed: the law of J, of which "a few seconds" is all that is published; fewer writes than a job takes (1,000).
"""

from __future__ import annotations

from bisect import bisect_right
from math import inf

import numpy as np

from labkit import facts
from labkit.errors import LabError

MEAN, SPREAD = float(facts.value("vectorize.mutation_lag")), float(facts.value("vectorize.mutation_lag_spread"))
MOST = int(facts.value("vectorize.job_updates"))
ASSUMPTION = ("a job that makes the index anew takes {:g} to {:g} s, all times alike; only 'a few seconds' is "
              "published.")  # fmt: skip


def assumption(mean: float = MEAN, spread: float = SPREAD) -> str:
    """What is assumed of the jobs, in words. Refuses a law that is none."""
    if not 0 < spread <= mean:
        raise LabError(f"jobs of {mean:g} s give or take {spread:g} s: the spread is more than 0 and at most the mean")
    return ASSUMPTION.format(mean - spread, mean + spread)


def unfound_share(seconds, writes_per_s=0.0, *, mean: float = MEAN, spread: float = SPREAD):
    """The share of writes not found so many seconds after the log has them: P[L > t]."""
    idle = idle_share(writes_per_s, mean=mean, spread=spread)
    lower, upper = np.subtract(seconds, mean + spread), np.subtract(seconds, mean - spread)
    second = (_left(upper, mean, spread) - _left(lower, mean, spread)) / (2 * spread * mean)
    alone = np.clip((mean + spread - np.asarray(seconds)) / (2 * spread), 0, 1)
    return idle * alone + (1 - idle) * np.clip(second, 0, 1)


def mean_lag(writes_per_s=0.0, *, mean: float = MEAN, spread: float = SPREAD):
    """Mean seconds from the log to being found: E[L]."""
    busy = 1 - idle_share(writes_per_s, mean=mean, spread=spread)
    return mean + busy * (mean**2 + spread**2 / 3) / (2 * mean)


def idle_share(writes_per_s=0.0, *, mean: float = MEAN, spread: float = SPREAD):
    """The share of time in which no job runs: p0."""
    rate = np.asarray(writes_per_s, dtype=float)
    width = np.maximum(2 * spread * rate, 1e-12)
    empty = np.exp(-rate * (mean - spread)) * -np.expm1(-width) / width
    return empty / (rate * mean + empty)


def _left(x, mean: float, spread: float):
    """The integral from 0 to x of E[(J - u)+], which is E[J] below 0."""
    x, least, most = np.asarray(x, dtype=float), mean - spread, mean + spread
    inner, outer = np.clip(x, 0, least), np.clip(x, least, most)
    cubes = ((most - least) ** 3 - (most - outer) ** 3) / (6 * (most - least))
    return np.minimum(x, 0) * mean + inner * mean - inner**2 / 2 + cubes


def found_at(writes: np.ndarray, durations: np.ndarray, most: int = MOST) -> np.ndarray:
    """When each of the sorted writes is found. Job number n takes `durations[n]`; as many as writes are enough.

    Job by job, each with one binary search for those that have come when it begins, of whom it takes up to `most`.
    """
    moments, times = writes.tolist(), iter(durations.tolist())
    ends, firsts, end, first = [], [], -inf, 0
    while first < len(moments):
        begin = max(end, moments[first])
        end = begin + next(times)
        ends.append(end)
        firsts.append(first)
        first = bisect_right(moments, begin, first, min(first + most, len(moments)))
    return np.repeat(ends, np.diff([*firsts, len(moments)]))


def draw(random: np.random.Generator, count: int, *, mean: float = MEAN, spread: float = SPREAD) -> np.ndarray:
    """How long `count` jobs take, in seconds."""
    return random.uniform(mean - spread, mean + spread, count)


def draw_lags(
    random: np.random.Generator, count: int, writes_per_s: float, *, mean: float = MEAN, spread: float = SPREAD
) -> np.ndarray:
    """Seconds until each of `count` writes is found, in the long run: the first hundred writes are cut off."""
    if not writes_per_s:
        return draw(random, count, mean=mean, spread=spread)
    writes = np.cumsum(random.exponential(1 / writes_per_s, count + 100))
    return (found_at(writes, draw(random, writes.size, mean=mean, spread=spread)) - writes)[100:]
