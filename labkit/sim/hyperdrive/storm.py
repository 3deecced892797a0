"""Connection storms: how many connections a database has to hold where each request opens one of its own.

A Worker keeps no connection from one request to the next, and a connection from far away lives long: seven round trips
until it may be asked, one for the query. Requests that come by Poisson at rate lam, each with a connection for T:

    mean number open = a = lam E[T]    (M/G/infinity: nobody waits)

whatever the law of T is; T = 8 RTT + s + e from a place, averaged over the visitors' places. A PostgreSQL takes
max_connections, m = 100 unless told, and refuses the share B(m, a) of the requests, Erlang's loss formula (M/G/m/m).
The lab's takes all, so that what they want is seen. Through Hyperdrive it sees the pool's alone, however many come.

Source: L. Takacs, "Introduction to the Theory of Queues" (1962), chapter 3 (M/G/infinity); A. K. Erlang (1917) and,
for any law of T, B. A. Sevastyanov (1957); J. D. C. Little (1961), by which the model and the lab count: the
connections opened in a while, times how long each lasts, over that while.
Assumed: one query a request, as many visitors at each place, and the times.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np

from labkit import facts
from labkit.sim import refusals, streams, traffic, waiting, ways
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import LEAST_REPLICATIONS, Estimate, of_mean
from labkit.sim.hyperdrive.yours import EDGE, HANDSHAKES, NETWORK_ASSUMED, ORIGIN, QUERY, STRAIGHT, TIMES_ASSUMED, Yours

RATES = (1, 3, 10, 30, 100, 200)
MOST = int(facts.value("hyperdrive.max_connections"))
REQUESTS = 2_000
AXES = Axes("Connection storm", "requests/s on the whole planet", "connections open at the database", log_x=True)
MESSAGES = 2 * (HANDSHAKES + 1)


def lasting(places: Sequence[str]) -> float:
    """Seconds that a connection of a request's own lasts, on average over the places."""
    return MESSAGES * ways.STRETCH * float(ways.medians(ORIGIN, places).mean()) + QUERY + EDGE


def connections(requests_per_s: float, *, places: Sequence[str]) -> float:
    """How many connections are open, on average."""
    return requests_per_s * lasting(places)


def share_refused(requests_per_s: float, *, places: Sequence[str], most: int = MOST) -> float:
    """The share of requests that a database refuses which takes `most` connections: Erlang's loss formula."""
    return waiting.erlang_b(connections(requests_per_s, places=places), most)


def model(row: int, requests_per_s: float, *, seed: int, places: Sequence[str]) -> Estimate:
    """The mean number open while about 2,000 requests come, twenty times."""
    away, seconds = ways.medians(ORIGIN, places), REQUESTS / requests_per_s
    opened = [_opened(streams.generator(seed, row, number), away) for number in range(LEAST_REPLICATIONS)]
    return of_mean(np.array([each.sum() for each in opened]) / seconds, sum(each.size for each in opened))


def _opened(random: np.random.Generator, away: np.ndarray) -> np.ndarray:
    """How long each of the connections lasts that are opened in the time of 2,000 requests."""
    homes = random.choice(away, random.poisson(REQUESTS))
    return ways.draw(random, np.tile(homes, (MESSAGES, 1))).sum(axis=0) + QUERY + EDGE


def observe(row: int, requests_per_s: float, *, yours: Yours) -> Estimate:
    """The same on a lab: from the start of a visit's own connection to its last answer. A stretch is a replication."""
    lab, random, begin = yours.lab(row), yours.random(row), 60.0
    places = traffic.cities(yours.places)
    stretch = yours.visits / requests_per_s / LEAST_REPLICATIONS
    end = begin + LEAST_REPLICATIONS * stretch
    traffic.play(lab, traffic.poisson(random, places, requests_per_s / len(places), begin, end, yours.url))
    ends = {query.request: query.end for query in yours.queries(lab, begin)}
    opened = traffic.part_of(traffic.sent_since(lab, begin), lab, "hyperdrive", "open")
    began = {visit.id: visit.start for visit in traffic.sent_since(lab, begin)}
    lasted: dict[int, float] = defaultdict(float)
    for each in opened:
        if "to" in each.detail:  # the pool opens some too, which last
            lasted[int((began[each.request] - begin) / stretch)] += ends[each.request] - each.start
    return of_mean(np.array([lasted[number] for number in range(LEAST_REPLICATIONS)]) / stretch, len(began))


def storm(
    worker: Any = STRAIGHT, *, requests_per_s: Sequence[float] = RATES, pops: int = 20, seed: int = 4,
    executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The mean number of open connections against the rate of requests from `pops` places, in three views.

    `worker` opens a connection to the host `env.DATABASE` and makes one query where `url` is asked; None leaves it out.
    `asked` says how, as in `Yours`: `url="/report"`, `visits=300`. One that goes through Hyperdrive opens none.
    """
    refusals.above_0(requests_per_s=requests_per_s)
    yours = Yours(worker, places=pops, seed=seed, **{"url": "/queries/1", **asked})
    shared = {"places": traffic.cities(pops)}
    return three_views(
        AXES, requests_per_s, partial(connections, **shared), partial(model, seed=seed, **shared),
        worker and partial(observe, yours=yours), executor=executor, label="a connection for each request",
        assumptions=(TIMES_ASSUMED, NETWORK_ASSUMED),
    )  # fmt: skip
