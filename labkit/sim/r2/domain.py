"""A bucket's own domain: each place's cache in front of it, so that few reads travel, and overwritten objects linger.

What a Worker reads through its binding is always the newest. What the world reads at a domain comes from the place's
cache for as long as the object's Cache-Control allows, whoever overwrote it meanwhile.

Theory, for Poisson reads at lam a second at each place and copies that live T seconds: a share lam T / (1 + lam T)
hits (`labkit.sim.ttl`); t seconds after an overwrite a place still answers with the old object with probability
lam (T - t)+ / (1 + lam T) (`labkit.sim.kv.copies`, without KV's refresh).
https://developers.cloudflare.com/r2/reference/consistency/#caching

Assumed: a fill takes no time (on the lab some tenths of a second, of a T of minutes), and nothing is purged or thrown
out for room.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from math import inf
from typing import Any

import numpy as np

from labkit.sim import refusals, streams, traffic, ttl
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, replicated
from labkit.sim.kv import copies
from labkit.sim.r2 import publisher
from labkit.sim.r2.yours import Yours
from labkit.trace import Event

RATES = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)
TIMES = (1, 120, 240, 360, 480, 590, 601)
READS, PLACES, ASKED = 30_000, 300, 3_000
"""What the model sees in each replication: reads at places for long, and places that are asked once."""
MAX_AGE = 600.0
CACHED = Axes("A bucket's domain", "reads/s of one object at each place", "share of reads that hit a cache", log_x=True)
LINGERS = Axes("An overwritten object", "seconds after the overwrite", "share of places that have the old one")


def hit_ratio(reads_per_s, max_age):
    """The long-run share of reads that a place answers itself: lam T / (1 + lam T)."""
    return ttl.fixed_hit_ratio(reads_per_s, max_age)


def old_share(after, reads_per_s, max_age):
    """The chance that a place still answers with the old object: lam (T - t)+ / (1 + lam T)."""
    return copies.stale_fraction(after, reads_per_s, max_age, inf)


def cached_model(row: int, reads_per_s: float, *, seed: int, max_age: float) -> Estimate:
    """The hit ratio over about 30,000 reads at 300 places, twenty times."""
    return replicated(partial(_hits, reads_per_s, seed, row, max_age))


def _hits(reads_per_s: float, seed: int, row: int, max_age: float, replication: int) -> tuple[int, int]:
    random = streams.generator(seed, row, replication)
    reads = copies.simulate(random, PLACES, reads_per_s, READS / (PLACES * reads_per_s), max_age, inf)
    return int(reads.hit.sum()), reads.hit.size


def old_model(row: int, after: float, *, seed: int, reads_per_s: float, max_age: float) -> Estimate:
    """The share of 3,000 places with the old object, all asked `after` seconds past an overwrite, twenty times."""
    return replicated(partial(_old, after, seed, row, reads_per_s, max_age))


def _old(after: float, seed: int, row: int, reads_per_s: float, max_age: float, replication: int) -> tuple[int, int]:
    random = streams.generator(seed, row, replication)
    reads = copies.simulate(random, ASKED, reads_per_s, after, max_age, inf, probe=True)
    return int(reads.stale(np.array([0.0]))[reads.last].sum()), ASKED


def observe_cached(row: int, reads_per_s: float, *, yours: Yours, max_age: float) -> Estimate:
    """The same on a lab: what the domain answers from its caches."""
    lab, begin = yours.lab(row, max_age), max_age + 10
    traffic.play(lab, [yours.write(0, "old")])
    yours.stored(lab)
    end = begin + yours.visits / (yours.places * reads_per_s)
    visits = yours.arrivals(row, reads_per_s, begin, end)
    traffic.play(lab, yours.holders(row, reads_per_s, max_age, begin) + visits)
    answers = yours.answered(lab, begin)
    return yours.share(answers, (each for each in answers if each.outcome == "HIT"))


def observe_old(row: int, after: float, *, yours: Yours, reads_per_s: float, max_age: float) -> Estimate:
    """The same on a lab: every place is asked at once, and the object's length tells the old from the new."""
    lab, written = yours.lab(row, max_age), max_age + 10
    traffic.play(lab, [yours.write(0, "old object")])
    yours.stored(lab)
    traffic.play(lab, yours.holders(row, reads_per_s, max_age, written))
    visits = yours.arrivals(row, reads_per_s, written, written + after)
    probes = [yours.from_domain(written + after, colo) for colo in yours.cities()]
    traffic.play(lab, [yours.write(written, "new"), *visits, *probes])
    answers = yours.answered(lab, written + after)
    return yours.share(answers, (each for each in answers if is_old(each)))


def is_old(answer: Event) -> bool:
    """The old object is longer than the new one."""
    return answer.bytes == len("old object")


def cached(
    worker: Any = publisher.Default, *, reads_per_s: Sequence[float] = RATES, max_age: float = MAX_AGE,
    seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The share of reads at a bucket's domain that a place's cache answers, against the rate, in three views.

    `worker` stores the object on PUT and says for how long caches keep it: that must be `max_age`, or its crosses
    leave the line. `asked` says how, as in `Yours`.
    """
    refusals.above_0(reads_per_s=reads_per_s, max_age=max_age)
    shared = {"max_age": max_age}
    return three_views(
        CACHED, reads_per_s, partial(hit_ratio, **shared), partial(cached_model, seed=seed, **shared),
        worker and partial(observe_cached, yours=Yours(worker, seed=seed, **asked), **shared), executor=executor,
    )  # fmt: skip


def overwritten(
    worker: Any = publisher.Default, *, after: Sequence[float] = TIMES, reads_per_s: float = 0.01,
    max_age: float = MAX_AGE, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The share of places that answer with the old object, against the seconds since an overwrite, in three views.

    `worker` and `asked` are as in `cached`; `reads_per_s` is that of the object at each place.
    """
    refusals.from_0(after=after)
    refusals.above_0(reads_per_s=reads_per_s, max_age=max_age)
    shared = {"reads_per_s": reads_per_s, "max_age": max_age}
    yours = Yours(worker, seed=seed, **{"places": 200, **asked})
    return three_views(
        LINGERS, after, partial(old_share, **shared), partial(old_model, seed=seed, **shared),
        worker and partial(observe_old, yours=yours, **shared), executor=executor,
    )  # fmt: skip
