"""Propagation: after one write, the share of places that still answer with the old value.

Nothing is pushed. A place sees the new value when its copy has aged out and somebody asks again, so the old value
fades over one cacheTtl; where few people ask there are few copies to be old.
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
from labkit.sim.kv.copies import stale_fraction

TIMES = (1, 10, 20, 30, 40, 50, 59, 61)
AXES = Axes("KV propagation", "seconds after the write", "share of PoPs that answer with the old value")


def model(row: int, after: float, *, seed: int, reads_per_s: float, pops: int, cache_ttl: float,
          warm_ttls: int | None = None) -> Estimate:  # fmt: skip
    """The share of places that give the old value when asked `after` seconds past a write, twenty times.

    With `warm_ttls`, every place begins empty at one instant, that many TTLs before the write: the phase lock.
    """
    return replicated(partial(_stale_places, after, seed, row, reads_per_s, pops, cache_ttl, warm_ttls))


def _stale_places(after: float, seed: int, row: int, reads_per_s: float, pops: int, cache_ttl: float,
                  warm_ttls: int | None, replication: int) -> tuple[int, int]:  # fmt: skip
    random = streams.generator(seed, row, replication)
    ages = None if warm_ttls is None else np.full(pops, np.inf)
    written = cache_ttl * (warm_ttls or 0)
    reads = copies.simulate(random, pops, reads_per_s, written + after, cache_ttl, ages=ages, probe=True)
    return int(reads.stale(np.array([written]))[reads.last].sum()), pops


def propagation(
    *, after: Sequence[float] = TIMES, reads_per_s: float = 0.1, pops: int = 300, cache_ttl: float = 60,
    seed: int = 4, executor: Executor | None = None,
) -> Agreement:  # fmt: skip
    return three_views(
        AXES, after, partial(stale_fraction, reads_per_s=reads_per_s, cache_ttl=cache_ttl),
        partial(model, seed=seed, reads_per_s=reads_per_s, pops=pops, cache_ttl=cache_ttl), executor=executor,
    )  # fmt: skip
