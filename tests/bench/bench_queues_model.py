"""How many batches a second the kernel of consumers takes, beside SimPy's for the same work in the same run."""

from __future__ import annotations

from functools import partial

import numpy as np

from labkit.emulators.queues.scaling import Scale
from labkit.sim.queues.scaling import consume
from labkit.sim.streams import generator
from tests.bench import Row
from tests.bench.bench_models import against, rate
from tests.sim.queues import slow

MESSAGES = 100_000


def run(scale: float = 1.0) -> list[Row]:
    """Batches of 10 messages that take 5 seconds each, with about 5 consumers at work."""
    arrivals = np.cumsum(generator(1).exponential(0.1, max(100, int(MESSAGES * scale)))).tolist()

    def with_(kernel) -> float:
        return rate(len(arrivals) // 10, partial(kernel, arrivals, 10, 5.0, 5.0, Scale(250, 10, is_fixed=False)), 3)

    return against("consumers of a queue", "batches/s", with_(consume), with_(slow.consumers))
