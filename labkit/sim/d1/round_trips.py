"""Round trips: what a page of N queries takes far from the primary, one awaited after the other, or as one batch.

A Worker runs near its visitor and the database stays where it is, so each awaited query crosses the planet:

    one by one   N (RTT + s) + c          batch   RTT + N s + c

RTT is the mean round trip between the two places (two lognormal messages: the median times e^(sigma^2 / 2)), s the time
that a query takes at the database, c the Worker's own. Time is the database's part of the request: from the first
call's start to the last one's end.

Source: https://developers.cloudflare.com/d1/worker-api/d1-database/#batch (one call to the database); times from
`labkit/facts`. Assumed: s, c and the network's figures; nobody else asks, so no query waits in line.
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
from labkit.sim.d1 import queries as workers
from labkit.sim.d1.yours import CPU, NETWORK_ASSUMED, QUERY, QUERY_ASSUMED, Yours
from labkit.sim.estimates import LEAST_REPLICATIONS, Estimate, of_mean
from labkit.sim.traffic import Visit

QUERIES = (1, 2, 5, 10, 20)
AXES = Axes(
    "D1 round trips", "queries in a request", "ms from the first query's start to the last one's end", whole=True
)
REQUESTS = 1_000


def page_ms(queries: float, *, batch: bool, colo: str, primary: str) -> float:
    """Milliseconds that a request's queries take, on average."""
    trips = 1 if batch else queries
    return 1000 * (trips * ways.mean_rtt(colo, primary) + queries * QUERY + CPU)


def model(row: int, queries: float, *, seed: int, batch: bool, colo: str, primary: str) -> Estimate:
    """The mean over 1,000 requests, twenty times."""
    messages = (REQUESTS, 2 if batch else 2 * int(queries))
    random = (streams.generator(seed, row, number) for number in range(LEAST_REPLICATIONS))
    travelled = [ways.draw(each, half_rtt(colo, primary), messages).sum(axis=1).mean() for each in random]
    return of_mean(1000 * (np.array(travelled) + queries * QUERY + CPU), LEAST_REPLICATIONS * REQUESTS)


def observe(row: int, queries: float, *, yours: Yours, colo: str, primary: str) -> Estimate:
    """The same on a lab: requests to the learner's Worker, one at a time, each a replication."""
    lab = yours.lab(row, primary)
    url = yours.url.replace("{n}", str(int(queries)))
    traffic.play(lab, [Visit(60.0 * (number + 1), colo, url) for number in range(yours.rounds)])
    return of_mean(1000 * np.array(yours.spans(lab)))


def round_trips(
    worker: Any = workers.Default, *, queries: Sequence[float] = QUERIES, batch: bool = False, colo: str = "SYD",
    primary: str = "IAD", seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The time of a request's queries against their number, in three views.

    Visitors are at `colo`, the database at `primary`. With `batch=True` it is what one batch takes. `worker` makes
    `{n}` queries where `url` is asked; None leaves it out. `asked` says how, as in `Yours`: `d1="DB"`, `setup="CREATE
    TABLE ..."`, `url="/report/{n}"`, `rounds=40`. Six queries side by side, by asyncio.gather, leave both lines.
    """
    refusals.whole(1, queries=queries)
    shared = {"colo": colo, "primary": primary}
    given = {"url": "/batch/{n}" if batch else "/one-by-one/{n}", "rounds": LEAST_REPLICATIONS, **asked}
    return three_views(
        AXES, queries, partial(page_ms, batch=batch, **shared), partial(model, seed=seed, batch=batch, **shared),
        worker and partial(observe, yours=Yours(worker, seed=seed, **given), **shared), executor=executor,
        label="one batch" if batch else "one after the other", assumptions=(QUERY_ASSUMED, NETWORK_ASSUMED),
    )  # fmt: skip
