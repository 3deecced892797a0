"""Sharding: how long a count takes as one counter is spread over N objects, by a hash of the user or at random.

One object bears 1 / S requests a second and N bear N times that, if all are asked alike. A hash of the user is not that
fair: some shards hold more users, and whoever asks most is in one of them. No N helps against the hottest user, since
p_max lam S must stay below 1: from some N on only a random shard helps, which any count can use and a user's own state
cannot. What shards cost is in `fan_out`.

Theory: E[T] = S + sum_j (lam_j / lam) W(lam_j), each shard an M/D/1 queue, for Poisson requests at lam (L. Kleinrock,
"Queueing Systems" I (1975), 5.6; Poisson streams that are split stay Poisson). Users ask by Zipf's law. The hash is
given, so that lam_j are numbers and not chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np

from labkit.errors import LabError
from labkit.sim import backlog, queueing, streams, traffic, waiting
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.backlog import Mix
from labkit.sim.durable_objects import sources
from labkit.sim.durable_objects.hashing import Hash, Users, crc32, placed
from labkit.sim.durable_objects.work import ASSUMPTION
from labkit.sim.durable_objects.yours import BEGIN, QUIET, Visits, Yours, took
from labkit.sim.estimates import Estimate, of_ratio, replicated
from labkit.sim.pops import law

SHARDS = (4, 6, 8, 16, 32)
PICKS = ("keyed", "random")
REQUESTS = 20_000
SETTLING = 6
AXES = Axes("A counter in shards", "shards", "mean ms to a shard's answer", log_x=True, whole=True)


def mean_latency(shards: float, users: Users) -> float:
    """Milliseconds from a request's arrival at its shard to the answer, on average; infinite if one is overloaded."""
    return 1000 * (users.service + waiting.sharded_wait(users.by_shard(round(shards)), users.service))


def hot_key_floor(rates: np.ndarray, service: float) -> float:
    """What is left of that in ms when every user has a shard alone: hashing cannot do better, whatever N."""
    return 1000 * (service + waiting.sharded_wait(rates, service))


def model(row: int, shards: float, *, seed: int, users: Users) -> Estimate:
    """The same over about 20,000 requests, twenty times, every shard from its long-run state."""
    return replicated(partial(_latencies, round(shards), seed, row, users))


def _latencies(shards: int, seed: int, row: int, users: Users, replication: int) -> tuple[float, int]:
    random = streams.generator(seed, row, replication)
    before = [backlog.draw(random, rate, Mix((users.service,)))[1] for rate in users.by_shard(shards)]
    requests = random.poisson(REQUESTS)
    arrivals = np.sort(random.uniform(0, REQUESTS / users.per_s, requests))
    where = users.where(random, shards, users.draw(random, requests))
    served = queueing.serve_sharded(
        np.concatenate((np.arange(shards), where)), np.concatenate((np.zeros(shards), arrivals)),
        np.concatenate((before, np.full(requests, users.service))),
    )  # fmt: skip
    return 1000 * float(served.sojourn[shards:].sum()), requests


def observe(row: int, shards: float, *, yours: Yours, users: Users, total: str) -> Estimate:
    """The same on a lab; each of many counters is a replication, its shards born as its total is read."""
    count, visits = round(shards), []
    for number, name in enumerate(yours.names()):
        url = total.replace("{counter}", name).replace("{shards}", str(count))
        visits.append(("", traffic.Visit(0, yours.place, url)))
        visits += _visits(row, number, count, yours, users)
    found = yours.played(yours.open(row, QUIET), visits)
    return of_ratio([1000 * sum(map(took, each)) for each in found], [len(each) for each in found])


def _visits(row: int, number: int, shards: int, yours: Yours, users: Users) -> Visits:
    """One counter's visits: who is there in the long run, and those that count."""
    name, random = yours.names()[number], yours.generator(row, number)
    ask = partial(yours.visit, counter=name, shards=shards)
    there = _there(random, shards, users)
    begin = BEGIN + max((seconds for _, _, seconds in there), default=0.0)
    start, begin = begin, begin + (0.0 if users.shard_of else settling(shards, users))
    moments = list(traffic.moments(yours.random(row, number), users.per_s, start, begin + yours.visits / users.per_s))
    come = zip(moments, users.draw(random, len(moments)), strict=True)
    return [
        *(("", ask(begin - seconds, user=f"user{user}")) for user, present, seconds in there for _ in range(present)),
        *((name if at >= begin else "", ask(at, user=f"user{user}")) for at, user in come),
    ]


def _there(random: np.random.Generator, shards: int, users: Users) -> list[tuple[int, int, float]]:
    """Who is there in the long run, for each shard of a hash: one of its users, how many requests, since when in s."""
    if users.shard_of is None:
        return []
    on, there = placed(users.rates.size, shards, users.shard_of), []
    for shard in np.unique(on):
        kinds, left = backlog.draw(random, users.rates[on == shard].sum(), Mix((users.service,)))
        there.append((int(np.argmax(on == shard)), kinds.size, kinds.size * users.service - left))
    return there


def settling(shards: int, users: Users) -> float:
    """Seconds after which shards that were empty are as in the long run, where nobody can be sent to one of choice.

    Measured: 6 S / (1 - rho)^2 after an empty start the mean wait is within 1 % of the long run's.
    """
    idle = 1 - users.per_s * users.service / shards
    return SETTLING * users.service / idle**2 if idle > 0 else 0.0


def sharding(
    worker: Any = sources.SHARDS, *, shards: Sequence[float] = SHARDS, pick: str = "keyed",
    requests_per_s: float = 1000, ms: float = 2, users: int = 200, alpha: float = 0.8, shard_of: Hash | None = crc32,
    total: str = "/{counter}/total/{shards}", seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The mean ms to a shard's answer against the number of shards, in three views.

    `users` ask `requests_per_s` in all, by Zipf's law with `alpha`, and each request computes for `ms`. `pick` is
    "keyed", by `shard_of` of the user and N, or "random". `asked` says how a Worker of one's own is asked, as in
    `Yours`, with `{counter}`, `{user}` and `{shards}` in its `url`; `total` makes it call all shards once.
    """
    if pick not in PICKS:
        raise LabError(f"pick={pick!r}: it is {', '.join(PICKS)}.")
    seed = streams.own(seed, "sharding", pick)
    usual = {"url": f"/{{counter}}/{pick}/{{user}}/{{shards}}/{ms:g}", "objects": 40, "visits": 30,
             "lab": {"durable_objects": {"SHARD": "Shard"}}}  # fmt: skip
    yours = worker and Yours(worker, seed=seed, **{**usual, **asked})
    rates = requests_per_s * law(users, alpha).probabilities
    who = Users(rates, ms / 1000, shard_of if pick == "keyed" else None)
    return three_views(
        AXES, shards, partial(mean_latency, users=who), partial(model, seed=seed, users=who),
        yours and partial(observe, yours=yours, total=total, users=who), executor=executor,
        label=f"{pick} shards", assumptions=(ASSUMPTION,),
    )  # fmt: skip
