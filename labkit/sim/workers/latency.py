"""Latency: how soon visitors around the world have their answer, from isolates, containers and a server.

Isolates run at every place near the visitor and start in milliseconds, but traffic spread so thin finds many of
them cold. Containers and servers run in one region: seldom cold, and far away. The distribution shows both.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cache, partial
from math import exp, inf, log
from statistics import NormalDist
from typing import Any

import numpy as np

from labkit import facts
from labkit.errors import LabError
from labkit.network.links import P95_SIGMAS, Links
from labkit.network.places import place
from labkit.sim import refusals, streams, traffic
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, replicated
from labkit.sim.workers import hello
from labkit.sim.workers.cold_starts import cold_fraction
from labkit.sim.workers.yours import KEEP_ALIVE, Yours

WITHIN_MS = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 3000)
AXES = Axes("Time to the answer", "ms since the request left the visitor", "share of requests answered", log_x=True)
LAST_MILE = facts.value("network.last_mile")
SIGMA = log(facts.value("network.last_mile_p95") / LAST_MILE) / P95_SIGMAS
SERVICE = facts.value("workers.cpu_base_ms") / 1000
REQUESTS = 10_000
_HALF = NormalDist(log(LAST_MILE / 2), SIGMA)


@dataclass(frozen=True)
class Hosting:
    """A way to run code. `region` is one place's code, or "" for all of them; times in seconds."""

    name: str
    region: str
    cold_start: float
    keep_alive: float


ISOLATES = Hosting("isolates everywhere", "", facts.value("workers.cold_start"), KEEP_ALIVE)
CONTAINERS = Hosting(
    "containers in one region", "IAD", facts.value("containers.cold_start"), facts.value("containers.sleep_after")
)
SERVER = Hosting("a server always on", "IAD", 0.0, inf)
ASSUMPTION = (
    f"a cold start takes {1000 * ISOLATES.cold_start:g} ms in an isolate and {CONTAINERS.cold_start:g} s in a "
    f"container, code stays for {KEEP_ALIVE:g} s, and the last mile is lognormal with a median of 10 ms; links are "
    "right to about 10 %."
)


def distances(hosting: Hosting, visitors_at: Sequence[str]) -> np.ndarray:
    """Seconds of the round trip from each visitor's place to where the code runs."""
    if not hosting.region:
        return np.zeros(len(visitors_at))
    links = Links()
    return np.array([links.rtt(code, place(hosting.region).code) for code in visitors_at])


def last_mile_within(seconds: np.ndarray) -> np.ndarray:
    """The chance that the way to the place and the way back take at most `seconds` together."""
    return np.interp(np.log(np.maximum(seconds, 1e-9)), *_last_mile_table())


@cache
def _last_mile_table() -> tuple[np.ndarray, np.ndarray]:
    """Logarithms of seconds and the chance of at most that: two lognormal halves added by the trapezoidal rule."""
    nodes = np.linspace(-6, 6, 200)
    weights = np.exp(-(nodes**2) / 2)
    grid = np.linspace(log(LAST_MILE / 200), log(LAST_MILE * 200), 1000)
    half = LAST_MILE / 2 * np.exp(SIGMA * nodes)
    chances = [[_half_within(left) for left in exp(x) - half] for x in grid]
    return grid, np.array(chances) @ weights / weights.sum()


def _half_within(seconds: float) -> float:
    return _HALF.cdf(log(seconds)) if seconds > 0 else 0.0


def answered_within(ms: float, *, hosting: Hosting, requests_per_s: float, visitors_at: Sequence[str]) -> float:
    """The share of requests answered within `ms`: warm and cold ones, mixed over the visitors' places."""
    left = ms / 1000 - SERVICE - distances(hosting, visitors_at)
    cold = share_cold(hosting, requests_per_s, len(visitors_at))
    return float(np.mean((1 - cold) * last_mile_within(left) + cold * last_mile_within(left - hosting.cold_start)))


def share_cold(hosting: Hosting, requests_per_s: float, places: int) -> float:
    """The share of requests that start cold, spread over the visitors' places or all in one region."""
    return float(cold_fraction(requests_per_s, 1 if hosting.region else places, hosting.keep_alive))


def percentile(percent: float, *, hosting: Hosting, requests_per_s: float, visitors_at: Sequence[str]) -> float:
    """The ms within which so many percent of requests have their answer: 50, 95, 99. By bisection."""
    if not 0 < percent < 100:
        raise LabError(f"the {percent:g}th percentile: say a number between 0 and 100")
    low, high = 0.01, 1e6
    within = partial(answered_within, hosting=hosting, requests_per_s=requests_per_s, visitors_at=visitors_at)
    while high - low > 1e-6 * high:
        middle = (low * high) ** 0.5
        low, high = (middle, high) if within(middle) < percent / 100 else (low, middle)
    return high


def model(row: int, ms: float, *, seed: int, hosting: Hosting, requests_per_s: float,
          visitors_at: Sequence[str]) -> Estimate:  # fmt: skip
    """The share answered within `ms` among 10,000 requests, twenty times."""
    away = distances(hosting, visitors_at)
    gap = (1 if hosting.region else away.size) / requests_per_s
    return replicated(partial(_in_time, ms, seed, row, hosting, gap, away))


def _in_time(ms: float, seed: int, row: int, hosting: Hosting, gap: float, away: np.ndarray, replication: int):
    random = streams.generator(seed, row, replication)
    cold = random.exponential(gap, REQUESTS) >= hosting.keep_alive  # since the one before at the same place
    ways = LAST_MILE / 2 * random.lognormal(0, SIGMA, (2, REQUESTS))
    took = ways.sum(axis=0) + random.choice(away, REQUESTS) + SERVICE + hosting.cold_start * cold
    return int(np.sum(took <= ms / 1000)), REQUESTS


def observe(row: int, ms: float, *, yours: Yours, requests_per_s: float) -> Estimate:
    """The same on a lab: visits to the learner's Worker that have their answer within `ms`."""
    _, visits = yours.played(row, requests_per_s)
    return yours.share(visits, (visit for visit in visits if visit.seconds <= ms / 1000))


def latency(
    hosting: Hosting = ISOLATES, worker: Any = hello.Default, *, within_ms: Sequence[float] = WITHIN_MS,
    requests_per_s: float = 0.005, pops: int = 300, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The share of requests answered within so many ms.

    Visitors near `pops` places send `requests_per_s` in all. `worker` and `asked` are as in `cold_starts`; it
    is asked for isolates everywhere, which is what a lab has.
    """
    if not isinstance(hosting, Hosting):
        raise LabError(f"hosting={hosting!r}: say a Hosting first, such as ISOLATES, and then your Worker.")
    refusals.above_0(within_ms=within_ms, requests_per_s=requests_per_s)
    shared = {"hosting": hosting, "requests_per_s": requests_per_s, "visitors_at": traffic.cities(pops)}
    can_follow = worker and hosting == ISOLATES
    yours = Yours(worker, places=pops, seed=seed, **{"visits": 250, **asked}) if can_follow else None
    return three_views(
        AXES, within_ms, partial(answered_within, **shared), partial(model, seed=seed, **shared),
        yours and partial(observe, yours=yours, requests_per_s=requests_per_s),
        executor=executor, label=hosting.name, assumptions=(ASSUMPTION,),
    )  # fmt: skip
