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

import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np

from labkit.sim import backlog, queueing, streams, traffic, waiting
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.backlog import Mix
from labkit.sim.durable_objects import sources
from labkit.sim.durable_objects.work import ASSUMPTION
from labkit.sim.durable_objects.yours import BEGIN, QUIET, Visits, Yours, took
from labkit.sim.estimates import Estimate, of_ratio, replicated
from labkit.sim.pops import law

SHARDS = (4, 6, 8, 16, 32)
REQUESTS = 5000
SETTLING = 40
"""Services after which queues that were empty are as in the long run, where nobody can be sent to a shard of choice."""
AXES = Axes("A counter in shards", "shards", "mean ms to a shard's answer", log_x=True)

Hash = Callable[[str, int], int]


def crc32(user: str, shards: int) -> int:
    """The shard of a user as the default Worker has it."""
    return zlib.crc32(user.encode()) % shards


def shard_rates(shards: int, rates: np.ndarray, shard_of: Hash | None) -> np.ndarray:
    """The requests a second that reach each shard, from those of each user; without a hash, all the same."""
    if shard_of is None:
        return np.full(shards, rates.sum() / shards)
    return np.bincount(placed(rates.size, shards, shard_of), weights=rates, minlength=shards)


def placed(users: int, shards: int, shard_of: Hash) -> np.ndarray:
    """The shard of each user."""
    return np.array([shard_of(f"user{n}", shards) for n in range(users)])


def mean_latency(shards: float, rates: np.ndarray, service: float, shard_of: Hash | None) -> float:
    """Milliseconds from a request's arrival at its shard to the answer, on average; infinite if one is overloaded."""
    return 1000 * (service + waiting.sharded_wait(shard_rates(round(shards), rates, shard_of), service))


def hot_key_floor(rates: np.ndarray, service: float) -> float:
    """What is left of that in ms when every user has a shard alone: hashing cannot do better, whatever N."""
    return 1000 * (service + waiting.sharded_wait(rates, service))


def fullest(users: int, shards: int) -> float:
    """The mean of the fullest shard's users by the mean shard's, for users of one weight that a fair hash places.

    Exact: P(max <= k) is that of `shards` Poisson numbers, each at most k, given that their sum is `users`, which is
    one coefficient of a power of a polynomial, taken by Fourier's transform (B. Levin, "A representation for
    multinomial cumulative distribution functions", 1981).
    """
    counts = np.arange(users + 1)
    logs = np.concatenate(([0.0], np.cumsum(np.log(counts[1:]))))
    one = np.exp(counts * np.log(users / shards) - users / shards - logs)
    whole = np.exp(users * np.log(users) - users - logs[-1])
    above, most = 0.0, -(-users // shards)
    while (beyond := 1 - _all_at_most(one[: most + 1], users, shards) / whole) > 1e-9:
        above, most = above + beyond, most + 1
    return (-(-users // shards) + above) * shards / users


def _all_at_most(chances: np.ndarray, users: int, shards: int) -> float:
    """The chance that numbers with these chances add up to `users`: the other coefficients fold onto none of it."""
    size = (chances.size - 1) * shards + 1
    turned = np.fft.fft(chances, size) ** shards
    return float(np.fft.ifft(turned)[users].real) if users < size else 0.0


def model(row: int, shards: float, *, seed: int, rates: np.ndarray, service: float, shard_of: Hash | None) -> Estimate:
    """The same over about 5,000 requests, twenty times, every shard from its long-run state."""
    return replicated(partial(_latencies, round(shards), seed, row, rates, service, shard_of))


def _latencies(shards: int, seed: int, row: int, rates: np.ndarray, service: float, shard_of: Hash | None,
               replication: int) -> tuple[float, int]:  # fmt: skip
    random = streams.generator(seed, row, replication)
    before = [backlog.draw(random, rate, Mix((service,)))[1] for rate in shard_rates(shards, rates, shard_of)]
    requests = random.poisson(REQUESTS)
    arrivals = np.sort(random.uniform(0, REQUESTS / rates.sum(), requests))
    users = np.searchsorted(np.cumsum(rates) / rates.sum(), random.random(requests))
    where = random.integers(shards, size=requests) if shard_of is None else placed(rates.size, shards, shard_of)[users]
    served = queueing.serve_sharded(
        np.concatenate((np.arange(shards), where)), np.concatenate((np.zeros(shards), arrivals)),
        np.concatenate((before, np.full(requests, service))),
    )  # fmt: skip
    return 1000 * float(served.sojourn[shards:].sum()), requests


def observe(row: int, shards: float, *, yours: Yours, rates: np.ndarray, service: float, shard_of: Hash | None,
            total: str) -> Estimate:  # fmt: skip
    """The same on a lab; each of many counters is a replication, its shards born as its total is read."""
    count = round(shards)
    visits = [visit for number, name in enumerate(yours.names())
              for visit in visits_of(row, number, name, count, yours, rates, service, shard_of, total)]  # fmt: skip
    found = yours.played(yours.open(row, QUIET), visits)
    return of_ratio([1000 * sum(map(took, each)) for each in found], [len(each) for each in found])


def visits_of(row: int, number: int, name: str, shards: int, yours: Yours, rates: np.ndarray, service: float,
              shard_of: Hash | None, total: str) -> Visits:  # fmt: skip
    """One counter's visits: who is there in the long run, and those that count."""
    random, end = yours.generator(row, number), BEGIN + yours.visits / rates.sum()
    visits: list[tuple[str, traffic.Visit]] = [("", traffic.Visit(0, yours.place, _filled(total, name, shards)))]
    asks = partial(yours.visit, counter=name, shards=shards)
    start = BEGIN - (SETTLING * service if shard_of is None else 0)
    for users in _users_by_shard(rates.size, shards, shard_of) if shard_of else ():
        there, left = backlog.draw(random, rates[users].sum(), Mix((service,)))
        visits += [("", asks(BEGIN - (there.size * service - left), user=f"user{users[0]}")) for _ in there]
    moments = list(traffic.moments(yours.random(row, number), rates.sum(), start, end))
    who = np.searchsorted(np.cumsum(rates) / rates.sum(), random.random(len(moments)))
    return visits + [(name if at >= BEGIN else "", asks(at, user=f"user{user}"))
                     for at, user in zip(moments, who, strict=True)]  # fmt: skip


def _users_by_shard(users: int, shards: int, shard_of: Hash) -> list[np.ndarray]:
    where = placed(users, shards, shard_of)
    return [np.flatnonzero(where == shard) for shard in range(shards)]


def _filled(url: str, counter: str, shards: int) -> str:
    return url.replace("{counter}", counter).replace("{shards}", str(shards))


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
    hashed = shard_of if pick == "keyed" else None
    usual = {"url": f"/{{counter}}/{pick}/{{user}}/{{shards}}/{ms:g}", "visits": 60,
             "lab": {"durable_objects": {"SHARD": "Shard"}}}  # fmt: skip
    yours = worker and Yours(worker, seed=seed, **{**usual, **asked})
    shared = {"rates": requests_per_s * law(users, alpha).probabilities, "service": ms / 1000, "shard_of": hashed}
    return three_views(
        AXES, shards, partial(mean_latency, **shared), partial(model, seed=seed, **shared),
        yours and partial(observe, yours=yours, total=total, **shared), executor=executor,
        label=f"{pick} shards", assumptions=(ASSUMPTION,),
    )  # fmt: skip
