"""Closed forms of KV's staleness beside what their kernels count."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from labkit.sim import staleness, streams, tiers, ttl
from labkit.sim.kv import copies
from tests.sim import slow
from tests.sim.cases import Case, Random

LAM, W, LONG = 0.02, 0.01, 300.0


def reads(random: Random, cache_ttl: float = LONG) -> copies.Reads:
    return copies.simulate(random, 100, LAM, 50 / LAM, cache_ttl)


def aged(random: Random, age: float) -> tuple[float, float]:
    found = reads(random).age
    return int((found <= age).sum()), found.size


def overdue(random: Random, seconds: float) -> tuple[float, float]:
    """All places of a replication see the same writes."""
    found = reads(random)
    span = 50 / LAM + LONG
    history = np.sort(random.uniform(-LONG, span - LONG, random.poisson(W * span)))
    return int((staleness.stale_for(history, found.fetched, found.at) > seconds).sum()), found.at.size


def refreshed(random: Random, cache_ttl: float) -> tuple[float, float]:
    found = reads(random, cache_ttl).age
    return int((found > copies.REFRESH).sum()), found.size


def old_at(after: float, cache_ttl: float) -> Callable[[Random, float], tuple[float, float]]:
    def replication(random: Random, rate: float) -> tuple[float, float]:
        found = copies.simulate(random, 2000, rate, after, cache_ttl, probe=True)
        return int(found.stale(np.zeros(1))[found.last].sum()), 2000

    return replication


def parent_hits(random: Random, rate: float, children: int, parent_ttl: float, keys: int = 40) -> tuple[int, int]:
    """What a parent with a TTL of its own answers of its children's misses, in 6,000 s of each of 40 keys.

    Parents begin empty and stay in step for long, so each key counts from a moment of its own, far from the start.
    """
    span = 10 * parent_ttl + 9000
    begin = random.uniform(10 * parent_ttl, 10 * parent_ttl + 3000, keys)
    reads = copies.simulate(random, keys * children, rate, span, 60.0)
    ticks = streams.Ticks(span, parent_ttl)
    stream = streams.pack(reads.place[~reads.hit] // children, ticks.of(reads.at[~reads.hit]))
    since = ticks.seconds(stream) - begin[streams.idents(stream)]
    counts = (since > 0) & (since < 6000)
    return int((ttl.hits(stream, ttl.fills(stream, int(ticks.of(parent_ttl)))) & counts).sum()), int(counts.sum())


def aged_parent(random: Random, rate: float) -> tuple[int, int]:
    """Whole generations of a real tree of 8 children, reads of one object by all of them in order of time.

    Each expiry leaves it as it began, so nothing need be cut off but the last generation.
    """
    at = np.cumsum(random.exponential(1 / (8 * rate), 3000)) + 1
    answers = slow.tree(list(zip(at, [0] * at.size, random.integers(0, 8, at.size), strict=True)), 60.0)
    whole = answers[: len(answers) - 1 - answers[::-1].index("origin")]
    return whole.count("parent"), len(whole) - whole.count("child")


def informed(random: Random, rate: float) -> tuple[int, int]:
    """40 keys with the same writes at a tier of 8 children; what comes before 300 s only sets the scene."""
    reads = copies.simulate(random, 320, rate, 3300, 60.0)
    key, at = tiers.to_parent(reads.at, ~reads.hit, reads.place // 8)
    hit = tiers.informed_hits(key, at, np.sort(random.uniform(0, 3300, random.poisson(33))))
    return int(hit[at > 300].sum()), int((at > 300).sum())


CASES = [
    Case("age of a value read", "seconds", (0, 30, 90, 200), lambda x: float(copies.age_within(x, LAM, LONG)), aged),
    Case("overdue values", "seconds", (0, 30, 90, 200),
         lambda x: float(copies.overdue_share(x, LAM, W, LONG)), overdue),
    Case("reads that refresh", "cacheTtl, s", (61, 120, 600), lambda x: float(copies.refreshed(LAM, x)), refreshed),
    Case("places with the old value, cacheTtl 60 s", "reads/s", (0.005, 0.02, 0.1),
         lambda x: float(copies.stale_fraction(20, x, 60)), old_at(20, 60)),
    Case("places with the old value, cacheTtl 300 s", "reads/s", (0.005, 0.02, 0.1),
         lambda x: float(copies.stale_fraction(90, x, 300)), old_at(90, 300)),
    Case("parent of one child, TTL 90 s", "requests/s", (0.02, 0.05, 0.2), lambda x: tiers.parent_hit_ratio(x, 60, 90),
         lambda random, x: parent_hits(random, x, 1, 90.0)),
    Case("parent of one child, TTL 300 s", "requests/s", (0.005, 0.02, 0.2),
         lambda x: tiers.parent_hit_ratio(x, 60, 300), lambda random, x: parent_hits(random, x, 1, 300.0)),
    Case("parent of children that age with it", "requests/s", (0.005, 0.02, 0.1),
         lambda x: tiers.aged_hit_ratio(x, 60, 8), aged_parent),
    Case("tier that hears of writes", "requests/s", (0.01, 0.03, 0.1),
         lambda x: tiers.informed_hit_ratio(x, 60, 0.01, 8), informed),
]  # fmt: skip
