"""Visibility: the share of queries that do not find what was written so many seconds before.

A write is acknowledged when a log has it, and found when a job has made a new index. So a Worker that saves a note and
searches at once never finds it, and where others write too, the wait is for two jobs and not for one.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from random import Random
from typing import Any

import numpy as np

from labkit.sim import streams
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, of_ratio, replicated
from labkit.sim.vectorize import writer
from labkit.sim.vectorize.jobs import MEAN, SPREAD, assumption, draw_lags, unfound_share
from labkit.sim.vectorize.yours import LONGEST, Yours, is_unfound, looked

AFTER = (0, 1, 3, 4, 5, 6, 7, 9)
AXES = Axes("Vectorize visibility", "seconds after the write is acknowledged", "share of queries that do not find it")
PROBES, APART = 10_000, 4 * LONGEST


def model(
    row: int, after: float, *, seed: int, writes_per_s: float, way: float, mean: float, spread: float
) -> Estimate:
    """The share of 10,000 queries that do not find their vector, twenty times."""
    return replicated(partial(_unfound, after, seed, row, writes_per_s, way, mean, spread))


def _unfound(after: float, seed: int, row: int, writes_per_s: float, way: float, mean: float, spread: float,
             replication: int) -> tuple[int, int]:  # fmt: skip
    random = streams.generator(seed, row, replication)
    lags = draw_lags(random, PROBES, writes_per_s, mean=mean, spread=spread)
    return int(np.count_nonzero(lags > after + way)), lags.size


def observe(row: int, after: float, *, yours: Yours, writes_per_s: float) -> Estimate:
    """The same on a lab: visits so far apart that none meets another's job; each is a replication."""
    random = Random(f"{yours.seed} {row}")
    visits = [yours.visit(APART * (2 + number + random.random() / 2), number, after) for number in range(yours.visits)]
    others = yours.others(random, writes_per_s, 0.0, visits[-1].at + APART)
    seen = looked(yours.seen(yours.lab(row), [*visits, *others], APART))
    return of_ratio([is_unfound(each) for each in seen], [1] * len(seen))


def visibility(
    worker: Any = writer.Default, *, after: Sequence[float] = AFTER, writes_per_s: float = 0.0, mean: float = MEAN,
    spread: float = SPREAD, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The share of queries that miss a vector written `after` seconds before, while others write `writes_per_s`.

    `worker` is asked where the jobs are the lab's own (`mean` and `spread` as they are); None leaves it out. `asked`
    says how, as in `Yours`: `url="/notes/{note}?wait={x}"` makes it write, wait x seconds, and look; `index` is the
    binding's name. A query's time on the way and in the index counts as more waiting: its mean is added to `after`.
    """
    words, yours = assumption(mean, spread), Yours(worker, seed=seed, **asked)
    is_labs, law = (mean, spread) == (MEAN, SPREAD), {"mean": mean, "spread": spread}
    return three_views(
        AXES, after, lambda x: float(unfound_share(x + yours.way, writes_per_s, **law)),
        partial(model, seed=seed, writes_per_s=writes_per_s, way=yours.way, **law),
        partial(observe, yours=yours, writes_per_s=writes_per_s) if worker and is_labs else None,
        executor=executor, label=f"{writes_per_s:g} other writes/s", assumptions=(words,),
    )  # fmt: skip
