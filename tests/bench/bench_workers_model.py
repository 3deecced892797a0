"""How fast the kernels of kept code are: requests a second beside SimPy's, or a plain program's, in the same run."""

from __future__ import annotations

from functools import partial

import numpy as np

from labkit.sim.pops import law
from labkit.sim.streams import generator
from labkit.sim.workers.awake import running
from labkit.sim.workers.eviction import count_cold
from labkit.sim.workers.instances import cold_requests
from labkit.sim.workers.sharding import count_cold as count_spread
from tests.bench import Row
from tests.bench.bench_models import against, rate
from tests.sim.workers import slow

REQUESTS, SLOWLY, TENANTS, EACH = 1_000_000, 20_000, 1000, 20


def run(scale: float = 1.0) -> list[Row]:
    size, few = max(1000, int(REQUESTS * scale)), max(100, int(SLOWLY * scale))
    return [*awake_rows(size, few), *instance_rows(size, few), *eviction_rows(size, few), *sharding_rows(size, few)]


def awake_rows(size: int, few: int) -> list[Row]:
    random = generator(1)
    at, wall = np.cumsum(random.exponential(1000, size)), random.exponential(0.1, size)
    shown = at[:few].tolist(), wall[:few].tolist()
    fast = rate(size, lambda: running(at, wall, 600.0, float(at[-1])), 3)
    plain = rate(few, lambda: slow.awake(*shown, 600.0, shown[0][-1]), 3)
    return against("a container that sleeps", "requests/s", fast, plain, note="asleep for half of the time")


def instance_rows(size: int, few: int) -> list[Row]:
    random = generator(2)
    trace = [np.cumsum(random.exponential(1, size)), random.exponential(2, size), random.exponential(60, size)]
    shown = [each[:few].tolist() for each in trace]
    fast, plain = rate(size, lambda: cold_requests(*trace), 3), rate(few, lambda: slow.instances(*shown), 3)
    return against("one request an instance", "requests/s", fast, plain, note="2 at work on average; a heap and a loop")


def eviction_rows(size: int, few: int) -> list[Row]:
    random = generator(3)
    at, keys = np.cumsum(random.exponential(0.1, size)), law(TENANTS, 1.0).draw(random, size)
    shown = keys[:few].tolist(), at[:few].tolist()
    fast = rate(size, lambda: count_cold(keys, at, 200, 600.0), 3)
    plain = rate(few, partial(slow.machine, *shown, 200, 600.0), 3)
    return against("evicted by memory or idleness", "requests/s", fast, plain, note="room for 200 of 1,000 tenants",
                   beside="OrderedDict")  # fmt: skip


def sharding_rows(size: int, few: int) -> list[Row]:
    loads = np.full(max(1, size // EACH), 3.0)
    random = generator(4)
    shown = np.cumsum(random.exponential(1, few)).tolist(), random.integers(30, size=few).tolist()
    fast = rate(loads.size * EACH, lambda: count_spread(generator(4), loads, 30, EACH), 3)
    plain = rate(few, lambda: slow.spread(*shown, 3.0), 3)
    return against("Workers spread over machines", "requests/s", fast, plain, note="30 machines each; dice included")
