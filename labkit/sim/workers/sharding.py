"""Sharding: which share of a place's requests starts cold, against the machines that each Worker is spread over.

A place has many machines. Where any of them takes any request, a Worker that is asked for once a minute is asked for
once in five hours on each of three hundred, and is cold nearly always. Where a consistent hash sends it to one, that
one is warm. The platform calls it "shard and conquer"; the busiest Workers still need several machines.

Closed form: a Worker at rate lam over S machines is cold in e^(-lam tau / S) of its requests (`cold_fraction`).
Over all Workers: requests belong to one slower than lam with chance (lam / lam_1)^a, up to lam_1, the busiest. Then
    cold(S) = a x^(-a) gamma(a, x), x = lam_1 tau / S;    for x >> 1, Gamma(a + 1) (S / (lam_1 tau))^a.
So sharding makes cold starts S^a times rarer, whatever tau is. Rates by Zipf's law of exponent s have a = 1 - 1/s.

Source of the mechanism: https://blog.cloudflare.com/eliminating-cold-starts-2-shard-and-conquer/ (2025). Assumed: the
mix of rates (a power law, two parameters), Poisson requests, eviction by idleness alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from math import exp, gamma, log
from typing import Any

import numpy as np

from labkit.errors import LabError
from labkit.sim import refusals, streams
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, replicated
from labkit.sim.queueing import shard_of
from labkit.sim.workers import hello
from labkit.sim.workers.tenants import Tenants
from labkit.sim.workers.yours import KEEP_ALIVE

ASSUMPTION = (
    "the busiest Worker has {:g} requests/s at the place and requests belong to slower ones by a power law of exponent "
    "{:g}; code stays for {:g} s after its last request. None of these figures is published."
)
MACHINES = (1, 3, 10, 30, 100, 300)
WORKERS, EACH = 1000, 20
FAR = 40.0
AXES = Axes(
    "Sharding", "machines that a Worker is spread over", "share of all requests that start cold", log_x=True, whole=True
)


def cold_share(machines: float, *, busiest: float, tail: float, keep_alive: float = KEEP_ALIVE) -> float:
    """The long-run share of cold requests; `busiest` is lam_1 in requests/s at the place, `tail` is a."""
    x = busiest * keep_alive / machines
    if x > FAR:
        return gamma(tail + 1) * x**-tail  # what is left out is e^-x of it
    term = total = 1 / tail
    for n in range(1, 400):
        term *= x / (tail + n)
        total += term
    return tail * exp(-x) * total


def fitted_mix(before: float, after: float, machines: float, keep_alive: float = KEEP_ALIVE) -> tuple[float, float]:
    """`busiest` and `tail` of the mix whose cold share is `before` over that many machines and `after` on one each.

    Cloudflare reports 0.001 and 0.0001. Thirty machines need a = 0.68 and a busiest Worker of about 1,100 requests/s
    at one place, which is plausible; three hundred need ten million, which is not. So either places are smaller on
    average, or something else starts cold too, such as deployments. The fit is of an order of magnitude, no more.
    """
    if not 0 < after < before < 1 or machines <= 1:
        raise LabError(f"cold shares {before:g} and then {after:g} over {machines:g} machines: sharding lowers it")
    tail = log(before / after) / log(machines)
    return (gamma(tail + 1) / after) ** (1 / tail) / keep_alive, tail


def home(workers: np.ndarray, machines: int, seed: int = 0) -> np.ndarray:
    """The machine, from 0, of each Worker (whole numbers): the one whose hash with it is the highest.

    One machine more takes 1 / (machines + 1) of the Workers, and no other moves: only they start cold again. (D. Thaler
    and C. Ravishankar's rendezvous hashing, 1998; a ring of hashes moves as many.)
    """
    best, highest = np.zeros(workers.shape, dtype=np.int64), np.full(workers.shape, -1)
    for machine in range(machines):
        score = shard_of(shard_of(workers, 2**62, seed) + machine * 0x9E3779B97F4A7, 2**62, seed + 1)
        best, highest = np.where(score > highest, machine, best), np.maximum(score, highest)
    return best


def model(row: int, machines: float, *, seed: int, busiest: float, tail: float, keep_alive: float) -> Estimate:
    """The share of cold requests among 20 each of a thousand Workers, drawn as requests are, twenty times."""
    return replicated(partial(_colds, seed, row, int(machines), busiest, tail, keep_alive))


def _colds(seed: int, row: int, machines: int, busiest: float, tail: float, keep_alive: float,
           replication: int) -> tuple[int, int]:  # fmt: skip
    random = streams.generator(seed, row, replication)
    rates = draw_rates(random, WORKERS, busiest, tail)
    cold = count_cold(random, rates * keep_alive, machines, EACH)
    return int(cold.sum()), cold.size


def draw_rates(random: np.random.Generator, size: int, busiest: float, tail: float) -> np.ndarray:
    """Requests/s of the Workers that `size` requests are for."""
    return busiest * random.random(size) ** (1 / tail)


def count_cold(random: np.random.Generator, loads: np.ndarray, machines: int, each: int) -> np.ndarray:
    """Whether each request is cold, [Worker, n]: `each` requests of each Worker, every one at any of the machines.

    A Worker's time is measured in its own mean gaps, so that its `load`, lam tau, is how long code stays. It begins
    with a request, which is not counted: from any other moment on, the first gap would be one of the longer ones. The
    other machines were last asked as long ago as in the long run.
    """
    at = np.cumsum(random.exponential(1, (loads.size, each)), axis=1)
    where = random.integers(machines, size=at.shape)
    last = -random.exponential(machines, (loads.size, machines))
    last[:, 0] = 0
    cold, everyone = np.empty(at.shape, dtype=bool), np.arange(loads.size)
    for n in range(each):
        cold[:, n] = at[:, n] - last[everyone, where[:, n]] >= loads
        last[everyone, where[:, n]] = at[:, n]
    return cold


def observe(row: int, machines: float, *, yours: Tenants, busiest: float, tail: float) -> Estimate:
    """The same on a lab, where each place is one machine of one Worker and gets 1/S of its requests."""
    random = streams.generator(yours.seed, row, len("yours"))
    rates = draw_rates(random, yours.places, busiest, tail) / machines
    return yours.share_cold(row, random.exponential(1, (yours.places, yours.each)) / rates[:, None])


def sharding(
    worker: Any = hello.Default, *, machines: Sequence[float] = MACHINES, busiest: float = 1.0, tail: float = 0.7,
    keep_alive: float = KEEP_ALIVE, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The share of cold requests against the `machines` of a place over which each Worker's requests are spread.

    `worker` is asked where `keep_alive` is the lab's own, None leaves it out. `asked` is as in `Tenants`.
    """
    refusals.above_0(machines=machines, busiest=busiest, tail=tail, keep_alive=keep_alive)
    if any(each % 1 for each in machines):
        raise LabError(f"machines={tuple(machines)}: say whole numbers of machines.")
    shared = {"busiest": busiest, "tail": tail}
    yours = Tenants(worker, seed=seed, **{"places": 300, **asked}) if worker and keep_alive == KEEP_ALIVE else None
    return three_views(
        AXES, machines, partial(cold_share, keep_alive=keep_alive, **shared),
        partial(model, seed=seed, keep_alive=keep_alive, **shared), yours and partial(observe, yours=yours, **shared),
        executor=executor, assumptions=(ASSUMPTION.format(busiest, tail, keep_alive),),
    )  # fmt: skip
