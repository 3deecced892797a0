"""How many writes a second the model of an index's jobs takes, beside SimPy's for the same work in the same run."""

from __future__ import annotations

import numpy as np

from labkit.sim import streams
from labkit.sim.vectorize import jobs
from tests.bench import Row
from tests.bench.bench_models import against, rate
from tests.sim.vectorize import slow

WRITES, SLOWLY, RATE = 1_000_000, 20_000, 10.0


def run(scale: float = 1.0) -> list[Row]:
    writes, few = max(1000, int(WRITES * scale)), max(100, int(SLOWLY * scale))
    random = streams.generator(8)
    moments = np.cumsum(random.exponential(1 / RATE, writes))
    durations = jobs.draw(random, writes)
    shown = moments[:few].tolist(), durations[:few].tolist()
    fast = rate(writes, lambda: jobs.found_at(moments, durations), 3)
    plain = rate(few, lambda: slow.found_at(*shown, jobs.MOST), 3)
    return against("jobs of an index", "writes/s", fast, plain, note=f"{RATE:g} writes/s: 50 a job")
