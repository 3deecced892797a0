"""Staleness: with writes going on for ever, the share of reads that get a value already overwritten.

Lowering cacheTtl below the time between writes makes reads fresh; so does reading seldom, since a miss is fresh.
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
from labkit.sim.kv import copies, reader
from labkit.sim.kv.copies import stale_reads
from labkit.sim.kv.yours import Yours, is_stale

RATES = (0.001, 0.003, 0.01, 0.03)
AXES = Axes("KV staleness", "writes/s of one key", "share of reads that get an old value", log_x=True)
READS = 30_000


def model(row: int, writes_per_s: float, *, seed: int, reads_per_s: float, pops: int, cache_ttl: float) -> Estimate:
    """The share of stale reads among about 30,000, twenty times. All places see the same writes."""
    return replicated(partial(_stale_reads, writes_per_s, seed, row, reads_per_s, pops, cache_ttl))


def _stale_reads(writes_per_s: float, seed: int, row: int, reads_per_s: float, pops: int, cache_ttl: float,
                 replication: int) -> tuple[int, int]:  # fmt: skip
    random = streams.generator(seed, row, replication)
    seconds = READS / (pops * reads_per_s)
    reads = copies.simulate(random, pops, reads_per_s, seconds, cache_ttl)
    writes = random.poisson(writes_per_s * (cache_ttl + seconds))
    stale = reads.stale(np.sort(random.uniform(-cache_ttl, seconds, writes)))
    return int(stale.sum()), stale.size


def observe(row: int, writes_per_s: float, *, yours: Yours, reads_per_s: float, cache_ttl: float) -> Estimate:
    """The same on a lab. Each place reads a key of its own, with its own writes, and so is a replication.

    KV refuses a write within a second of the last one, so such writes come a little later than they would.
    """
    _, reads = yours.overwritten(row, reads_per_s, writes_per_s, cache_ttl)
    return yours.share(reads, is_stale)


def staleness(
    worker: Any = reader.Default, *, writes_per_s: Sequence[float] = RATES, reads_per_s: float = 0.1, pops: int = 20,
    cache_ttl: float = 60, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The share of stale reads against the rate of writes to each key, in three views.

    `worker` and `asked` are as in `caching`, but `url` must have `{key}` in it: each place has its own.
    """
    refusals.above_0(writes_per_s=writes_per_s, reads_per_s=reads_per_s, cache_ttl=cache_ttl)
    shared = {"reads_per_s": reads_per_s, "cache_ttl": cache_ttl}
    yours = Yours(worker, seed=seed, **{"places": 200, "visits": 600, **asked})
    return three_views(
        AXES, writes_per_s, lambda writes: stale_reads(reads_per_s, writes, cache_ttl),
        partial(model, seed=seed, pops=pops, **shared), worker and partial(observe, yours=yours, **shared),
        executor=executor,
    )  # fmt: skip
