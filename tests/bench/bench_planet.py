"""Requests a second that a planet under load plays: a small Worker at 300 places, beside SimPy with a timeout each.

In seconds of one core. SimPy does nothing but wake one process a request: what no request can be cheaper than.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import Any

import simpy

from labkit.lab import Lab
from labkit.sim.planet import ClosedLoop, Planet, Poisson
from labkit.sim.planet.loads import Load
from tests.bench import Row, best
from tests.bench.bench_lab import Flag, Hello

REQUESTS, PLACES, PER_S = 20_000, 300, 2_000


def rate(count: int, work: Callable[[], object]) -> float:
    """Requests a second of one core."""
    begun = time.process_time()
    work()
    return count / max(time.process_time() - begun, 1e-9)


def played(worker: type, traffic: Load, seconds: float, **options: Any) -> float:
    """Requests a second once the isolates have started."""
    lab = Lab(worker, **options)
    Planet(lab, Poisson(PER_S, places=PLACES), 0.5, trace=False).run()

    def once() -> float:
        begun = time.process_time()
        results = Planet(lab, traffic, seconds, trace=False).run()
        return len(results) / max(time.process_time() - begun, 1e-9)

    return best(once)


def arrive(env: simpy.Environment, requests: int) -> Generator[simpy.Event, Any, None]:
    for _ in range(requests):
        yield env.timeout(1 / PER_S)


def by_simpy(requests: int) -> None:
    env = simpy.Environment()
    env.process(arrive(env, requests))
    env.run()


def run(scale: float = 1.0) -> list[Row]:
    requests = max(20, int(REQUESTS * scale))
    seconds, traffic = requests / PER_S, Poisson(PER_S, places=PLACES)
    simpy_rate = best(lambda: rate(requests, lambda: by_simpy(requests)))
    plain = played(Hello, traffic, seconds)
    keys = Poisson(PER_S, places=PLACES, url="/items/{key}", keys=10_000)
    drawn = best(lambda: rate(50 * requests, lambda: keys.arrivals(50 * seconds)))
    return [
        Row("planet: open traffic", plain, "requests/s", aim=20_000, note=f"{PLACES} places, a Worker that answers"),
        Row("planet: with Zipf keys", played(Hello, keys, seconds), "requests/s", note="10,000 keys"),
        Row("planet: with one KV read", played(Flag, traffic, seconds, kv=["KV"]), "requests/s"),
        Row("planet: users in a closed loop", played(Hello, ClosedLoop(500, 0.25), seconds), "requests/s"),
        Row("SimPy: one timeout a request", simpy_rate, "requests/s", note="no network, no Worker, no answer"),
        Row("planet against SimPy's timeout", simpy_rate / plain, "times longer", note="for a whole request"),
        Row("planet: arrivals alone", drawn, "requests/s", note="times, places, Zipf keys, as arrays"),
    ]
