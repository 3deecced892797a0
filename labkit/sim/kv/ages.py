"""Age: how old the values are that a place serves, and how long they have been overwritten: whole distributions.

A mean age of half a minute hides that the oldest answers are as old as cacheTtl allows. `ages` gives the share of
reads that get a value at most so old; `overdue` the share whose value was overwritten longer ago than that, which is
what a reader suffers: with a cacheTtl of 60 s some answers are wrong for most of a minute, and none for longer.

Theory: `age_within` and `overdue_share` in `labkit.sim.kv.copies`. A copy lives R = min(cacheTtl, refresh) seconds and
one gap more (a renewal cycle), so its age at a Poisson read is uniform over R, with the gap's tail beyond. Poisson
writes, independent of the reads. In the lab a write takes up to 0.2 s to land and a fetch as long: both are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np

from labkit.sim import refusals, staleness, streams
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, replicated
from labkit.sim.kv import copies, reader
from labkit.sim.kv.copies import age_within, overdue_share
from labkit.sim.kv.yours import Yours
from labkit.trace import Event

AGES = (0, 10, 20, 30, 40, 50, 59)
OF_AGE = Axes("KV age", "seconds since the value was fetched", "share of reads at most so old")
OVERDUE = Axes("KV staleness, how long", "seconds since the value was overwritten", "share of reads overdue by more")
READS = 30_000
LANDING = 0.2
"""Seconds before a copy came, in which a write set out that the copy may have missed: both were on their way."""


def model_age(row: int, age: float, *, seed: int, reads_per_s: float, pops: int, cache_ttl: float) -> Estimate:
    """The share of about 30,000 reads that get a value at most so old, twenty times."""
    return replicated(partial(_young, age, seed, row, reads_per_s, pops, cache_ttl))


def _young(age: float, seed: int, row: int, reads_per_s: float, pops: int, cache_ttl: float, replication: int):
    random = streams.generator(seed, row, replication)
    reads = copies.simulate(random, pops, reads_per_s, READS / (pops * reads_per_s), cache_ttl)
    return int((reads.age <= age).sum()), reads.age.size


def observe_age(row: int, age: float, *, yours: Yours, reads_per_s: float, cache_ttl: float) -> Estimate:
    """The same on a lab; each place is a replication."""
    _, reads = yours.long_run(row, reads_per_s, cache_ttl)
    return yours.share(reads, lambda read: read.detail["age"] <= age)


def ages(
    worker: Any = reader.Default, *, age: Sequence[float] = AGES, reads_per_s: float = 0.1, pops: int = 300,
    cache_ttl: float = 60, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The share of reads whose value is at most so old, in three views; `worker` and `asked` are as in `caching`."""
    refusals.from_0(age=age)
    refusals.above_0(reads_per_s=reads_per_s, cache_ttl=cache_ttl)
    shared = {"reads_per_s": reads_per_s, "cache_ttl": cache_ttl}
    return three_views(
        OF_AGE, age, lambda old: float(age_within(old, **shared)), partial(model_age, seed=seed, pops=pops, **shared),
        worker and partial(observe_age, yours=Yours(worker, seed=seed, **asked), **shared), executor=executor,
    )  # fmt: skip


def model_overdue(row: int, seconds: float, *, seed: int, reads_per_s: float, writes_per_s: float, pops: int,
                  cache_ttl: float) -> Estimate:  # fmt: skip
    """The share of about 30,000 reads overdue by more, twenty times. All places see the same writes."""
    return replicated(partial(_overdue, seconds, seed, row, reads_per_s, writes_per_s, pops, cache_ttl))


def _overdue(seconds: float, seed: int, row: int, reads_per_s: float, writes_per_s: float, pops: int, cache_ttl: float,
             replication: int) -> tuple[int, int]:  # fmt: skip
    random = streams.generator(seed, row, replication)
    span = READS / (pops * reads_per_s)
    reads = copies.simulate(random, pops, reads_per_s, span, cache_ttl)
    writes = np.sort(random.uniform(-cache_ttl, span, random.poisson(writes_per_s * (cache_ttl + span))))
    return int((staleness.stale_for(writes, reads.fetched, reads.at) > seconds).sum()), reads.at.size


def observe_overdue(row: int, seconds: float, *, yours: Yours, reads_per_s: float, writes_per_s: float,
                    cache_ttl: float) -> Estimate:  # fmt: skip
    """The same on a lab. Each place reads a key of its own, with its own writes, and so is a replication."""
    written, reads = yours.overwritten(row, reads_per_s, writes_per_s, cache_ttl)
    return yours.share(reads, lambda read: overdue_of(read, written[read.detail["key"]]) > seconds)


def overdue_of(read: Event, writes: Sequence[float]) -> float:
    """Seconds since the first write after the fetch of what a read got; 0 where that is still the newest."""
    fetched = read.start - read.detail["age"]
    return read.start - min(at for at in writes if at > fetched - LANDING) if read.detail["stale"] else 0.0


def overdue(
    worker: Any = reader.Default, *, seconds: Sequence[float] = AGES, reads_per_s: float = 0.1,
    writes_per_s: float = 0.01, pops: int = 20, cache_ttl: float = 60, seed: int = 4,
    executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The share of reads whose value was overwritten longer ago than that, in three views.

    `worker` and `asked` are as in `staleness`: each place has a key of its own, `{key}` in the `url`.
    """
    refusals.from_0(seconds=seconds)
    refusals.above_0(reads_per_s=reads_per_s, writes_per_s=writes_per_s, cache_ttl=cache_ttl)
    shared = {"reads_per_s": reads_per_s, "writes_per_s": writes_per_s, "cache_ttl": cache_ttl}
    yours = Yours(worker, seed=seed, **{"places": 200, "visits": 600, **asked})
    return three_views(
        OVERDUE, seconds, partial(overdue_share, **shared), partial(model_overdue, seed=seed, pops=pops, **shared),
        worker and partial(observe_overdue, yours=yours, **shared), executor=executor,
    )  # fmt: skip
