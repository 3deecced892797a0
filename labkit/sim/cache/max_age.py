"""The Cache API at every PoP: which share of look-ups find a stored response, as the rate of requests grows.

Nobody copies a stored response from one data centre to another, so each begins for itself: what London stored,
Lagos makes again. A page that a city asks for seldomer than once in max-age seconds is hardly ever found there.

Theory: lam T / (1 + lam T), for Poisson requests for one page at one PoP, lam a second, stored for T = max-age
seconds from its `put`; a hit does not prolong it (J. Jung, A. Berger and H. Balakrishnan, "Modeling TTL-based Internet
caches", INFOCOM 2003). The cache is per data centre and has no tiers:
https://developers.cloudflare.com/workers/runtime-apis/cache/

Assumed: nothing is thrown out before its time (for that: `labkit.sim.cache.eviction`). In the lab a `put` takes some
milliseconds, in which a second request misses too: lam times 5 ms of the misses, less than is seen here.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from math import inf
from typing import Any

from labkit.sim import refusals, streams, traffic, ttl
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.cache import saver
from labkit.sim.cache.yours import Yours, is_hit
from labkit.sim.estimates import Estimate, replicated
from labkit.sim.kv import copies

RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
REQUESTS = 30_000
AXES = Axes("Cache API", "requests/s for one page at each PoP", "share of look-ups that hit", log_x=True)


def hit_ratio(requests_per_s, max_age):
    """The long-run share of look-ups that hit: lam T / (1 + lam T)."""
    return ttl.fixed_hit_ratio(requests_per_s, max_age)


def model(row: int, requests_per_s: float, *, seed: int, pops: int, max_age: float) -> Estimate:
    """The hit ratio over about 30,000 requests at `pops` places, twenty times, from the long-run state."""
    return replicated(partial(_hits, requests_per_s, seed, row, pops, max_age))


def _hits(requests_per_s: float, seed: int, row: int, pops: int, max_age: float, replication: int) -> tuple[int, int]:
    random = streams.generator(seed, row, replication)
    seconds = REQUESTS / (pops * requests_per_s)
    reads = copies.simulate(random, pops, requests_per_s, seconds, max_age, refresh=inf)
    return int(reads.hit.sum()), reads.hit.size


def observe(row: int, requests_per_s: float, *, yours: Yours, max_age: float) -> Estimate:
    """The hit ratio of the learner's Worker on a lab; each place is a replication."""
    lab, random = yours.new_lab(row, MAX_AGE=int(max_age)), yours.random(row)
    end = max_age + yours.visits / (requests_per_s * yours.places)
    visits = [yours.visit(at, colo, "1") for colo in yours.cities()
              for at in traffic.moments(random, requests_per_s, max_age, end)]  # fmt: skip
    matches = yours.looked_up(
        lab, yours.play(lab, yours.holders(row, {"1": requests_per_s}, max_age, max_age) + visits, max_age)
    )
    return yours.share(matches, filter(is_hit, matches))


def caching(
    worker: Any = saver.Default, *, requests_per_s: Sequence[float] = RATES, pops: int = 300, max_age: float = 60,
    seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The hit ratio of `caches.default` against the rate, in three views; `worker` looks up and stores.

    None leaves the Worker out. `asked` says how it is asked, as in `Yours`: `url="/pages/{key}"`, `places=100`,
    `visits=400`. What it stores must be good for `max_age` seconds (`env.MAX_AGE`), or its crosses leave the line.
    """
    refusals.above_0(requests_per_s=requests_per_s, max_age=max_age)
    shared = {"max_age": max_age}
    return three_views(
        AXES, requests_per_s, partial(hit_ratio, **shared), partial(model, seed=seed, pops=pops, **shared),
        worker and partial(observe, yours=Yours(worker, seed=seed, **asked), **shared), executor=executor,
    )  # fmt: skip
