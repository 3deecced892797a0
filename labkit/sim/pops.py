"""Every PoP's cache under its own traffic: hundreds of millions of requests, in the memory of one PoP.

Poisson traffic of the planet splits into independent Poisson traffic of each PoP, so each is drawn, sorted and counted
by itself, with dice of its own (`streams.generator(seed, pop)`): no request is ever moved between them, the order does
not matter, and any executor gives the same counts. A PoP's slice fits the processor's cache, which halves the time of
the sort. Memory is that of the largest PoP's requests (about 60 bytes each) and of the table of keys (24 bytes each),
once a process.

Assumed: keys by Zipf's law and alike everywhere, all PoPs of one size unless `shares` says otherwise, a fixed TTL,
and caches that are empty at the start (as `labkit.sim.kv.mixture_hit_ratio` has it).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from labkit.errors import LabError
from labkit.sim import streams, ttl
from labkit.sim.sweep import sweep

A_TASK = 3_000_000
"""Requests a task: about a quarter of a second, beside which handing out a task (2 ms with Dask) is nothing."""


@dataclass(frozen=True)
class Counted:
    """The requests and hits of each PoP."""

    requests: np.ndarray
    hits: np.ndarray

    @property
    def hit_ratio(self) -> float:
        """The share of all requests that hit."""
        return float(self.hits.sum() / self.requests.sum())


def count(
    pops: int, requests: int, *, keys: int = 1_000_000, alpha: float = 1.0, cache_ttl: float = 60,
    seconds: float = 600, shares: Sequence[float] | None = None, seed: int = 5, executor: Executor | None = None,
) -> Counted:  # fmt: skip
    """The hits of about `requests` requests in all, at `pops` PoPs during `seconds`; `shares` are the PoPs' weights.

    `executor` is any `concurrent.futures.Executor`; without one, here. An interrupt leaves the first PoPs' counts.
    """
    weights = np.ones(pops) if shares is None else np.asarray(shares, dtype=float)
    if weights.size != pops:
        raise LabError(f"{weights.size} shares for {pops} PoPs: give one each")
    expected = requests * weights / weights.sum()
    work = partial(_count, seed=seed, keys=keys, alpha=alpha, cache_ttl=cache_ttl, seconds=seconds)
    counted = sweep(work, _tasks(expected), executor, "PoPs")
    if not counted:
        raise KeyboardInterrupt
    return Counted(*np.concatenate(counted, axis=1))


def one_pop(random: np.random.Generator, expected: float, zipf: streams.Zipf, cache_ttl: float,
            seconds: float) -> tuple[int, int]:  # fmt: skip
    """The requests and hits of one PoP that begins empty and expects that many requests in `seconds`."""
    ticks = streams.Ticks(seconds, cache_ttl)
    requests = random.poisson(expected)
    moments = random.integers(0, int(ticks.of(seconds)), requests, dtype=np.uint32)
    stream = streams.pack(zipf.draw_sorted(random, requests), moments)
    return requests, requests - ttl.fill_count(stream, int(ticks.of(cache_ttl)))


def one_pop_long_since(random: np.random.Generator, expected: float, zipf: streams.Zipf, cache_ttl: float,
                       seconds: float) -> tuple[int, int]:  # fmt: skip
    """The requests and hits of one PoP whose copies are those of the long run; it expects that many requests.

    A key of load lam T holds a copy with probability lam T / (1 + lam T), its age uniform below the TTL: each such
    copy is one fetch before the time that counts.
    """
    rates = expected / seconds * zipf.probabilities
    held = np.flatnonzero(random.random(rates.size) < ttl.fixed_hit_ratio(rates, cache_ttl))
    ticks = streams.Ticks(cache_ttl + seconds, cache_ttl)
    begin, end = int(ticks.of(cache_ttl)), int(ticks.of(cache_ttl + seconds))
    requests = random.poisson(expected)
    moments = np.concatenate((random.integers(0, begin, held.size), random.integers(begin, end, requests)))
    keys = np.concatenate((held, zipf.draw(random, requests)))
    return requests, requests + held.size - ttl.fill_count(streams.pack(keys, moments), int(ticks.of(cache_ttl)))


def long_run_hit_ratio(probabilities: np.ndarray, requests_per_s: float, cache_ttl: float) -> float:
    """The share of hits over all keys in the long run: sum p_k lam_k T / (1 + lam_k T), lam_k = p_k lam.

    The independent reference model: each request draws its key afresh.
    """
    return float(probabilities @ ttl.fixed_hit_ratio(requests_per_s * probabilities, cache_ttl))


def _tasks(expected: np.ndarray) -> list[tuple[int, tuple[float, ...]]]:
    """Neighbouring PoPs of about `A_TASK` requests together: the first one's number, and what each expects."""
    after = np.flatnonzero(np.diff(np.cumsum(expected) // A_TASK)) + 1
    parts = np.split(expected, after)
    firsts = np.concatenate(([0], after)).tolist()
    return [(first, tuple(part.tolist())) for first, part in zip(firsts, parts, strict=True)]


def _count(first: int, expected: tuple[float, ...], *, seed: int, keys: int, alpha: float, cache_ttl: float,
           seconds: float) -> np.ndarray:  # fmt: skip
    zipf = law(keys, alpha)
    dice = (streams.generator(seed, pop) for pop in range(first, first + len(expected)))
    rows = [one_pop(own, each, zipf, cache_ttl, seconds) for own, each in zip(dice, expected, strict=True)]
    return np.array(rows, dtype=np.int64).T


@lru_cache(4)
def law(keys: int, alpha: float) -> streams.Zipf:
    """Zipf's law for that many keys; its table is made once a process."""
    return streams.Zipf(keys, alpha)
