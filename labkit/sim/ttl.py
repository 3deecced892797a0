"""Which requests of a stream find no live copy: the arithmetic of everything that expires.

A copy with a *fixed* time to live is good for `ttl` from the moment it was fetched (a CDN, Workers KV). With a
*sliding* one it is good for `ttl` from its last use (an idle isolate, a container's keep-alive). Both kernels are
exact, request for request, and take millions of requests a second. `stream` is sorted and holds (PoP | key | time)
or, PoP by PoP, (key | time): see `labkit.sim.streams`, and `labkit.sim.pops` for every PoP in bounded memory.

Assumed: a fetch takes no time and never fails, a copy leaves only by its age (for room: `labkit.sim.lru`), and an
age of exactly `ttl` is too old. Times are whole ticks. Closed forms are those of Poisson requests in the long run.
Fixed: J. Jung, A. Berger and H. Balakrishnan, "Modeling TTL-based Internet caches", INFOCOM 2003. Sliding, where each
request sets the timer anew: N. Choungmo Fofack, P. Nain, G. Neglia and D. Towsley, "Performance evaluation of
hierarchical TTL-based cache networks", Computer Networks 65 (2014), 212-231.
"""

from __future__ import annotations

import numpy as np

from labkit.errors import LabError
from labkit.sim.streams import TICK_BITS, idents, ticks_of


def fixed_hit_ratio(requests_per_s, ttl):
    """The long-run share of requests that find a copy with a fixed TTL: lam T / (1 + lam T).

    A copy lives `ttl` seconds, then the cache waits 1/lam seconds, on average, for the request that fetches the
    next one. `requests_per_s` are those for one key at one cache (Poisson); numbers or arrays.
    """
    load = np.multiply(requests_per_s, ttl)
    return load / (1 + load)


def sliding_hit_ratio(requests_per_s, idle):
    """The long-run share of requests that come less than `idle` seconds after the one before: 1 - e^(-lam idle)."""
    return -np.expm1(-np.multiply(requests_per_s, idle))


def at_least(n: int, mean: np.ndarray) -> np.ndarray:
    """The chance that a Poisson number with each `mean` is `n` or more."""
    below, term = np.zeros_like(mean), np.exp(-mean)
    for k in range(n):
        below += term
        term = term * mean / (k + 1)
    return 1 - below


def sliding_misses(stream: np.ndarray, idle: int) -> np.ndarray:
    """Indexes of the requests that come `idle` ticks or more after the one before, or are the first of their ident."""
    _refuse_overflow(stream, idle)
    late = np.flatnonzero(np.diff(stream) >= idle) + 1
    return np.concatenate(([0], late)) if stream.size else late


def fills(stream: np.ndarray, ttl: int) -> np.ndarray:
    """Indexes, in order, of the requests that find no copy younger than `ttl` ticks and so fetch one.

    A gap of a TTL outlasts every copy, so it cuts the stream into clusters that begin with a fill. A cluster
    shorter than a TTL has no other. In the long ones each next fill is found by bisection, all clusters abreast.
    """
    return np.sort(np.concatenate(_rounds(stream, ttl)))


def fill_count(stream: np.ndarray, ttl: int) -> int:
    """How many `fills` there are, without putting them in order."""
    return sum(found.size for found in _rounds(stream, ttl))


def _rounds(stream: np.ndarray, ttl: int) -> list[np.ndarray]:
    """Where clusters begin, then the next fill of each long one, then the next but one ..."""
    starts = sliding_misses(stream, ttl)
    if not starts.size:
        return [starts]
    ends = np.append(starts[1:], stream.size)
    long = np.flatnonzero(stream[ends - 1] - stream[starts] >= ttl)
    current, ends = starts[long], ends[long]
    found = [starts]
    while current.size:
        current = np.searchsorted(stream, stream[current] + ttl)
        within = current < ends
        current, ends = current[within], ends[within]
        found.append(current)
    return found


def hits(stream: np.ndarray, misses: np.ndarray) -> np.ndarray:
    """True for each request of the stream that is no miss; `misses` are `fills` or `sliding_misses`."""
    hit = np.ones(stream.size, dtype=bool)
    hit[misses] = False
    return hit


def sources(stream: np.ndarray, fetches: np.ndarray) -> np.ndarray:
    """For each request, the index of the one that fetched the copy it is answered from: itself at a miss."""
    return np.repeat(fetches, np.diff(fetches, append=stream.size))


def counts(stream: np.ndarray, misses: np.ndarray, shift: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Idents, and the requests and hits of each; only those asked for. `shift` drops that many lower bits of the
    ident, so that the bits of the key leave the counts of each PoP."""
    who = idents(stream) >> shift
    first = np.flatnonzero(np.diff(who, prepend=-1))
    requests = np.diff(first, append=stream.size)
    missed = np.diff(np.searchsorted(misses, np.append(first, stream.size)))
    return who[first], requests, requests - missed


def plain_fills(stream: np.ndarray, ttl: int) -> list[int]:
    """What `fills` gives, by a dictionary and a loop over the requests: to check it and to measure it against."""
    expires: dict[int, int] = {}
    found = []
    for index, request in enumerate(stream.tolist()):
        ident, tick = request >> TICK_BITS, request & (2**TICK_BITS - 1)
        if tick >= expires.get(ident, 0):
            expires[ident] = tick + ttl
            found.append(index)
    return found


def _refuse_overflow(stream: np.ndarray, ttl: int) -> None:
    """One difference tells idents apart only while the last tick and a TTL fit below 2**32."""
    last = int(ticks_of(stream).max()) if stream.size else 0
    if last + ttl > 2**TICK_BITS:
        raise LabError(
            f"tick {last} and a TTL of {ttl} ticks do not fit into {TICK_BITS} bits, so that a copy would pass from "
            "one ident to the next; make the ticks with streams.Ticks(span, ttl)"
        )
