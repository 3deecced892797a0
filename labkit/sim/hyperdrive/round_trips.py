"""Round trips: what a request of N queries takes far from its database, straight to it and through Hyperdrive.

A connection of its own begins with 7 round trips, for TCP, TLS and the sign-in, before it can be asked anything:

    straight            (7 + N) RTT + N s        + (N + 2) e + c
    through Hyperdrive        N RTT + N (s + r)  + (N + 2) e + c

because there the handshake ends at the visitor's place, and the connection to the database is there already. RTT is
the mean round trip between the place and the database (two lognormal messages), s the time of a query there, r the way
between pool and database, e an exchange at the edge, c the Worker's own time.

Source: https://developers.cloudflare.com/hyperdrive/concepts/connection-lifecycle/ (7 round trips, facts
hyperdrive.handshakes). Assumed: s, r, e, c and the network's figures. Nothing is cached here, and each query is one
exchange: pg8000 makes two of one with parameters (`run("... :id", id=1)`), one to describe it and one to run it.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np

from labkit.network.links import half_rtt
from labkit.sim import refusals, streams, traffic, ways
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import LEAST_REPLICATIONS, Estimate, of_mean
from labkit.sim.hyperdrive.yours import (
    CPU,
    EDGE,
    HANDSHAKES,
    HOP,
    NETWORK_ASSUMED,
    ORIGIN,
    QUERY,
    THROUGH,
    TIMES_ASSUMED,
    Yours,
    requests,
)
from labkit.sim.traffic import Visit

QUERIES = (1, 2, 3, 5, 10)
AXES = Axes("Hyperdrive round trips", "queries in a request", "ms of the Worker's request", whole=True)
REQUESTS = 1_000


def trips(queries: float, straight: bool) -> int:
    """How many round trips a request makes over the long way."""
    return int(queries) + HANDSHAKES * straight


def waits(queries: float, straight: bool) -> float:
    """Seconds of a request that are not spent on the long way."""
    return CPU + (queries + 2) * EDGE + queries * (QUERY + HOP * (not straight))


def request_ms(queries: float, *, straight: bool, colo: str) -> float:
    """Milliseconds of a request on average."""
    return 1000 * (trips(queries, straight) * ways.mean_rtt(colo, ORIGIN) + waits(queries, straight))


def model(row: int, queries: float, *, seed: int, straight: bool, colo: str) -> Estimate:
    """The mean over 1,000 requests, twenty times."""
    messages = (REQUESTS, 2 * trips(queries, straight))
    random = (streams.generator(seed, row, number) for number in range(LEAST_REPLICATIONS))
    travelled = [ways.draw(each, half_rtt(colo, ORIGIN), messages).sum(axis=1).mean() for each in random]
    return of_mean(1000 * (np.array(travelled) + waits(queries, straight)), LEAST_REPLICATIONS * REQUESTS)


def observe(row: int, queries: float, *, yours: Yours, colo: str) -> Estimate:
    """The same on a lab: requests to the learner's Worker, one at a time, each a replication, once the pool is open."""
    lab = yours.lab(row, caching_disabled=True)
    url = yours.url.replace("{n}", str(int(queries)))
    traffic.play(lab, [Visit(60.0 * number, colo, url) for number in range(LEAST_REPLICATIONS + 1)])
    yours.queries(lab, 60.0)
    return of_mean([1000 * each.seconds for each in requests(lab, traffic.sent_since(lab, 60.0))])


def round_trips(
    worker: Any = THROUGH, *, queries: Sequence[float] = QUERIES, straight: bool = False, colo: str = "SYD",
    seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The time of a request against its number of queries, in three views.

    Visitors are at `colo`, the database is where facts hyperdrive.origin_place says. With `straight=True` it is what a
    connection of the Worker's own takes, as the Worker `STRAIGHT` makes it. `worker` makes `{n}` queries where `url` is
    asked; None leaves it out. `asked` says how, as in `Yours`: `hyperdrive="HD"`, `setup="CREATE TABLE ..."`,
    `url="/report/{n}"`, `vars={...}`.
    """
    refusals.whole(1, queries=queries)
    given = {"url": "/queries/{n}", **asked}
    return three_views(
        AXES, queries, partial(request_ms, straight=straight, colo=colo),
        partial(model, seed=seed, straight=straight, colo=colo),
        worker and partial(observe, yours=Yours(worker, seed=seed, **given), colo=colo), executor=executor,
        label="straight to the database" if straight else "through Hyperdrive",
        assumptions=(TIMES_ASSUMED, NETWORK_ASSUMED),
    )  # fmt: skip
