"""A cache that throws out the least recently used: which requests find their key, at any capacity.

The kernel is exact, request for request, without moving a single entry. A request hits if fewer than C other keys
were asked for since its predecessor, the last request for its own. Where there were fewer than C *requests* since,
that is sure, and one comparison tells. Of the rest, a key is thrown out only at a miss, and always the one whose last
request is the oldest: so evictions go through the requests in order, and a request hits if they have not passed its
predecessor. Only requests whose predecessor lies more than C back take a step of the loop.

Assumed: entries of one size, an empty cache at the start, no expiry (`labkit.sim.ttl`), fetches that take no time.
`keys` are whole numbers from 0, in the order of time, at one PoP; each PoP has its own cache.
"""

from __future__ import annotations

import numpy as np

from labkit.errors import LabError
from labkit.sim import compiled


def che_hit_ratio(probabilities: np.ndarray, capacity: int) -> float:
    """The long-run share of hits, by Che's approximation: sum p_k (1 - e^(-p_k t)).

    t is the characteristic time, in requests, in which C different keys come: sum (1 - e^(-p_k t)) = C. `probabilities`
    are those of independent requests (the independent reference model) and add up to 1. It is an approximation, as t
    varies in truth: 6e-4 off at most for C of 100 to 10,000 and Zipf's alpha of 0.8 to 1.2.

    H. Che, Y. Tung and Z. Wang, "Hierarchical Web Caching Systems", IEEE JSAC 20 (2002); why it is so good: C. Fricker,
    P. Robert and J. Roberts, "A versatile and accurate approximation for LRU cache performance" (2012).
    """
    if capacity >= np.count_nonzero(probabilities):
        return 1.0
    return float(-probabilities @ np.expm1(-probabilities * characteristic_time(probabilities, capacity)))


def characteristic_time(probabilities: np.ndarray, capacity: int) -> float:
    """Che's t: the number of requests in which `capacity` different keys come, on average. By bisection."""
    low, high = 0.0, float(capacity)
    while _different(probabilities, high) < capacity:
        low, high = high, 2 * high
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if _different(probabilities, middle) < capacity else (low, middle)
    return high


def _different(probabilities: np.ndarray, requests: float) -> float:
    return float(-np.expm1(-probabilities * requests).sum())


def hits(keys: np.ndarray, capacity: int, *, numba: bool | None = None) -> np.ndarray:
    """True for each request that finds its key in a cache of `capacity` entries.

    `numba` is that of `labkit.sim.compiled.run`; the results are the same.
    """
    if capacity < 1:
        raise LabError(f"a cache of {capacity} entries: it needs room for one at least")
    before = previous(keys)
    hit = before >= 0
    full = np.flatnonzero(~hit)[capacity:]  # the misses that find no room
    if full.size:
        doubtful = np.flatnonzero(np.arange(full[0], keys.size) - before[full[0] :] > capacity) + full[0]
        hit[doubtful] = False
        hit[_settle(before, doubtful, numba)] = True
    return hit


def previous(keys: np.ndarray) -> np.ndarray:
    """For each request, the index of the one before it for the same key; -1 for a key's first."""
    order = _in_order_of_keys(keys)
    same = np.diff(keys[order]) == 0
    before = np.full(keys.size, -1)
    before[order[1:][same]] = order[:-1][same]
    return before


def _in_order_of_keys(keys: np.ndarray) -> np.ndarray:
    """Indexes by key, then by time. One word holds both, and sorting words is several times quicker than argsort."""
    bits = max(1, int(keys.size).bit_length())
    if keys.size and int(keys.max()) >> (63 - bits):
        return np.argsort(keys, kind="stable")
    words = (keys.astype(np.int64) << bits) | np.arange(keys.size)
    words.sort()
    return words & ((1 << bits) - 1)


def _settle(before: np.ndarray, doubtful: np.ndarray, numba: bool | None) -> np.ndarray:
    """Indexes of the doubtful requests that hit.

    What can be thrown out is the entry of a request without a successor, or with a doubtful one.
    """
    evictable = np.ones(before.size, dtype=bool)
    evictable[before[before >= 0]] = False
    evictable[before[doubtful]] = True  # where there is no predecessor, -1: the last of all, which has no successor
    rank = np.cumsum(evictable) - 1
    predecessors = np.where(before[doubtful] >= 0, rank[before[doubtful]], -1)
    renewed = bytearray(int(rank[-1]) + 1)
    compiled.run(_evict, predecessors, renewed, numba=numba)
    again = predecessors >= 0
    return doubtful[again][np.frombuffer(renewed, dtype=bool)[predecessors[again]]]


def _evict(predecessors, renewed):
    """The loop over the doubtful requests of a full cache, each given by its predecessor's place among the evictable.

    `following` is the first that may still be in the cache. A hit renews its key: the entry of its predecessor is
    passed over, and its own is another.
    """
    following = 0
    for predecessor in predecessors:
        if predecessor >= following:
            renewed[predecessor] = 1
        else:
            while renewed[following]:
                following += 1
            following += 1
