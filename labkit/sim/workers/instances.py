"""Instances that serve one request at a time: which share of requests finds none idle, and starts one more.

An isolate serves any number of requests at once, so that one request keeps it warm for all. An instance of Lambda
serves one: two requests at one moment need two, and the second starts cold however busy the function is. What is warm
then is as many instances as there were requests at once within the last keep-alive time.

No closed form is known, so theory is an exact Markov chain, solved to machine precision: i instances at work, j idle,
Poisson requests at lam, exponential services of mean S, each idle instance gone at rate 1 / tau. A request is cold
where j = 0 (PASTA). The chain is a level-dependent quasi-birth-death process in j (G. Latouche and V. Ramaswami,
"Introduction to Matrix Analytic Methods in Stochastic Modeling", 1999, chapter 12), cut off nine standard deviations of
the number at work above its mean, and more.
From the balance of starts and ends: cold share = E[j] / (lam tau).

Assumed: exponential keep-alive of mean tau, where a platform's own rule is not published, and starts that take no time.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from concurrent.futures import Executor
from functools import lru_cache, partial
from math import sqrt

import numpy as np

from labkit import facts
from labkit.errors import LabError
from labkit.sim import compiled, refusals, streams
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, replicated

KEEP_ALIVE = float(facts.value("aws_lambda.keep_alive"))
ASSUMPTION = "an instance serves one request at a time and is kept for {:g} s on average; no figure is published."
RATES = (0.001, 0.003, 0.01, 0.1, 1)
REQUESTS = 3000
FORGOTTEN = 10
"""Times of a request and of an idle instance after which nothing is left of the start: e^-10 of it."""
AXES = Axes("One request an instance", "requests/s", "share of requests that start cold", log_x=True)


def cold_share(requests_per_s: float, wall: float, keep_alive: float = KEEP_ALIVE) -> float:
    """The long-run share of requests that find no idle instance; `wall` is the mean time of a request in seconds."""
    return float(stationary(requests_per_s, wall, keep_alive)[:, 0].sum())


def mean_idle(requests_per_s: float, wall: float, keep_alive: float = KEEP_ALIVE) -> float:
    """How many instances wait for a request, on average."""
    chances = stationary(requests_per_s, wall, keep_alive)
    return float(chances.sum(axis=0) @ np.arange(chances.shape[1]))


@lru_cache(64)
def stationary(requests_per_s: float, wall: float, keep_alive: float) -> np.ndarray:
    """The chance of each state, [at work, idle].

    Level by level from the highest: pi_j = pi_(j-1) R_j, R_j = U (-(L_j + R_(j+1) D_(j+1)))^-1, with the rates U of
    one more idle, D_j of one less, L_j of neither.
    """
    load = requests_per_s * wall
    most = int(load + 9 * sqrt(load) + 14)
    up, arrivals = np.diag(np.arange(1, most + 1) / wall, -1), np.diag(np.full(most, requests_per_s), 1)

    def down(idle: int) -> np.ndarray:
        return arrivals + idle / keep_alive * np.eye(most + 1)

    def within(idle: int) -> np.ndarray:
        kept = arrivals if idle == 0 else np.zeros_like(arrivals)
        rates = (0 if idle == most else up) + (0 if idle == 0 else down(idle)) + kept
        return kept - np.diag(np.sum(rates, axis=1))

    ratios, above = [], np.zeros_like(up)
    for idle in range(most, 0, -1):
        ratios.append(up @ np.linalg.inv(-(within(idle) + above)))
        above = ratios[-1] @ down(idle)
    return _levels(_null_vector(within(0) + above), ratios[::-1])


def _null_vector(rates: np.ndarray) -> np.ndarray:
    """The row x with x `rates` = 0 and a sum of 1."""
    system = np.column_stack((rates[:, 1:], np.ones(len(rates))))
    return np.linalg.solve(system.T, np.eye(len(rates))[-1])


def _levels(lowest: np.ndarray, ratios: Sequence[np.ndarray]) -> np.ndarray:
    levels = [lowest]
    for ratio in ratios:
        levels.append(levels[-1] @ ratio)
    return np.clip(np.column_stack(levels) / np.sum(levels), 0, None)


def model(row: int, requests_per_s: float, *, seed: int, wall: float, keep_alive: float) -> Estimate:
    """The share of cold requests among 3,000, twenty times, once it has been forgotten that none ran at the start."""
    return replicated(partial(_colds, requests_per_s, seed, row, wall, keep_alive))


def _colds(rate: float, seed: int, row: int, wall: float, keep_alive: float, replication: int) -> tuple[int, int]:
    random = streams.generator(seed, row, replication)
    size = REQUESTS + int(FORGOTTEN * (wall + keep_alive) * rate)
    arrivals = np.cumsum(random.exponential(1 / rate, size))
    cold = cold_requests(arrivals, random.exponential(wall, size), random.exponential(keep_alive, size))
    return int(cold[-REQUESTS:].sum()), REQUESTS


def cold_requests(arrivals: np.ndarray, services: np.ndarray, patience: np.ndarray) -> np.ndarray:
    """Whether each request finds no idle instance. It takes the one that became idle last.

    None runs at the start. The n-th instance to become idle, of all times, leaves `patience[n]` seconds later.
    """
    if np.any(arrivals[1:] < arrivals[:-1]):
        raise LabError("the arrivals are not in order of time: sort them")
    return np.array(compiled.run(_serve, arrivals, services, patience, numba=False), bool)


def _serve(arrivals, services, patience):
    """One heap of the moments at which services end, one stack of the moments at which idle instances leave."""
    working, idle, cold, stopped = [], [], [], 0
    for now, service in zip(arrivals, services, strict=True):
        while working and working[0] <= now:
            idle.append(heapq.heappop(working) + patience[stopped])
            stopped += 1
        while idle and idle[-1] <= now:
            idle.pop()
        cold.append(not idle)
        if idle:
            idle.pop()
        heapq.heappush(working, now + service)
    return cold


def instances(
    worker: None = None, *, requests_per_s: Sequence[float] = RATES, wall: float = 1.0,
    keep_alive: float = KEEP_ALIVE, seed: int = 4, executor: Executor | None = None,
) -> Agreement:  # fmt: skip
    """The share of cold requests against their rate, each taking `wall` seconds. No Worker is asked: isolates share."""
    if worker is not None:
        raise LabError(
            "a lab's isolates serve any number of requests at once: call workers.instances() without a Worker"
        )
    refusals.above_0(requests_per_s=requests_per_s, wall=wall, keep_alive=keep_alive)
    shared = {"wall": wall, "keep_alive": keep_alive}
    return three_views(
        AXES, requests_per_s, partial(cold_share, **shared), partial(model, seed=seed, **shared), executor=executor,
        label=f"requests of {wall:g} s, one an instance", assumptions=(ASSUMPTION.format(keep_alive),),
    )  # fmt: skip
