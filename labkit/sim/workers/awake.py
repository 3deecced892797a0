"""Awake: which share of a month a container runs, and so is billed, against the requests that it gets.

A container that scales to zero runs from a request until `sleep_after` seconds after the end of the last one. A few
requests an hour, spread by chance, keep it up all day: from one request in a `sleep_after` on, scaling to zero saves
nothing, and the bill is that of a server that is always on.

Closed form: 1 - e^(-lam (S + tau)), S the mean time of a request and tau the `sleep_after`: that M/G/infinity
with services of S + tau is not empty, whatever their distribution (L. Takacs, "Introduction to the Theory of Queues",
1962, chapter 3). Assumed: Poisson requests, one instance that takes any number at once, a start that takes no time.
What is said of the container's life: https://developers.cloudflare.com/containers/container-package/
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial

import numpy as np

from labkit import facts
from labkit.errors import LabError
from labkit.sim import refusals, streams
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import LEAST_REPLICATIONS, Estimate, of_mean

SLEEP_AFTER = float(facts.value("containers.sleep_after"))
RATES = (1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2)
REQUESTS = 5000
AXES = Axes("A container that sleeps", "requests/s", "share of the month that it runs", log_x=True)


def awake_share(requests_per_s, wall: float, sleep_after: float = SLEEP_AFTER):
    """The long-run share of time that one instance runs; `wall` is the mean time of a request in seconds."""
    return -np.expm1(-np.multiply(requests_per_s, wall + sleep_after))


def starts_per_s(requests_per_s, wall: float, sleep_after: float = SLEEP_AFTER):
    """How often it starts, in 1/s: requests that find it asleep, lam e^(-lam (S + tau))."""
    return np.multiply(requests_per_s, 1 - awake_share(requests_per_s, wall, sleep_after))


def running(at: np.ndarray, wall: np.ndarray, sleep_after: float, until: float) -> float:
    """Seconds up to `until` that an instance runs which requests reach at sorted times `at` and keep for `wall`."""
    sleeps = np.maximum.accumulate(at + wall + sleep_after)
    woken = np.maximum(at, np.concatenate(([-np.inf], sleeps[:-1])))
    return float(np.clip(np.minimum(sleeps, until) - woken, 0, None).sum())


def model(row: int, requests_per_s: float, *, seed: int, wall: float, sleep_after: float) -> Estimate:
    """The share of time that it runs, with exponential times of a request, over twenty spans of 5,000 requests."""
    draw = partial(_share, requests_per_s, seed, row, wall, sleep_after)
    return of_mean([draw(number) for number in range(LEAST_REPLICATIONS)], REQUESTS * LEAST_REPLICATIONS)


def _share(rate: float, seed: int, row: int, wall: float, sleep_after: float, replication: int) -> float:
    random = streams.generator(seed, row, replication)
    before = 40 * (wall + sleep_after)  # by then it has been forgotten that nothing ran at the start
    span = REQUESTS / rate
    at = np.sort(random.random(random.poisson(rate * (before + span)))) * (before + span) - before
    walls = random.exponential(wall, at.size)
    return (running(at, walls, sleep_after, span) - running(at, walls, sleep_after, 0.0)) / span


def awake(
    worker: None = None, *, requests_per_s: Sequence[float] = RATES, wall: float = 0.1,
    sleep_after: float = SLEEP_AFTER, seed: int = 4, executor: Executor | None = None,
) -> Agreement:  # fmt: skip
    """The share of time that a container runs against its request rate. No Worker is asked: a lab has no containers."""
    if worker is not None:
        raise LabError("a lab has no containers to watch: call workers.awake() without a Worker")
    refusals.above_0(requests_per_s=requests_per_s, wall=wall, sleep_after=sleep_after)
    shared = {"wall": wall, "sleep_after": sleep_after}
    return three_views(
        AXES, requests_per_s, partial(awake_share, **shared), partial(model, seed=seed, **shared), executor=executor,
        label=f"sleeps after {sleep_after:g} s",
    )  # fmt: skip
