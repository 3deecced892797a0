"""Cold starts: which share of requests finds no running copy of the code.

A server keeps the code running for `keep_alive` seconds after its last request. Traffic spread over S servers
gives each 1/S of it, so the same code that is always warm in one region is nearly always cold in 300 cities.
That is why a platform that is everywhere must start in milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial

import numpy as np

from labkit import facts
from labkit.sim import streams, ttl
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, replicated

KEEP_ALIVE = float(facts.value("workers.isolate_idle"))
ASSUMPTION = "code stays for 600 s after its last request (facts, workers.isolate_idle); no figure is published."
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


def cold_starts(
    *, requests_per_s: Sequence[float] = RATES, servers: int = 300, keep_alive: float = KEEP_ALIVE, seed: int = 4,
    executor: Executor | None = None,
) -> Agreement:  # fmt: skip
    return three_views(
        AXES, requests_per_s, partial(cold_fraction, servers=servers, keep_alive=keep_alive),
        partial(model, seed=seed, servers=servers, keep_alive=keep_alive),
        executor=executor, label=f"{servers} servers", assumptions=(ASSUMPTION,),
    )  # fmt: skip
