"""How many requests a second the numpy models take, against a dictionary and a loop, and against sorting alone.

In seconds of one core, which other work on the machine takes away less than seconds on the wall.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from labkit.sim import streams, ttl
from labkit.sim.kv import copies
from tests.bench import Row, best

POPS, KEYS, TTL, SECONDS = 330, 1_000_000, 60.0, 600.0
REQUESTS, LOOPED = 10_000_000, 300_000
TICKS = streams.Ticks(SECONDS, TTL)


def many_keys(requests: int, zipf: streams.Zipf) -> None:
    """PoP by PoP: draw keys and moments, sort, find the fills. `requests` in all, from nothing to the hit ratio."""
    for pop in range(POPS):
        random = streams.generator(1, pop)
        each = random.poisson(requests / POPS)
        stream = streams.pack(zipf.draw(random, each), random.integers(0, int(TICKS.of(SECONDS)), each))
        ttl.fills(stream, int(TICKS.of(TTL)))


def sample(requests: int, zipf: streams.Zipf) -> tuple[np.ndarray, np.ndarray]:
    """Keys and ticks of one place's requests, unsorted."""
    random = streams.generator(2)
    return zipf.draw(random, requests), random.integers(0, int(TICKS.of(SECONDS)), requests)


def rate(count: int, work: Callable[[], object]) -> float:
    """Requests a second of one core."""

    def once() -> float:
        begun = time.process_time()
        work()
        return count / (time.process_time() - begun)

    return best(once)


def run(scale: float = 1.0) -> list[Row]:
    requests, looped = max(POPS, int(REQUESTS * scale)), max(100, int(LOOPED * scale))
    zipf = streams.Zipf(max(100, int(KEYS * scale)), 1.0)
    keys, ticks = sample(looped, zipf)
    stream, lifetime = streams.pack(keys, ticks), int(TICKS.of(TTL))
    random = streams.generator(3)
    whole = rate(requests, lambda: many_keys(requests, zipf))
    kernel = rate(looped, lambda: ttl.fills(streams.pack(keys, ticks), lifetime))
    sort = rate(looped, lambda: np.sort((keys << streams.TICK_BITS) | ticks))
    loop = rate(looped, lambda: ttl.plain_fills(stream, lifetime))
    one_key = rate(requests, lambda: copies.simulate(random, POPS, requests / POPS / SECONDS, SECONDS, TTL))
    return [
        Row("model: PoP caching, drawn and counted", whole, "requests/s", aim=10e6, note=f"{POPS} PoPs, Zipf's keys"),
        Row("model: PoP caching, counted", kernel, "requests/s", note="sort and find the fills"),
        Row("numpy: sort of the same", sort, "requests/s"),
        Row("python: a dictionary and a loop", loop, "requests/s", note="on a sorted stream"),
        Row("model: ages and staleness of each read", one_key, "requests/s", note="one key at every PoP"),
        Row("model against the loop", kernel / loop, "times"),
        Row("model against sorting alone", kernel / sort, "times"),
    ]
