"""Polling: how often a Worker must ask until what it wrote is found.

It writes, and then asks every p seconds. The k-th look is k (p + s) seconds after the write, where s is the way to the
index and its time; it asks again while the write is not found then: E[N] = 1 + sum over k >= 1 of P[L > k (p + s)].
Waiting longer between looks costs half of p on average, and saves requests as 1 / p.
Assumed: nobody else writes; the spread of s is small beside that of the jobs.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from random import Random
from typing import Any

import numpy as np

from labkit.errors import LabError
from labkit.sim import streams
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, of_ratio, replicated
from labkit.sim.vectorize import poller
from labkit.sim.vectorize.jobs import MEAN, SPREAD, assumption, draw, unfound_share
from labkit.sim.vectorize.yours import LONGEST, Yours, looked

EVERY = (0.5, 1, 2, 3, 4)
AXES = Axes("Polling Vectorize", "seconds between two looks", "looks until the write is found")
WRITES, APART = 10_000, 4 * LONGEST


def looks(every, *, way: float = 0.0, mean: float = MEAN, spread: float = SPREAD):
    """The mean number of looks, one each `every` seconds, until a write is found that nobody else's meets."""
    last = int(np.ceil((mean + spread) / (np.min(every) + way)))
    times = np.multiply.outer(np.add(every, way), np.arange(1, last + 1))
    return 1 + unfound_share(times, mean=mean, spread=spread).sum(axis=-1)


def model(row: int, every: float, *, seed: int, way: float, mean: float, spread: float) -> Estimate:
    """The mean number of looks after 10,000 writes, twenty times."""
    return replicated(partial(_looks, every, seed, row, way, mean, spread))


def _looks(every: float, seed: int, row: int, way: float, mean: float, spread: float, replication: int):
    lags = draw(streams.generator(seed, 2, row, replication), WRITES, mean=mean, spread=spread)
    return np.ceil(lags / (every + way)).sum(), WRITES


def observe(row: int, every: float, *, yours: Yours) -> Estimate:
    """The same on a lab: visits so far apart that none meets another's job; each is a replication."""
    random = Random(f"{yours.seed} {row}")
    visits = [yours.visit(APART * (1 + number + random.random() / 2), number, every) for number in range(yours.visits)]
    seen = looked(yours.seen(yours.lab(row), visits, 0.0))
    return of_ratio([len(each.looks) for each in seen], [1] * len(seen))


def polling(
    worker: Any = poller.Default, *, every: Sequence[float] = EVERY, mean: float = MEAN, spread: float = SPREAD,
    seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """How many looks a Worker takes that asks `every` so many seconds, in three views.

    `asked` is as in `visibility`; `url="/notes/{note}?every={x}"` makes it write, and ask every x seconds until found.
    """
    if min(every) <= 0:
        raise LabError(f"every={min(every):g}: the seconds between two looks are more than 0")
    words = assumption(mean, spread)
    yours = Yours(worker, seed=seed, **{"url": "/notes/{note}?every={x}", "visits": 100, **asked})
    is_labs, law = (mean, spread) == (MEAN, SPREAD), {"way": yours.way, "mean": mean, "spread": spread}
    return three_views(
        AXES, every, partial(looks, **law), partial(model, seed=seed, **law),
        partial(observe, yours=yours) if worker and is_labs else None, executor=executor, assumptions=(words,),
    )  # fmt: skip
