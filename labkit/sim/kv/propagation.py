"""Propagation: after one write, the share of places that still answer with the old value.

Nothing is pushed. A place sees the new value when its copy has aged out and somebody asks again, so the old value
fades over one cacheTtl; where few people ask there are few copies to be old.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np

from labkit.sim import refusals, streams, traffic
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, replicated
from labkit.sim.kv import copies, reader
from labkit.sim.kv.copies import stale_fraction
from labkit.sim.kv.yours import Write, Yours, is_stale

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


def observe(row: int, after: float, *, yours: Yours, reads_per_s: float, cache_ttl: float,
            existed: bool = True) -> Estimate:  # fmt: skip
    """The same on a lab: the learner's Worker is asked everywhere at once; each place is a replication.

    Before the write the key has another value, or, where it had not `existed`, none.
    """
    lab, written, pairs = yours.lab(row, cache_ttl), 2 * cache_ttl, yours.everywhere()
    new, old = Write(written, yours.kv, yours.key, "new"), [Write(0, yours.kv, yours.key, "old")] * existed
    traffic.play(lab, [*old, *yours.holders(row, reads_per_s, cache_ttl, written, pairs)])
    visits = yours.arrivals(row, reads_per_s, written, written + after, pairs)
    probes = [yours.visit(written + after, *pair) for pair in pairs]
    traffic.play(lab, [new, *visits, *probes])
    return yours.share(yours.reads(lab, written + after), is_stale)


def propagation(
    worker: Any = reader.Default, *, after: Sequence[float] = TIMES, reads_per_s: float = 0.1, pops: int = 300,
    cache_ttl: float = 60, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The share of stale places against the seconds since a write, in three views.

    `worker` and `asked` are as in `caching`; `reads_per_s` is that of the key at each place.
    """
    refusals.from_0(after=after)
    refusals.above_0(reads_per_s=reads_per_s, cache_ttl=cache_ttl)
    shared = {"reads_per_s": reads_per_s, "cache_ttl": cache_ttl}
    return three_views(
        AXES, after, partial(stale_fraction, **shared), partial(model, seed=seed, pops=pops, **shared),
        worker and partial(observe, yours=Yours(worker, seed=seed, **asked), **shared), executor=executor,
    )  # fmt: skip
