"""Closed forms of cold starts and awake containers beside their kernels."""

from __future__ import annotations

import numpy as np

from labkit.sim.pops import law
from labkit.sim.workers import awake_share, home
from labkit.sim.workers.awake import running
from labkit.sim.workers.eviction import cold_share as cold_on_a_machine
from labkit.sim.workers.eviction import count_cold as count_evicted
from labkit.sim.workers.instances import cold_requests
from labkit.sim.workers.instances import cold_share as finds_none_idle
from labkit.sim.workers.sharding import cold_share, count_cold, draw_rates
from tests.sim.cases import Case, Random

MIX = {"busiest": 1.0, "tail": 0.7}
MACHINE = {"requests_per_s": 10.0, "tenants": 500}
KEEP = 600.0


def sharded(random: Random, machines: float) -> tuple[float, float]:
    loads = draw_rates(random, 1000, **MIX) * KEEP
    cold = count_cold(random, loads, int(machines), 10)
    return float(cold.sum()), cold.size


def one_worker(random: Random, machines: float) -> tuple[float, float]:
    """Every Worker alike, 3 requests in the time that code stays: e^(-3 / S)."""
    cold = count_cold(random, np.full(1000, 3.0), int(machines), 10)
    return float(cold.sum()), cold.size


def crowded(random: Random, capacity: float) -> tuple[float, float]:
    seconds = KEEP + 2000
    at = np.sort(random.random(random.poisson(10 * seconds)) * seconds)
    return count_evicted(law(500, 1.0).draw(random, at.size), at, int(capacity), KEEP)


def moved(random: Random, machines: float) -> tuple[float, float]:
    workers = random.integers(2**40, size=2000)
    return float(np.sum(home(workers, int(machines)) != home(workers, int(machines) + 1))), 2000


def awake_for(random: Random, rate: float) -> tuple[float, float]:
    span, before = 4000 / rate, 25_000.0
    at = np.sort(random.random(random.poisson(rate * (before + span)))) * (before + span) - before
    walls = random.exponential(30, at.size)
    return running(at, walls, KEEP, span) - running(at, walls, KEEP, 0.0), span


def one_each(random: Random, rate: float) -> tuple[float, float]:
    """Instances of one request each, from an empty start that is forgotten by the time that counts."""
    arrivals = np.cumsum(random.exponential(1 / rate, 4000))
    size = arrivals.size
    cold = cold_requests(arrivals, random.exponential(2, size), random.exponential(60, size))
    return float(cold[1000:].sum()), size - 1000


CASES = [
    Case("one request an instance", "requests/s", (0.05, 0.3, 1.5), lambda x: finds_none_idle(x, 2.0, 60.0), one_each),
    Case("sharded mix of Workers", "machines", (3, 30, 300), lambda x: cold_share(x, **MIX), sharded),
    Case("one Worker over machines", "machines", (1, 3, 10), lambda x: float(np.exp(-3 / x)), one_worker),
    Case("evicted by memory or idleness", "isolates", (30, 100, 250),
         lambda x: cold_on_a_machine(x, **MACHINE), crowded),
    Case("homes that move", "machines", (1, 4, 15), lambda x: 1 / (x + 1), moved),
    Case("container awake", "requests/s", (1e-4, 1e-3, 3e-3), lambda x: float(awake_share(x, 30.0)), awake_for),
]  # fmt: skip
