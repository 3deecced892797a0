"""The closed forms of Cron Triggers beside what is counted."""

from __future__ import annotations

import numpy as np

from labkit.sim import cron
from labkit.sim.cron.overlap import Runs, locked, simulated
from tests.sim.cases import Case, Random

PERIOD, LATE, RUNS, BEFORE = 300.0, 60.0, 2000, 50


def lasting(random: Random, duration: float) -> Runs:
    return simulated(random, duration, PERIOD, LATE, RUNS)


CASES = [
    Case("runs that overlap", "mean seconds", (60, 150, 400), lambda x: cron.overlapping(x, PERIOD, LATE),
         lambda random, x: (lasting(random, x).overlaps[BEFORE:].sum(), RUNS - BEFORE)),
    Case("runs under way", "mean seconds", (60, 150, 400), lambda x: cron.under_way(x, PERIOD),
         lambda random, x: (lasting(random, x).busy(BEFORE * PERIOD, RUNS * PERIOD), (RUNS - BEFORE) * PERIOD)),
    Case("runs that a lock leaves out", "mean seconds", (60, 150, 400), lambda x: cron.skipped(x, PERIOD, LATE),
         lambda random, x: (float(np.sum(~locked(lasting(random, x))[BEFORE:])), RUNS - BEFORE)),
]  # fmt: skip
