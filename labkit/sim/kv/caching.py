"""PoP caching: which share of reads a place answers from its own copy, as the read rate grows.

Each PoP caches a key for `cacheTtl` seconds and knows nothing of the others, so a rate that keeps one city's copy
warm leaves three hundred cities cold.
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
from labkit.sim.kv.copies import hit_ratio
from labkit.sim.kv.yours import Yours, is_hit

RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
READS = 30_000
AXES = Axes("PoP caching", "reads/s of one key at each PoP", "share of reads that hit the PoP's copy", log_x=True)


def model(row: int, reads_per_s: float, *, seed: int, pops: int, cache_ttl: float) -> Estimate:
    """The hit ratio over about 30,000 reads at `pops` places, twenty times."""
    return replicated(partial(_hits, reads_per_s, seed, row, pops, cache_ttl))


def _hits(reads_per_s: float, seed: int, row: int, pops: int, cache_ttl: float, replication: int) -> tuple[int, int]:
    random = streams.generator(seed, row, replication)
    reads = copies.simulate(random, pops, reads_per_s, READS / (pops * reads_per_s), cache_ttl)
    return int(reads.hit.sum()), reads.hit.size


def observe(row: int, reads_per_s: float, *, yours: Yours, cache_ttl: float) -> Estimate:
    """The hit ratio of the learner's Worker on a lab; each place is a replication."""
    _, reads = yours.long_run(row, reads_per_s, cache_ttl)
    return yours.share(reads, is_hit)


def caching(
    worker: Any = reader.Default, *, reads_per_s: Sequence[float] = RATES, pops: int = 300, cache_ttl: float = 60,
    seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The hit ratio against the read rate, in three views; `worker` reads the key, None leaves it out.

    `asked` says how, as in `Yours`: `kv="FLAGS"`, `key="dark-mode"`, `url="/flags/{key}"`,
    `places=100`, `visits=400`. The Worker's own cacheTtl must be `cache_ttl`, or its crosses leave the line.
    """
    refusals.above_0(reads_per_s=reads_per_s, cache_ttl=cache_ttl)
    shared = {"cache_ttl": cache_ttl}
    return three_views(
        AXES, reads_per_s, partial(hit_ratio, **shared), partial(model, seed=seed, pops=pops, **shared),
        worker and partial(observe, yours=Yours(worker, seed=seed, **asked), **shared), executor=executor,
    )  # fmt: skip
