"""Bookmarks: what reading one's own write costs, the wait at a replica for the commit that the session has seen.

The user of `labkit.sim.d1.replicas` brings the bookmark back. The read then waits for what is left of the commit's lag,
and an exponential lag has no memory: with mean L, after e seconds of thinking,

    E[wait] = L e^(-(e + h + c) / L)

h is the time of the answer's way home (lognormal, integrated), c the time the Worker computes. So the price is at
most L, and most users never pay it.

Source: https://developers.cloudflare.com/d1/best-practices/read-replication/. Assumed: the lag's law and mean; a
replica gives up on a commit after facts d1.bookmark_patience, 10 s, which is far beyond the lags here.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np

from labkit.sim import refusals, staleness, streams, ways
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.d1 import notes
from labkit.sim.d1.replicas import USERS, draw, places_of
from labkit.sim.d1.yours import CPU, LAG, LAG_ASSUMED, NETWORK_ASSUMED, PRIMARY, Yours, users
from labkit.sim.estimates import LEAST_REPLICATIONS as REPLICATIONS
from labkit.sim.estimates import Estimate, of_mean

AFTER = (0, 0.025, 0.05, 0.1, 0.15, 0.2)
AXES = Axes("D1 bookmarks", "seconds from the write's answer to the read", "ms that the read waits for the commit")


def mean_wait(after: float, *, lag: float, primary: str = PRIMARY) -> float:
    """Milliseconds that a read waits on average, `after` seconds past the answer to the write whose bookmark it has."""
    ways_home = ways.medians(primary, places_of(primary))
    return 1000 * float(ways.expected(lambda home: staleness.bookmark_wait(after + CPU + home, lag), ways_home).mean())


def model(row: int, after: float, *, seed: int, lag: float, primary: str) -> Estimate:
    """The mean wait of 10,000 users, twenty times."""
    waits = [_mean_wait(streams.generator(seed, row, number), after, lag, primary) for number in range(REPLICATIONS)]
    return of_mean(1000 * np.array(waits), REPLICATIONS * USERS)


def _mean_wait(random: np.random.Generator, after: float, lag: float, primary: str) -> float:
    read, heard = draw(random, USERS, after, lag, primary)
    return float(np.maximum(heard - read, 0).mean())


def observe(row: int, after: float, *, yours: Yours, lag: float, primary: str) -> Estimate:
    """The same on a lab; a round over the places is a replication. Reads without a bookmark wait for nothing."""
    lab = yours.lab(row, primary, read_replication="auto", replica_lag=lag)
    rounds = users(yours, lab, places_of(primary), after, lag)
    waits = [sum(seen.waited for seen in each) / len(each) for each in rounds]
    return of_mean(1000 * np.array(waits), sum(map(len, rounds)))


def bookmarks(
    worker: Any = notes.Bookmarked, *, after: Sequence[float] = AFTER, lag: float = LAG, primary: str = PRIMARY,
    seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The mean wait for a bookmark's commit, against how soon users ask, in three views.

    `worker` and `asked` are as in `labkit.sim.d1.replicas`; a Worker that brings no bookmark waits for nothing, and so
    leaves the line.
    """
    refusals.from_0(after=after)
    refusals.above_0(lag=lag)
    shared = {"lag": lag, "primary": primary}
    return three_views(
        AXES, after, partial(mean_wait, **shared), partial(model, seed=seed, **shared),
        worker and partial(observe, yours=Yours(worker, seed=seed, **asked), **shared), executor=executor,
        assumptions=(LAG_ASSUMED.format(lag), NETWORK_ASSUMED),
    )  # fmt: skip
