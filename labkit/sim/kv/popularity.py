"""Popularity: the hit ratio of a PoP over many keys, a few of them read often and most of them hardly ever.

Real traffic follows Zipf's law: the key of rank k is read in proportion to k ** -alpha. The popular keys hit at
every PoP and the long tail misses at most of them, which is why a KV that is fast in a benchmark of one key is
slower in production. Every place starts empty here, because that is exactly what the closed form describes.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

from labkit.errors import LabError
from labkit.network.places import PLACES
from labkit.sim import refusals, streams, traffic
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, replicated
from labkit.sim.kv import reader
from labkit.sim.kv.copies import REFRESH
from labkit.sim.kv.yours import Yours, is_hit
from labkit.sim.pops import law, one_pop
from labkit.sim.ttl import at_least

RATES = (0.1, 0.3, 1, 10, 100, 1000)
AXES = Axes("Many keys", "reads/s at each PoP, all keys together", "share of reads that hit the PoP's copy", log_x=True)
NEGLIGIBLE = 1e-9
READS = 200_000


def mixture_hit_ratio(reads_per_s: float, *, keys: int, alpha: float, cache_ttl: float, seconds: float) -> float:
    """The expected share of hits at a PoP that starts empty and runs for `seconds`, keys drawn by Zipf's law.

    Exact: the n-th fetch of a key comes n gaps between reads and n - 1 TTLs after the start, so a key's expected
    misses are sum over n of P[Gamma(n, lam_k) <= D - (n - 1) T], in which P is that of n reads or more in that time.
    """
    rates = reads_per_s * law(keys, alpha).probabilities
    misses, n = 0.0, 1
    while rates.size and (left := seconds - (n - 1) * cache_ttl) > 0:
        chances = at_least(n, rates * left)
        misses += chances.sum()
        rates = rates[chances > NEGLIGIBLE]  # rarer keys hardly get this far, and never further
        n += 1
    return 1 - misses / (reads_per_s * seconds)


def model(row: int, reads_per_s: float, *, seed: int, keys: int, alpha: float, cache_ttl: float, seconds: float,
          pops: int) -> Estimate:  # fmt: skip
    """The share of hits, each place a replication: `pops` of them, and more at low rates, up to all that there are."""
    place = partial(_hits, reads_per_s, seed, row, keys, alpha, cache_ttl, seconds)
    return replicated(place, max(pops, min(len(PLACES), int(READS / (reads_per_s * seconds)))))


def _hits(reads_per_s: float, seed: int, row: int, keys: int, alpha: float, cache_ttl: float, seconds: float,
          place: int) -> tuple[int, int]:  # fmt: skip
    random = streams.generator(seed, row, place)
    reads, hits = one_pop(random, reads_per_s * seconds, law(keys, alpha), cache_ttl, seconds)
    return hits, reads


def observe(row: int, reads_per_s: float, *, yours: Yours, keys: int, alpha: float, cache_ttl: float,
            seconds: float) -> Estimate | None:  # fmt: skip
    """The same on a lab, each place a replication; None for a rate that would take more than `yours.visits` visits."""
    if reads_per_s * seconds * yours.places > yours.visits:
        return None
    lab, random = yours.lab(row, cache_ttl), yours.random(row)
    pairs = [(at, colo) for colo in yours.cities() for at in traffic.moments(random, reads_per_s, 0, seconds)]
    ranks = law(keys, alpha).draw(streams.generator(yours.seed, row), len(pairs)).tolist()
    traffic.play(lab, [yours.visit(*pair, f"key-{rank}") for pair, rank in zip(pairs, ranks, strict=True)])
    return yours.share(yours.reads(lab, 0), is_hit)


def popularity(
    worker: Any = reader.Default, *, reads_per_s: Sequence[float] = RATES, keys: int = 100_000, alpha: float = 1.0,
    cache_ttl: float = 60, seconds: float = 300, pops: int = 20, seed: int = 4, executor: Executor | None = None,
    **asked: Any,
) -> Agreement:  # fmt: skip
    """The share of hits against the rate at each place, in three views. Keys that are not there are cached alike.

    `worker` and `asked` are as in `caching`, but `url` must have `{key}` in it; it is asked at the lower rates.
    """
    refusals.above_0(reads_per_s=reads_per_s, cache_ttl=cache_ttl, seconds=seconds)
    refusals.whole(1, keys=keys, pops=pops)
    if cache_ttl > REFRESH:
        raise LabError(f"popularity() covers a cacheTtl of up to {REFRESH:g} s, the age at which KV refreshes a copy")
    shared = {"keys": keys, "alpha": alpha, "cache_ttl": cache_ttl, "seconds": seconds}
    yours = Yours(worker, seed=seed, **{"places": 20, "visits": 2000, **asked})
    return three_views(
        AXES, reads_per_s, partial(mixture_hit_ratio, **shared), partial(model, seed=seed, pops=pops, **shared),
        worker and partial(observe, yours=yours, **shared), executor=executor,
    )  # fmt: skip
