"""Read replicas: how often a user who has just written reads the old value, from a replica that lags behind.

A user at a place writes through a Worker, has the answer, thinks for e seconds and reads at the replica there. The
read is stale where the replica has not heard of the commit yet. Exponential lag of mean L, as the lab draws it:

    P(stale) = e^(-(e + h + c) / L)

h is the time of the answer's way home from the primary, which passes before the user can think (lognormal, integrated),
c the time the Worker computes; the mean over the users' places is given. A session that brings the bookmark of its
write is never stale: the replica waits for that commit (`labkit.sim.d1.bookmarks` has the price).

Source: https://developers.cloudflare.com/d1/best-practices/read-replication/ (sequential consistency of sessions);
D. Terry et al., "Session Guarantees for Weakly Consistent Replicated Data" (1994), read your writes.
Assumed: the lag's law and mean. Commits are rare, so that none is held up behind another.
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
from labkit.sim.d1.yours import CPU, LAG, LAG_ASSUMED, NETWORK_ASSUMED, PRIMARY, REPLICAS, Yours, users
from labkit.sim.estimates import Estimate, of_ratio, replicated

AFTER = (0, 0.05, 0.1, 0.2, 0.3, 0.5)
USERS = 10_000
AXES = Axes("D1 replicas", "seconds from the write's answer to the read", "share of users who do not read their write")


def places_of(primary: str) -> list[str]:
    """Where the replicas are that answer instead of the primary."""
    return [place for place in REPLICAS if place != primary]


def stale_fraction(after: float, *, lag: float, primary: str = PRIMARY, bookmarks: bool = False) -> float:
    """The share of users, as many at each replica, who read the old value `after` seconds past their write's answer."""
    if bookmarks:
        return 0.0
    ways_home = ways.medians(primary, places_of(primary))
    return float(ways.expected(lambda home: staleness.replica_stale(after + CPU + home, lag), ways_home).mean())


def draw(random: np.random.Generator, count: int, after: float, lag: float, primary: str):
    """Seconds from the commit to the read's arrival at the replica, and to the commit's, for users at random places."""
    homes = ways.draw(random, random.choice(ways.medians(primary, places_of(primary)), count))
    return homes + CPU + after, random.exponential(lag, count)


def model(row: int, after: float, *, seed: int, lag: float, primary: str, bookmarks: bool) -> Estimate:
    """The share of 10,000 users who read the old value, twenty times."""
    return replicated(partial(_stale_users, after, seed, row, lag, primary, bookmarks))


def _stale_users(after: float, seed: int, row: int, lag: float, primary: str, bookmarks: bool, replication: int):
    read, heard = draw(streams.generator(seed, row, replication), USERS, after, lag, primary)
    answered = np.maximum(read, heard) if bookmarks else read
    return int(np.sum(answered < heard)), USERS


def observe(row: int, after: float, *, yours: Yours, lag: float, primary: str) -> Estimate:
    """The same on a lab: what users read through the learner's Worker; a round over the places is a replication."""
    lab = yours.lab(row, primary, read_replication="auto", replica_lag=lag)
    rounds = users(yours, lab, places_of(primary), after, lag)
    return of_ratio([sum(seen.is_stale for seen in each) for each in rounds], [len(each) for each in rounds])


def replicas(
    worker: Any = notes.Default, *, after: Sequence[float] = AFTER, bookmarks: bool = False, lag: float = LAG,
    primary: str = PRIMARY, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The share of users who do not read their own write, against how soon they ask, in three views.

    With `bookmarks=True` it is what a Worker comes to that goes on at its visitor's bookmark, such as
    `notes.Bookmarked`: none. `worker` answers POST and GET of `url`; None leaves it out. `asked` says how, as in
    `Yours`: `d1="DB"`, `url="/notes/{key}"`, `setup="CREATE TABLE ..."`, `rounds=40`. Users hand back the response's
    header x-d1-bookmark.
    """
    refusals.from_0(after=after)
    refusals.above_0(lag=lag)
    shared = {"lag": lag, "primary": primary}
    return three_views(
        AXES, after, partial(stale_fraction, bookmarks=bookmarks, **shared),
        partial(model, seed=seed, bookmarks=bookmarks, **shared),
        worker and partial(observe, yours=Yours(worker, seed=seed, **asked), **shared), executor=executor,
        label="with bookmarks" if bookmarks else "without bookmarks",
        assumptions=(LAG_ASSUMED.format(lag), NETWORK_ASSUMED),
    )  # fmt: skip
