"""Background refresh: what a cacheTtl of more than a minute buys, and what it costs.

A copy older than a minute still answers, and is fetched anew behind the reader: nobody waits, but this reader has the
old value, whatever its age. So a long cacheTtl makes reads fast where people ask seldom, and those are the stalest of
all: a key read every four minutes with a cacheTtl of ten is answered from a copy four minutes old, every time.

Theory: of Poisson reads at lam, (1 - e^(-lam (T - R))) / (1 + lam R) get a copy older than R = 60 s. A copy is fetched
R seconds plus one gap apart; the read that ends the gap is such a one if it comes before T = cacheTtl.
That a refresh happens is documented (https://developers.cloudflare.com/kv/concepts/how-kv-works/); its minute is known
from an excerpt (facts, kv.refresh_ttl).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

from labkit.sim import refusals, streams
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, replicated
from labkit.sim.kv import copies, reader
from labkit.sim.kv.copies import REFRESH, refreshed
from labkit.sim.kv.yours import Yours
from labkit.trace import Event

TTLS = (60, 90, 120, 300, 600, 1200)
READS = 30_000
AXES = Axes("KV background refresh", "cacheTtl, s", "share of reads answered from a copy older than a minute",
            log_x=True)  # fmt: skip


def model(row: int, cache_ttl: float, *, seed: int, reads_per_s: float, pops: int) -> Estimate:
    """The share of about 30,000 reads that get a copy older than a minute, twenty times."""
    return replicated(partial(_refreshed, cache_ttl, seed, row, reads_per_s, pops))


def _refreshed(cache_ttl: float, seed: int, row: int, reads_per_s: float, pops: int, replication: int):
    random = streams.generator(seed, row, replication)
    reads = copies.simulate(random, pops, reads_per_s, READS / (pops * reads_per_s), cache_ttl)
    return int((reads.age > REFRESH).sum()), reads.age.size


def observe(row: int, cache_ttl: float, *, yours: Yours, reads_per_s: float) -> Estimate:
    """The same on a lab; each place is a replication."""
    _, reads = yours.long_run(row, reads_per_s, cache_ttl)
    return yours.share(reads, is_refreshed)


def is_refreshed(read: Event) -> bool:
    """Answered from a copy that KV then fetched anew."""
    return read.detail["age"] > REFRESH


def refreshing(
    worker: Any = reader.Default, *, cache_ttl: Sequence[float] = TTLS, reads_per_s: float = 1 / 240, pops: int = 300,
    seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The share of reads answered from a copy older than a minute against cacheTtl, in three views.

    `worker` and `asked` are as in `caching`; it reads with the cacheTtl that `env.CACHE_TTL` has.
    """
    refusals.above_0(cache_ttl=cache_ttl, reads_per_s=reads_per_s)
    shared = {"reads_per_s": reads_per_s}
    return three_views(
        AXES, cache_ttl, lambda ttl: refreshed(reads_per_s, ttl), partial(model, seed=seed, pops=pops, **shared),
        worker and partial(observe, yours=Yours(worker, seed=seed, **asked), **shared), executor=executor,
    )  # fmt: skip
