"""How many customers a second the kernel of a bounded line takes, beside SimPy's for the same work in the same run."""

from __future__ import annotations

import numpy as np

from labkit.sim import loss, streams
from tests.bench import Row
from tests.bench.bench_models import against, rate
from tests.sim.d1 import slow

CUSTOMERS, SLOWLY, LOAD, ROOM, PATIENCE = 500_000, 10_000, 0.95, 50, 20.0


def run(scale: float = 1.0) -> list[Row]:
    customers, few = max(1000, int(CUSTOMERS * scale)), max(100, int(SLOWLY * scale))
    random = streams.generator(9)
    arrivals, services = np.cumsum(random.exponential(1 / LOAD, customers)), np.ones(customers)
    shown = arrivals[:few].tolist(), services[:few].tolist()
    fast = rate(customers, lambda: loss.serve(arrivals, services, ROOM, PATIENCE), 3)
    plain = rate(few, lambda: slow.bounded_line(*shown, ROOM, PATIENCE), 3)
    return against("bounded line", "customers/s", fast, plain, note=f"room for {ROOM}, a load of {LOAD:g}; a loop")
