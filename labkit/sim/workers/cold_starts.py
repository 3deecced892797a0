"""Cold starts: which share of requests finds no running copy of the code.

A server keeps the code running for `keep_alive` seconds after its last request. Traffic spread over S servers
gives each 1/S of it, so the same code that is always warm in one region is nearly always cold in 300 cities.
That is why a platform that is everywhere must start in milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np

from labkit.network.places import PLACES
from labkit.sim import refusals, streams, traffic, ttl
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import LEAST_REPLICATIONS, Estimate, replicated
from labkit.sim.workers import hello
from labkit.sim.workers.yours import KEEP_ALIVE, Yours

ASSUMPTION = "a place runs one copy of the code and keeps it for {:g} s after its last request; no figure is published."
RATES = (0.1, 0.3, 1, 3, 10)
REQUESTS = 10_000
AXES = Axes("Cold starts", "requests/s on the whole planet", "share of requests that start cold", log_x=True)


def cold_fraction(requests_per_s, servers=1, keep_alive=KEEP_ALIVE):
    """The long-run share of requests that start cold: e^(-lam tau / S), for Poisson requests at lam = `requests_per_s`.

    They are spread evenly over `servers`, one copy of the code on each, which serves any number at once.
    """
    return 1 - ttl.sliding_hit_ratio(np.divide(requests_per_s, servers), keep_alive)


def cold_fraction_at_first(requests_per_s, seconds, servers=1, keep_alive=KEEP_ALIVE):
    """The share of cold requests in the first `seconds` after a deployment, when no server runs the code yet.

    A request `u` seconds after the deployment is cold if none came in the last min(u, tau).
    """
    rate, edge = np.divide(requests_per_s, servers), np.minimum(seconds, keep_alive)
    return (-np.expm1(-rate * edge) / rate + (seconds - edge) * np.exp(-rate * edge)) / seconds


def model(row: int, requests_per_s: float, *, seed: int, servers: int, keep_alive: float) -> Estimate:
    """The share of cold requests among about 10,000, twenty times, from the long-run state."""
    return replicated(partial(_colds, requests_per_s, seed, row, servers, keep_alive))


def _colds(requests_per_s: float, seed: int, row: int, servers: int, keep_alive: float, replication: int):
    random = streams.generator(seed, row, replication)
    seconds = REQUESTS / requests_per_s
    since = np.minimum(draw_idle(random, servers, requests_per_s / servers), keep_alive)
    return count_cold(random, requests_per_s / servers, since, seconds, keep_alive)


def draw_idle(random: np.random.Generator, servers: int, rate: float) -> np.ndarray:
    """Seconds since each server's last request, in the long run."""
    return random.exponential(1 / rate, servers)


def count_cold(random: np.random.Generator, rate: float, idle: np.ndarray, seconds: float, keep_alive: float):
    """Cold and all requests of servers that were last asked `idle` seconds ago (at most `keep_alive`) and run on."""
    ticks = streams.Ticks(keep_alive + seconds, keep_alive)
    who, when = streams.poisson(random, idle.size, rate, keep_alive, keep_alive + seconds, ticks)
    servers = np.arange(idle.size)
    stream = streams.pack(np.concatenate([servers, who]), np.concatenate([ticks.of(keep_alive - idle), when]))
    return ttl.sliding_misses(stream, int(ticks.of(keep_alive))).size - idle.size, who.size


def observe(row: int, requests_per_s: float, *, yours: Yours) -> Estimate:
    """The same on a lab: visits to the learner's Worker that find no isolate at their place."""
    lab, visits = yours.played(row, requests_per_s)
    return yours.share(visits, traffic.part_of(visits, lab, "workers", "cold_start"))


def cold_starts(
    worker: Any = hello.Default, *, requests_per_s: Sequence[float] = RATES, servers: int = 300,
    keep_alive: float = KEEP_ALIVE, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The share of cold requests against the rate, spread over `servers` that keep code for `keep_alive` seconds.

    `worker` is asked where the lab's planet is that of the formula: 20 to 339 places and the lab's own keep-alive
    time. None leaves it out. `asked` says how, as in `Yours`: `url="/"`, `visits=400`, `lab={"kv": ["FLAGS"]}`.
    """
    refusals.above_0(requests_per_s=requests_per_s, servers=servers, keep_alive=keep_alive)
    shared = {"servers": servers, "keep_alive": keep_alive}
    can_follow = keep_alive == KEEP_ALIVE and LEAST_REPLICATIONS <= servers <= len(PLACES)
    yours = Yours(worker, places=servers, seed=seed, **asked) if worker and can_follow else None
    return three_views(
        AXES, requests_per_s, partial(cold_fraction, **shared), partial(model, seed=seed, **shared),
        yours and partial(observe, yours=yours), executor=executor,
        label="1 server" if servers == 1 else f"{servers} servers", assumptions=(ASSUMPTION.format(keep_alive),),
    )  # fmt: skip
