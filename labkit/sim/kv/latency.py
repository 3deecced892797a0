"""KV's read latency: a mixture of the tiers that answer, each at its own distance, as a whole distribution.

"Under 10 ms" is true of a hit in the place's own cache. A miss goes to the regional tier and, where that has not got
the key, on to a central store on another continent. The median shows the hits and the tail shows the geography, so a
dashboard of medians hides what the reader in Sydney sees.

Theory: P(a read takes at most x) = mean over places of h L(x) + (1 - h) (r R(x) + (1 - r) S(x)). h is the hit ratio, r
the share of misses that the regional tier answers. L is lognormal (facts, kv.local_read and kv.service_sigma); R and S
are sums of independent lognormal times, one for each message on the way (network.jitter) and one for the service,
convolved on a grid of half a millisecond. No queueing.

A Worker's first read ends with the request's CPU time (facts, workers.cpu_base_ms) besides, as the lab's trace shows
it: the phenomenon adds that to all three views, `quantile` does not.

Assumed: where the tiers are, and all medians (facts/kv.toml); the network's round trips are right to about 10 %.
How well this meets what has been measured: `labkit.sim.kv.measured`.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import cache, partial
from math import erf, log, sqrt
from typing import Any

import numpy as np

from labkit import facts
from labkit.network.links import half_rtt
from labkit.sim import refusals, streams, traffic
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, replicated
from labkit.sim.kv import reader
from labkit.sim.kv.copies import REFRESH, hit_ratio
from labkit.sim.kv.yours import Yours

WITHIN_MS = (1, 2, 5, 10, 20, 50, 100, 200)
AXES = Axes("KV read latency", "ms of a request's CPU and its read", "share of reads answered", log_x=True)
LOCAL, STORE = facts.value("kv.local_read"), facts.value("kv.central_read")
SIGMA, JITTER = facts.value("kv.service_sigma"), facts.value("network.jitter")
READS = 10_000
CPU_MS = facts.value("workers.cpu_base_ms")
STEP, SPAN = 0.0005, 2.0
GRID = np.arange(int(SPAN / STEP)) * STEP
ASSUMPTION = "the places of KV's tiers and the times that they take are not published; links are right to about 10 %."


def legs(colo: str) -> tuple[float, float]:
    """Median seconds one way from a place to its regional tier, and from that to the nearest central store."""
    regional = min(facts.value("kv.regional_tiers"), key=lambda tier: half_rtt(colo, tier))
    return half_rtt(colo, regional), min(half_rtt(regional, store) for store in facts.value("kv.central_stores"))


@cache
def _normal() -> tuple[np.ndarray, np.ndarray]:
    z = np.linspace(-9, 9, 18_001)
    return z, np.array([(1 + erf(each / sqrt(2))) / 2 for each in z])


def lognormal_within(seconds, median: float, sigma: float):
    """The chance that a lognormal time is at most `seconds`."""
    return np.interp((np.log(np.maximum(seconds, 1e-12)) - log(median)) / sigma, *_normal())


def hot_within(seconds):
    """The chance that a hit takes at most `seconds`."""
    return lognormal_within(seconds, LOCAL, SIGMA)


@cache
def miss_within(colo: str, tier: str, trips: float = 1.0) -> np.ndarray:
    """The chance, at each time of the grid and half a step, that "regional" or "store" has answered a place.

    `trips` is how many round trips of the network the value takes.
    """
    to_region, to_centre = legs(colo)
    ways = [to_region] if tier == "regional" else [to_region, to_centre]
    transform = np.fft.rfft(_mass(LOCAL if tier == "regional" else STORE, SIGMA), 2 * GRID.size)
    for median in filter(None, ways):
        transform = transform * np.fft.rfft(_mass(trips * median, JITTER), 2 * GRID.size) ** 2
    return np.cumsum(np.fft.irfft(transform)[: GRID.size])


def _mass(median: float, sigma: float) -> np.ndarray:
    """The chance of each step of the grid."""
    return np.diff(lognormal_within(GRID + STEP / 2, median, sigma), prepend=0.0)


def answered_within(ms: float, *, hot: float, regional: float = 1.0, places: Sequence[str],
                    trips: float = 1.0) -> float:  # fmt: skip
    """The share of reads that take at most `ms`, over all places alike; `regional` is of the misses."""
    late = sum(distribution(hot, regional, tuple(places), trips)[1:])
    return float(hot * hot_within(ms / 1000) + np.interp(ms / 1000, GRID + STEP / 2, late))


@cache
def distribution(hot: float, regional: float, places: tuple[str, ...], trips: float = 1.0) -> tuple[np.ndarray, ...]:
    """The parts of the distribution on the grid and half a step: hits, regional misses and reads of a central store."""
    weights = {"regional": (1 - hot) * regional, "store": (1 - hot) * (1 - regional)}
    late = [
        weight * np.mean([miss_within(colo, tier, trips) for colo in places], axis=0) if weight else np.zeros(GRID.size)
        for tier, weight in weights.items()
    ]
    return hot * hot_within(GRID + STEP / 2), *late


def quantile(share: float, *, hot: float, regional: float, places: Sequence[str], trips: float = 1.0) -> float:
    """The seconds within which that share of the reads is answered."""
    total = sum(distribution(hot, regional, tuple(places), trips))
    return float(np.interp(share, total, GRID + STEP / 2))


def draw(random: np.random.Generator, reads: int, *, hot: float, regional: float, places: Sequence[str]) -> np.ndarray:
    """Seconds of so many reads at places drawn at random, each message and each service drawn by itself."""
    ways = np.array([legs(colo) for colo in places])[random.integers(0, len(places), reads)]
    missed, far = random.random(reads) >= hot, random.random(reads) >= regional
    reached = np.stack([missed, missed & far], axis=1)
    messages = (ways[..., None] * random.lognormal(0, JITTER, (reads, 2, 2))).sum(axis=2)
    return np.where(missed & far, STORE, LOCAL) * random.lognormal(0, SIGMA, reads) + (messages * reached).sum(axis=1)


def model(row: int, ms: float, *, seed: int, hot: float, places: Sequence[str]) -> Estimate:
    """The share of 10,000 reads that take at most `ms`, twenty times."""
    return replicated(partial(_in_time, ms - CPU_MS, seed, row, hot, places))


def _in_time(ms: float, seed: int, row: int, hot: float, places: Sequence[str], replication: int) -> tuple[int, int]:
    took = draw(streams.generator(seed, row, replication), READS, hot=hot, regional=1.0, places=places)
    return int((took <= ms / 1000).sum()), READS


def observe(row: int, ms: float, *, yours: Yours, reads_per_s: float, cache_ttl: float) -> Estimate:
    """The same on a lab: reads that take at most `ms`. First each place reads once, so that regional tiers are warm."""
    lab, begin, pairs = yours.lab(row, cache_ttl), 3 * cache_ttl, yours.everywhere()
    traffic.play(lab, [yours.visit(0, *pair) for pair in pairs])
    traffic.play(lab, yours.holders(row, reads_per_s, cache_ttl, begin, pairs))
    seconds = yours.visits / (reads_per_s * yours.places)
    traffic.play(lab, yours.arrivals(row, reads_per_s, begin, begin + seconds, pairs))
    return yours.share(yours.reads(lab, begin), lambda read: read.seconds <= ms / 1000)


def latency(
    worker: Any = reader.Default, *, within_ms: Sequence[float] = WITHIN_MS, reads_per_s: float = 0.03,
    cache_ttl: float = 60, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The share of reads answered within so many ms, in three views, of a key that nobody writes.

    `reads_per_s` are those of the key at each place; `worker` and `asked` are as in `caching`: `places=100` are those
    of theory and model too.
    """
    refusals.above_0(within_ms=within_ms, reads_per_s=reads_per_s, cache_ttl=cache_ttl)
    yours = Yours(worker, seed=seed, **asked)
    shared = {"hot": float(hit_ratio(reads_per_s, cache_ttl, REFRESH)), "places": yours.cities()}
    return three_views(
        AXES, within_ms, lambda ms: answered_within(ms - CPU_MS, **shared), partial(model, seed=seed, **shared),
        worker and partial(observe, yours=yours, reads_per_s=reads_per_s, cache_ttl=cache_ttl),
        executor=executor, label=f"{shared['hot']:.0%} hits", assumptions=(ASSUMPTION,),
    )  # fmt: skip
