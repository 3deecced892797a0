"""How old an answer is: for each read, the version it gives against the newest, whatever holds the copy.

`writes`, `fetched` and `at` are moments that compare: seconds where there is one key, or the words (key | time) of
`labkit.sim.streams` where there are many, all reads of a key after all of the key before it. `writes` is sorted.
`fetched` is when the copy was taken that answers the read at `at` (`at` itself at a miss). What was written at or
before a moment is seen at it. A version is a count of writes, so two binary searches tell how far behind a read is.

Assumed: a write shows at once to whoever fetches; where it travels for `delay` first, give `fetched` less that delay,
and every curve of staleness is shifted by it. The closed forms of a TTL cache's staleness are in
`labkit.sim.kv.copies` (give `refresh=inf` for a cache that fetches nothing before its TTL, such as a CDN's); here are
those of replicas: quorums (P. Bailis et al., "Probabilistically Bounded Staleness", VLDB 2012) and one that lags.
"""

from __future__ import annotations

from math import comb

import numpy as np


def versions(writes: np.ndarray, moments: np.ndarray) -> np.ndarray:
    """How many of `writes` had come at each moment; with words, those of smaller keys are counted too."""
    return np.searchsorted(writes, moments, side="right")


def behind(writes: np.ndarray, fetched: np.ndarray, at: np.ndarray) -> np.ndarray:
    """How many versions behind the newest each read's answer is: 0 is fresh."""
    return versions(writes, at) - versions(writes, fetched)


def stale_for(writes: np.ndarray, fetched: np.ndarray, at: np.ndarray) -> np.ndarray:
    """How long each read's answer has been overwritten, in the unit of the moments; 0 where it is fresh."""
    first = versions(writes, fetched)
    stale = first < versions(writes, at)
    overdue = np.zeros(at.size, dtype=np.result_type(writes, at))
    overdue[stale] = at[stale] - writes[first[stale]]
    return overdue


def quorum_stale(replicas: int, read: int, written: int, versions_behind: int = 1) -> float:
    """The chance that a read of R of N replicas misses the last k writes of W each: (C(N-W, R) / C(N, R))^k.

    Right after the writes, before any repair; 0 where R + W > N. `versions_behind` is k.
    """
    return (comb(replicas - written, read) / comb(replicas, read)) ** versions_behind


def replica_stale(elapsed, mean_lag):
    """The chance that a replica does not have a write `elapsed` seconds later, its lag exponential: e^(-e/L).

    So does a D1 read without a session break read-your-writes. The exponential lag is an assumption.
    """
    return np.exp(-np.divide(elapsed, mean_lag))


def bookmark_wait(elapsed, mean_lag):
    """The mean time that a read with the write's bookmark waits at such a replica: L e^(-e/L), in seconds."""
    return mean_lag * replica_stale(elapsed, mean_lag)
