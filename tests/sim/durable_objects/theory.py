"""Closed forms of Durable Objects beside what their kernels count."""

from __future__ import annotations

import numpy as np

from labkit.sim.backlog import Mix, draw
from labkit.sim.durable_objects import fullest
from labkit.sim.durable_objects.trips import confirmation, draw_confirmations
from labkit.sim.queueing import shard_of
from labkit.sim.waiting import mg1_wait
from tests.sim.cases import Case, Random

MIX = Mix((2.0, 12.0), (0.9, 0.1))
USERS, TIMES = 300, 200


def left(random: Random, load: float) -> tuple[float, float]:
    return sum(draw(random, load / MIX.mean, MIX)[1] for _ in range(2000)), 2000


def fullest_shard(random: Random, shards: float) -> tuple[float, float]:
    count, users = int(shards), np.arange(USERS)
    most = [np.bincount(shard_of(users, count, int(seed))).max() for seed in random.integers(2**32, size=TIMES)]
    return float(sum(most)), TIMES * USERS / count


def confirmed(random: Random, writes: float) -> tuple[float, float]:
    times = draw_confirmations(random, "LHR", 500 * int(writes)).reshape(500, -1)
    return 1000 * float(times.max(axis=1).sum()), 500


CASES = [
    Case("work left for one server", "load", (0.2, 0.5, 0.8),
         lambda load: float(mg1_wait(load / MIX.mean, MIX.mean, MIX.squared)), left),
    Case("fullest shard by the mean", "shards", (4, 16, 64), lambda n: fullest(USERS, int(n)), fullest_shard),
    Case("ms until all writes are confirmed", "writes", (1, 3, 10),
         lambda n: 1000 * confirmation("LHR", (0.0,) * int(n)), confirmed),
]  # fmt: skip
