"""Cached reads: which share of a query's reads a place answers from its own copy, and which share is out of date.

A place keeps an answer for max_age (A, 60 s). In the 15 s after that (stale_while_revalidate, B) it still gives it, and
fetches it anew behind that read; later a read is a miss. So answers are fetched A seconds plus one gap between reads
apart, as those of `labkit.sim.kv.copies`, and for Poisson reads at lam of one query at one place:

    share of hits = 1 - e^(-lam B) / (1 + lam A)

No write clears an answer. With Poisson writes at w to what is read, a read is stale if one came since the fetch:

    lam / (1 + lam A) ( A - (1 - e^(-w A)) / w
                        + (1 - e^(-lam B)) / lam - e^(-w A) (1 - e^(-(lam + w) B)) / (lam + w) )

The first two terms are the reads within A, of an answer of any age up to A with equal chance; the others those in B, at
most one for each fetch. With B = 0 this is a plain TTL cache's lam A / (1 + lam A) (1 - (1 - e^(-wA)) / (wA)).

Source: https://developers.cloudflare.com/hyperdrive/concepts/query-caching/ (both times; no write clears anything).
Assumed: one cache a place; a fetch takes no time, where on the lab it is a tenth of a second of the sixty.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np

from labkit.sim import refusals, streams
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, replicated
from labkit.sim.hyperdrive.readers import MAX_AGE, REVALIDATE, Readers
from labkit.sim.hyperdrive.yours import THROUGH
from labkit.sim.kv import copies

RATES = (0.003, 0.01, 0.03, 0.1, 0.3)
WRITES = (0.001, 0.003, 0.01, 0.03)
READS = 30_000
AXES = Axes(
    "Hyperdrive's cache", "reads/s of one query at each PoP", "share of reads that its cache answers", log_x=True
)
STALE_AXES = Axes(
    "Hyperdrive's stale reads", "writes/s to what is read", "share of reads that get an old value", log_x=True
)
CACHE_ASSUMED = "each place has a cache of its own; the documentation leaves that open."


def cached_share(reads_per_s, max_age=MAX_AGE, revalidate=REVALIDATE):
    """The share of reads that a place answers from its copy: 1 - e^(-lam B) / (1 + lam A)."""
    return copies.hit_ratio(reads_per_s, max_age + revalidate, max_age)


def stale_share(reads_per_s, writes_per_s, max_age=MAX_AGE, revalidate=REVALIDATE):
    """The long-run share of reads that get a value already overwritten, for Poisson reads and writes."""
    return copies.stale_reads(reads_per_s, writes_per_s, max_age + revalidate, max_age)


def model(row: int, reads_per_s: float, *, seed: int, pops: int, max_age: float, revalidate: float) -> Estimate:
    """The share of reads that are answered from a copy, among about 30,000 at `pops` places, twenty times."""
    return replicated(partial(_cached, reads_per_s, seed, row, pops, max_age, revalidate))


def _reads(random: np.random.Generator, reads_per_s: float, pops: int, max_age: float, revalidate: float):
    seconds = READS / (pops * reads_per_s)
    return copies.simulate(random, pops, reads_per_s, seconds, max_age + revalidate, max_age), seconds


def _cached(reads_per_s: float, seed: int, row: int, pops: int, max_age: float, revalidate: float, replication: int):
    reads, _ = _reads(streams.generator(seed, row, replication), reads_per_s, pops, max_age, revalidate)
    return int(reads.hit.sum()), reads.hit.size


def stale_model(row: int, writes_per_s: float, *, seed: int, reads_per_s: float, pops: int, max_age: float,
                revalidate: float) -> Estimate:  # fmt: skip
    """The share of stale reads among about 30,000, twenty times. All places see the same writes."""
    return replicated(partial(_stale, writes_per_s, seed, row, reads_per_s, pops, max_age, revalidate))


def _stale(writes_per_s: float, seed: int, row: int, reads_per_s: float, pops: int, max_age: float, revalidate: float,
           replication: int):  # fmt: skip
    random = streams.generator(seed, row, replication)
    reads, seconds = _reads(random, reads_per_s, pops, max_age, revalidate)
    before = max_age + revalidate
    writes = np.sort(random.uniform(-before, seconds, random.poisson(writes_per_s * (before + seconds))))
    return int(reads.stale(writes).sum()), reads.at.size


def observe(row: int, reads_per_s: float, *, readers: Readers) -> Estimate:
    """The share that the cache answers of the learner's Worker's reads on a lab; each flag is a replication."""
    return readers.cached(readers.played(row, reads_per_s, 0.0))


def stale_observe(row: int, writes_per_s: float, *, readers: Readers, reads_per_s: float) -> Estimate:
    """The share of old values among the answers of the learner's Worker; each flag has writes of its own."""
    return readers.stale(readers.played(row, reads_per_s, writes_per_s))


def cached_reads(
    worker: Any = THROUGH, *, reads_per_s: Sequence[float] = RATES, pops: int = 300, max_age: float = MAX_AGE,
    revalidate: float = REVALIDATE, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The share of reads that the cache answers against their rate, in three views.

    `worker` answers with the flag `{key}` where `url` is asked, read through Hyperdrive, which has these two ages; None
    leaves it out. `asked` says how, as in `Readers`: `hyperdrive="HD"`, `url="/flags/{key}"`, `flags=60`, `visits=240`.
    The path ends with the key. A query that calls a function such as now() is never cached, and leaves the line.
    """
    refusals.above_0(reads_per_s=reads_per_s, max_age=max_age)
    refusals.from_0(revalidate=revalidate)
    shared = {"max_age": max_age, "revalidate": revalidate}
    return three_views(
        AXES, reads_per_s, partial(cached_share, **shared), partial(model, seed=seed, pops=pops, **shared),
        worker and partial(observe, readers=Readers(worker, seed=seed, **shared, **asked)),
        executor=executor, assumptions=(CACHE_ASSUMED,),
    )  # fmt: skip


def stale_reads(
    worker: Any = THROUGH, *, writes_per_s: Sequence[float] = WRITES, reads_per_s: float = 0.1, pops: int = 20,
    max_age: float = MAX_AGE, revalidate: float = REVALIDATE, seed: int = 4, executor: Executor | None = None,
    **asked: Any,
) -> Agreement:  # fmt: skip
    """The share of reads that get an old value against the rate of writes to it, in three views.

    `worker` and `asked` are as in `cached_reads`; the text of an answer is held against what was last written.
    """
    refusals.above_0(writes_per_s=writes_per_s, reads_per_s=reads_per_s, max_age=max_age)
    refusals.from_0(revalidate=revalidate)
    shared = {"max_age": max_age, "revalidate": revalidate}
    readers = Readers(worker, seed=seed, **shared, **asked) if worker else None
    return three_views(
        STALE_AXES, writes_per_s, lambda writes: stale_share(reads_per_s, writes, **shared),
        partial(stale_model, seed=seed, reads_per_s=reads_per_s, pops=pops, **shared),
        readers and partial(stale_observe, readers=readers, reads_per_s=reads_per_s), executor=executor,
        assumptions=(CACHE_ASSUMED,),
    )  # fmt: skip
