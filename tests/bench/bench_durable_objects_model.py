"""How many customers a second the kernels of shards and of hibernation take, beside SimPy's in the same run."""

from __future__ import annotations

import numpy as np

from labkit.sim.durable_objects.cycles import cycles
from labkit.sim.queueing import serve_sharded
from labkit.sim.streams import generator
from tests.bench import Row
from tests.bench.bench_models import against, rate
from tests.sim.durable_objects import slow

CUSTOMERS, SLOWLY, SHARDS = 1_000_000, 20_000, 16


def run(scale: float = 1.0) -> list[Row]:
    """16 shards that are busy for 80 % of the time; and an object that hears of each other message hibernated."""
    customers, few, random = max(1000, int(CUSTOMERS * scale)), max(100, int(SLOWLY * scale)), generator(1)
    shard, arrivals = random.integers(SHARDS, size=customers), np.cumsum(random.exponential(1.0, customers))
    services, apart = np.full(customers, 0.8 * SHARDS), 14 * arrivals
    short, stays = np.full(customers, 0.005), np.full(customers, 10.0)
    shown = [each[:few].tolist() for each in (shard, arrivals, services, apart, short, stays)]
    sharded = rate(customers, lambda: serve_sharded(shard, arrivals, services))
    slowly_sharded = rate(few, lambda: slow.sharded(*shown[:3]), 3)
    heard = rate(customers, lambda: cycles(apart, short, stays, 0.001, pays=False))
    slowly_heard = rate(few, lambda: slow.hibernating(*shown[3:], 0.001, False), 3)
    return [
        *against("a queue in 16 shards", "customers/s", sharded, slowly_sharded, note="sorted by shard"),
        *against("cycles of an object that hibernates", "messages/s", heard, slowly_heard),
    ]
