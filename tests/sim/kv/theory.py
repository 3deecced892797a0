"""Closed forms of KV's staleness beside what their kernels count."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from labkit.sim import staleness
from labkit.sim.kv import copies
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


CASES = [
    Case("age of a value read", "seconds", (0, 30, 90, 200), lambda x: float(copies.age_within(x, LAM, LONG)), aged),
    Case("overdue values", "seconds", (0, 30, 90, 200),
         lambda x: float(copies.overdue_share(x, LAM, W, LONG)), overdue),
    Case("reads that refresh", "cacheTtl, s", (61, 120, 600), lambda x: float(copies.refreshed(LAM, x)), refreshed),
    Case("places with the old value, cacheTtl 60 s", "reads/s", (0.005, 0.02, 0.1),
         lambda x: float(copies.stale_fraction(20, x, 60)), old_at(20, 60)),
    Case("places with the old value, cacheTtl 300 s", "reads/s", (0.005, 0.02, 0.1),
         lambda x: float(copies.stale_fraction(90, x, 300)), old_at(90, 300)),
]  # fmt: skip
