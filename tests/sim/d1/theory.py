"""Closed forms of a bounded line, beside the kernel that serves it customer by customer."""

from __future__ import annotations

from math import inf

import numpy as np

from labkit.sim import loss
from tests.sim.cases import Case, Random

CUSTOMERS, WARM_UP, ROOM, PATIENCE = 10_000, 1_000, 6, 4


def refused(room: int, patience: float):
    """The share refused of customers of the long run; a service is the unit of time, so that the rate is the load."""

    def replication(random: Random, load: float) -> tuple[float, float]:
        arrivals = np.cumsum(random.exponential(1 / load, WARM_UP + CUSTOMERS))
        waits = loss.serve(arrivals, np.ones(arrivals.size), room, patience)[WARM_UP:]
        return float(np.isinf(waits).sum()), waits.size

    return replication


CASES = [
    Case("M/D/1/K refused", "load", (0.5, 0.9, 1.0, 1.5), lambda load: loss.refused_by_length(load, ROOM),
         refused(ROOM, inf)),
    Case("M/D/1 with patience", "load", (0.5, 0.9, 1.0, 1.5), lambda load: loss.refused_by_patience(load, PATIENCE),
         refused(10**6, PATIENCE)),
]  # fmt: skip
