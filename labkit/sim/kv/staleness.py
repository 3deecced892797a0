"""Staleness: with writes going on for ever, the share of reads that get a value already overwritten.

Lowering cacheTtl below the time between writes makes reads fresh; so does reading seldom, since a miss is fresh.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial

import numpy as np

from labkit.sim import streams
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, replicated
from labkit.sim.kv import copies
from labkit.sim.kv.copies import stale_reads

RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
AXES = Axes("KV staleness", "writes/s of one key", "share of reads that get an old value", log_x=True)
READS = 50_000


def model(row: int, writes_per_s: float, *, seed: int, reads_per_s: float, pops: int, cache_ttl: float) -> Estimate:
    """The share of stale reads among about 50,000, twenty times. All places see the same writes."""
    return replicated(partial(_stale_reads, writes_per_s, seed, row, reads_per_s, pops, cache_ttl))


def _stale_reads(writes_per_s: float, seed: int, row: int, reads_per_s: float, pops: int, cache_ttl: float,
                 replication: int) -> tuple[int, int]:  # fmt: skip
    random = streams.generator(seed, row, replication)
    seconds = READS / (pops * reads_per_s)
    reads = copies.simulate(random, pops, reads_per_s, seconds, cache_ttl)
    writes = random.poisson(writes_per_s * (cache_ttl + seconds))
    stale = reads.stale(np.sort(random.uniform(-cache_ttl, seconds, writes)))
    return int(stale.sum()), stale.size


def staleness(
    *, writes_per_s: Sequence[float] = RATES, reads_per_s: float = 0.1, pops: int = 20, cache_ttl: float = 60,
    seed: int = 4, executor: Executor | None = None,
) -> Agreement:  # fmt: skip
    return three_views(
        AXES, writes_per_s,
        lambda writes: stale_reads(reads_per_s, writes, cache_ttl),
        partial(model, seed=seed, reads_per_s=reads_per_s, pops=pops, cache_ttl=cache_ttl), executor=executor,
    )  # fmt: skip
