"""Closed forms of Hyperdrive's pool and of connections, beside what a kernel counts."""

from __future__ import annotations

import numpy as np

from labkit.sim import hyperdrive, queueing, waiting
from tests.sim.cases import Case, Random

CUSTOMERS, WARM_UP, SERVERS = 20_000, 4_000, 5
PLACES = ("LHR", "SYD", "GRU", "IAD", "NRT")


def waited(random: Random, load: float) -> tuple[float, float]:
    arrivals = np.cumsum(random.exponential(1 / (load * SERVERS), WARM_UP + CUSTOMERS))
    waits = queueing.serve(arrivals, np.ones(arrivals.size), SERVERS).wait[WARM_UP:]
    return waits.sum(), waits.size


def too_many(random: Random, most: float) -> tuple[float, float]:
    """At moments far apart: how often `most` connections or more are open, each as old as it may be."""
    rate, lasting = 20.0, hyperdrive.connections(1.0, places=PLACES)
    moments = 5_000
    came = random.poisson(rate * 3 * lasting, moments)
    ages = random.uniform(0, 3 * lasting, came.sum())
    lasts = np.where(random.random(ages.size) < 0.5, 0.5 * lasting, 1.5 * lasting)  # the law does not matter
    is_open = np.bincount(np.repeat(np.arange(moments), came), weights=ages < lasts, minlength=moments)
    return float(np.sum(is_open >= most)), moments


CASES = [
    Case("M/D/5 wait", "load of a server", (0.5, 0.7, 0.85),
         lambda load: waiting.mdc_wait(load * SERVERS, 1.0, SERVERS), waited),
    Case("connections open", "that many or more", (10, 18, 25),
         lambda most: hyperdrive.share_refused(20.0, places=PLACES, most=int(most)), too_many),
]  # fmt: skip
