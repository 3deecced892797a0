"""One home: how soon readers around the planet have an object from a bucket, which lives in one place.

A bucket has one home, by its location hint or its creator, and every read without a cache in front goes there. Whoever
lives beside it waits for the bucket alone, the rest for the ocean too, whatever the number of places that run the
Worker. Strong consistency has that price.

Theory: a read takes h (J + J') + S seconds, h half a round trip to the home, J and J' the jitter of the two messages
(lognormal, median 1), S the bucket's own time (lognormal); its distribution is a mean over places and over nodes of
Gauss and Hermite's quadrature for the jitter, exact to 1e-6. https://developers.cloudflare.com/r2/reference/data-location/
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from math import log
from statistics import NormalDist
from typing import Any

import numpy as np

from labkit import facts
from labkit.network.links import Links
from labkit.sim import refusals, streams, traffic
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, replicated
from labkit.sim.r2 import publisher
from labkit.sim.r2.yours import Yours
from labkit.trace import Event

WITHIN_MS = (30, 60, 100, 200, 300, 500, 1000)
READS = 10_000
HINTS = ("wnam", "enam", "weur", "eeur", "apac", "oc")
HOMES: dict[str, str] = dict(zip(HINTS, facts.value("r2.homes"), strict=True))
JITTER = float(facts.value("network.jitter"))
READ_TIME, SPREAD = float(facts.value("r2.read_time")), float(facts.value("r2.service_sigma"))
AXES = Axes("One home", "ms since the Worker asked the bucket", "share of reads answered", log_x=True)
ASSUMPTION = (
    "a bucket takes 50 ms in the median and more than 422 ms for 2.7 % of reads (fitted to one site's measurement), "
    "and its location hint names one place; links are right to about 10 %."
)
_SERVICE = NormalDist(log(READ_TIME), SPREAD)
NODES = 12


def ways(home: str, places: int) -> np.ndarray:
    """Seconds one way between the bucket's home and each place, medians."""
    links = Links()
    return np.array([links.rtt(colo, home) for colo in traffic.cities(places)]) / 2


def answered_within(ms: float, *, location: str, places: int) -> float:
    """The share of reads answered within `ms`, for readers spread evenly over places."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    jitters, chances = np.exp(JITTER * nodes), weights / weights.sum()
    pairs = np.add.outer(jitters, jitters)
    left = ms / 1000 - np.multiply.outer(ways(HOMES[location], places), pairs)
    return float((served_within(left) * np.multiply.outer(chances, chances)).sum(axis=(1, 2)).mean())


def served_within(seconds: np.ndarray) -> np.ndarray:
    """The chance that the bucket itself takes at most so long."""
    positive = np.maximum(seconds, 1e-12)
    return np.where(seconds > 0, np.vectorize(_SERVICE.cdf)(np.log(positive)), 0.0)


def model(row: int, ms: float, *, seed: int, location: str, places: int) -> Estimate:
    """The share answered within `ms` among 10,000 reads, twenty times."""
    return replicated(partial(_in_time, ms, seed, row, ways(HOMES[location], places)))


def _in_time(ms: float, seed: int, row: int, way: np.ndarray, replication: int) -> tuple[int, int]:
    random = streams.generator(seed, row, replication)
    jitters = random.lognormal(0, JITTER, (2, READS)).sum(axis=0)
    took = way[random.integers(0, way.size, READS)] * jitters + READ_TIME * random.lognormal(0, SPREAD, READS)
    return int(np.count_nonzero(took <= ms / 1000)), READS


def observe(row: int, ms: float, *, yours: Yours) -> Estimate:
    """The same on a lab: reads of the learner's Worker at each place in turn."""
    reads = observed_reads(row, yours)
    return yours.share(reads, (read for read in reads if read.seconds <= ms / 1000))


def observed_reads(row: int, yours: Yours) -> list[Event]:
    """The Worker's reads of the bucket, some at each place, as the trace has them."""
    lab = yours.lab(row)
    traffic.play(lab, [yours.write(0, "the object")])
    yours.stored(lab)
    begin, rounds = lab.now + 1, max(1, round(yours.visits / yours.places))
    visits = [yours.from_worker(begin + number, colo) for number in range(rounds) for colo in yours.cities()]
    traffic.play(lab, visits)
    return [event for event in lab.trace.where("r2", "get") if event.start >= begin]


def home(
    worker: Any = publisher.Default, *, location: str = "enam", within_ms: Sequence[float] = WITHIN_MS,
    places: int = 200, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The share of reads answered within so many ms, for a bucket whose location hint is `location`.

    `worker` answers PUT and GET of one object; `asked` says how, as in `Yours`.
    """
    refusals.one_of(HOMES, location=location)
    refusals.above_0(within_ms=within_ms)
    shared = {"location": location, "places": places}
    yours = Yours(worker, seed=seed, location=location, **{"places": places, "visits": 800, **asked})
    return three_views(
        AXES, within_ms, partial(answered_within, **shared), partial(model, seed=seed, **shared),
        worker and partial(observe, yours=yours), executor=executor,
        label=f"bucket in {HOMES[location]}", assumptions=(ASSUMPTION,),
    )  # fmt: skip
