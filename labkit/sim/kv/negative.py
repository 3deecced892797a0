"""Negative caching: after a key's first write, the share of places that still say that there is none.

A miss is cached like a value. Where somebody asked for the key before it was there, the place goes on saying "missing"
for up to cacheTtl: a lookup that runs ahead of a write hides it. Where nobody asked, the first read finds the value.

Theory: that of any overwritten copy, lam (T - t)+ / (1 + lam T) (`labkit.sim.kv.copies.stale_fraction`), because
absence is kept as long as a value is: https://developers.cloudflare.com/kv/concepts/how-kv-works/. lam is the rate at
which a place asks for the key, before the write as after it; where nobody asks in advance, lam is 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

from labkit.sim import refusals
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.kv import reader
from labkit.sim.kv.copies import stale_fraction
from labkit.sim.kv.propagation import TIMES, model, observe
from labkit.sim.kv.yours import Yours

AXES = Axes("KV negative caching", "seconds after the first write", "share of PoPs that still find no value")


def negative(
    worker: Any = reader.Default, *, after: Sequence[float] = TIMES, reads_per_s: float = 0.1, pops: int = 300,
    cache_ttl: float = 60, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The share of places that still find nothing against the seconds since the key's first write, in three views.

    `worker` and `asked` are as in `caching`; `reads_per_s` is how often each place asks for the key.
    """
    refusals.from_0(after=after)
    refusals.above_0(reads_per_s=reads_per_s, cache_ttl=cache_ttl)
    shared = {"reads_per_s": reads_per_s, "cache_ttl": cache_ttl}
    yours = Yours(worker, seed=seed, **asked)
    return three_views(
        AXES, after, partial(stale_fraction, **shared), partial(model, seed=seed, pops=pops, **shared),
        worker and partial(observe, yours=yours, existed=False, **shared), executor=executor,
    )  # fmt: skip
