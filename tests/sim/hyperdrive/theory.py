"""Closed forms of Hyperdrive's pool and of connections, beside what a kernel counts."""

from __future__ import annotations

import heapq

import numpy as np

from labkit.sim import hyperdrive, queueing, waiting
from tests.sim.cases import Case, Random

CUSTOMERS, WARM_UP, SERVERS = 20_000, 4_000, 5
PLACES = ("LHR", "SYD", "GRU", "IAD", "NRT")


def waited(random: Random, load: float) -> tuple[float, float]:
    arrivals = np.cumsum(random.exponential(1 / (load * SERVERS), WARM_UP + CUSTOMERS))
    waits = queueing.serve(arrivals, np.ones(arrivals.size), SERVERS).wait[WARM_UP:]
    return waits.sum(), waits.size


def refused(random: Random, most: float) -> tuple[float, float]:
    """How many requests find `most` connections there, each of which lasts half its mean or half as long again."""
    rate, mean = 20.0, hyperdrive.connections(1.0, places=PLACES)
    ends, found = [0.0] * 0, 0
    arrivals = np.cumsum(random.exponential(1 / rate, 3_000)).tolist()
    for number, (at, lasts) in enumerate(zip(arrivals, random.choice((0.5, 1.5), 3_000).tolist(), strict=True)):
        while ends and ends[0] <= at:
            heapq.heappop(ends)
        if len(ends) < most:
            heapq.heappush(ends, at + lasts * mean)
        else:
            found += number >= 500
    return found, 2_500


CASES = [
    Case("M/D/5 wait", "load of a server", (0.5, 0.7, 0.85),
         lambda load: waiting.mdc_wait(load * SERVERS, 1.0, SERVERS), waited),
    Case("connections refused", "connections that a database takes", (10, 18, 22),
         lambda most: hyperdrive.share_refused(20.0, places=PLACES, most=int(most)), refused),
]  # fmt: skip
