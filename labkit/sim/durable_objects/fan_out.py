"""Fan-out: how long it takes to read what is spread over N shards, all of them asked at once.

Writing to one of N shards is quick; a read of the total waits for the slowest of N answers. Asked one after another
they add up. From near by, the spread of the round trips is small, and so is the price of asking many; each is a
request that is billed, too.

Theory: c + E[max of N round trips], the integral of 1 - F(t)^N, F being that of two lognormal ways there and back
(`labkit.sim.durable_objects.trips`; order statistics: H. A. David and H. N. Nagaraja, "Order Statistics" (2003), 4.2).
c is the shard's computing. In ms. Assumed: the shards are idle, and all where the first request came from.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import cache, partial
from typing import Any

from labkit.network.links import Links
from labkit.sim import streams
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.durable_objects import sources, trips
from labkit.sim.durable_objects.work import ASSUMPTION, BASE, STEP
from labkit.sim.durable_objects.yours import BEGIN, Yours
from labkit.sim.estimates import Estimate, of_ratio, replicated

SHARDS = (1, 2, 4, 8, 16, 32)
READS = 2000
COMPUTING = BASE + STEP
AXES = Axes("Reading the total of all shards", "shards", "mean ms until all have answered", log_x=True, whole=True)


@cache
def mean_slowest(shards: float, rtt: float) -> float:
    """Milliseconds until the last of so many shards, all at the round trip's median `rtt` in s, has answered."""
    stretches = trips.stretch_table()[0]
    slowest = trips.mean_beyond(rtt * stretches[0], rtt * stretches[-1], lambda t: trips.within(t, rtt) ** shards)
    return 1000 * (COMPUTING + slowest)


def model(row: int, shards: float, *, seed: int, rtt: float) -> Estimate:
    """The same over 2,000 reads, twenty times."""
    return replicated(partial(_reads, round(shards), seed, row, rtt))


def _reads(shards: int, seed: int, row: int, rtt: float, replication: int) -> tuple[float, int]:
    random = streams.generator(seed, row, replication)
    slowest = trips.draw(random, rtt, READS, shards).max(axis=1)
    return 1000 * float(slowest.sum() + COMPUTING * READS), READS


def observe(row: int, shards: float, *, yours: Yours, reader: str) -> Estimate:
    """The same on a lab: from the first call of a visit that leaves to the last that is back; counters replicate."""
    count = round(shards)
    visits = [("", yours.visit(0, counter=name, shards=count)) for name in yours.names()]
    visits += [(name, yours.visit(BEGIN + 1 + second, place=reader, counter=name, shards=count))
               for name in yours.names() for second in range(yours.visits)]  # fmt: skip
    found = yours.played(yours.open(row), visits)
    spans = [[max(c.end for c in calls) - min(c.start for c in calls) for calls in each if calls] for each in found]
    return of_ratio([1000 * sum(each) for each in spans], [len(each) for each in spans])


def fan_out(
    worker: Any = sources.SHARDS, *, shards: Sequence[float] = SHARDS, place: str = "LHR", reader: str = "GRU",
    seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The mean ms of a read of all shards against how many there are, in three views.

    The shards are born at `place`, by its visitor, and read from `reader`. `asked` is as in `Yours`, with `{counter}`
    and `{shards}` in the `url`.
    """
    seed = streams.own(seed, "fan_out", place, reader)
    usual = {"url": "/{counter}/total/{shards}", "visits": 5, "lab": {"durable_objects": {"SHARD": "Shard"}}}
    yours = worker and Yours(worker, seed=seed, place=place, **{**usual, **asked})
    rtt = Links().rtt(reader, place)
    return three_views(
        AXES, shards, partial(mean_slowest, rtt=rtt), partial(model, seed=seed, rtt=rtt),
        yours and partial(observe, yours=yours, reader=reader), executor=executor,
        label=f"shards in {place}, read in {reader}", assumptions=(ASSUMPTION, "jitter is lognormal, 5 % wide."),
    )  # fmt: skip
