"""Lag: how long a write waits until it is found, the more others write.

Alone, a write has a job of its own. In traffic it comes while a job runs, and waits for what is left of that and for
the next: half as long again and more. A document written one call a chunk waits like that for its second chunk.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from itertools import islice
from math import inf
from random import Random
from typing import Any

from labkit.errors import LabError
from labkit.sim import streams, traffic
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import LEAST_REPLICATIONS, Estimate, of_ratio, replicated
from labkit.sim.vectorize import writer
from labkit.sim.vectorize.jobs import MEAN, MOST, SPREAD, assumption, draw_lags, mean_lag
from labkit.sim.vectorize.yours import LONGEST, Yours, lags

RATES = (0.01, 0.03, 0.1, 0.3, 1)
AXES = Axes("Vectorize lag", "writes/s to the index", "mean seconds until a write is found", log_x=True)
WRITES, SETTLED = 10_000, 6 * LONGEST


def model(row: int, writes_per_s: float, *, seed: int, mean: float, spread: float) -> Estimate:
    """The mean wait of 10,000 writes, twenty times."""
    return replicated(partial(_waited, writes_per_s, seed, row, mean, spread))


def _waited(writes_per_s: float, seed: int, row: int, mean: float, spread: float, replication: int):
    found = draw_lags(streams.generator(seed, 1, row, replication), WRITES, writes_per_s, mean=mean, spread=spread)
    return found.sum(), found.size


def observe(row: int, writes_per_s: float, *, yours: Yours) -> Estimate:
    """The same on twenty labs, each with an index of its own, once they are as in the long run."""
    waited = [_lab_of(row, writes_per_s, yours, replication) for replication in range(LEAST_REPLICATIONS)]
    return of_ratio([sum(each) for each in waited], [len(each) for each in waited])


def _lab_of(row: int, writes_per_s: float, yours: Yours, replication: int) -> list[float]:
    lab, random = yours.lab(row, replication), Random(f"{yours.seed} {row} {replication}")
    before = traffic.moments(random, writes_per_s, 0.0, SETTLED)
    moments = [*before, *islice(traffic.moments(random, writes_per_s, SETTLED, inf), yours.visits)]
    return lags(lab, yours.seen(lab, [yours.visit(at, number) for number, at in enumerate(moments)], SETTLED))


def lag(
    worker: Any = writer.Default, *, writes_per_s: Sequence[float] = RATES, mean: float = MEAN, spread: float = SPREAD,
    seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The mean wait until a write is found against the rate of all writes, in three views.

    A visit to `worker` is one write; what counts is when the last of what it wrote is found. `asked` is as in
    `visibility`; `visits` are those of each of twenty labs.
    """
    words, yours = assumption(mean, spread), Yours(worker, seed=seed, **{"visits": 40, **asked})
    if max(writes_per_s) * (mean + spread) > MOST / 2:
        raise LabError(f"{max(writes_per_s):g} writes/s: jobs take {MOST} at most, and the formula knows no limit; "
                       f"give rates up to {MOST / 2 / (mean + spread):g} writes/s")  # fmt: skip
    is_labs, law = (mean, spread) == (MEAN, SPREAD), {"mean": mean, "spread": spread}
    return three_views(
        AXES, writes_per_s, lambda rate: float(mean_lag(rate, **law)), partial(model, seed=seed, **law),
        partial(observe, yours=yours) if worker and is_labs else None, executor=executor, assumptions=(words,),
    )  # fmt: skip
