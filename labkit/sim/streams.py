"""Streams of requests as arrays: when they come, at which place, for which key.

A request is one int64: who it concerns in the upper bits (a PoP, a key, a server) and when it comes in the
lower 32, in ticks. Sorting the stream therefore puts each one's requests together, in the order of time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit.errors import LabError

TICK_BITS = 32
MOST_IDENTS = 2 ** (63 - TICK_BITS)


@dataclass(frozen=True)
class Ticks:
    """Seconds as whole numbers below 2**32: the finest tick for which `span` and one `ttl` more still fit.

    So the last request of one ident and the first of the next are always more than a TTL apart, and one
    difference of neighbours tells both. Ten minutes are cut into ticks of 0.15 microseconds.
    """

    span: float
    ttl: float

    @property
    def per_second(self) -> float:
        return (2**TICK_BITS - 2) / (self.span + self.ttl)  # 2: each is rounded by up to half a tick

    def of(self, seconds):
        """Whole ticks of a time or a duration in seconds (a number or an array)."""
        return np.asarray(np.round(np.multiply(seconds, self.per_second)), dtype=np.int64)

    def seconds(self, stream: np.ndarray) -> np.ndarray:
        """When each request of a stream comes, in seconds."""
        return (stream & (2**TICK_BITS - 1)) / self.per_second


def pack(idents: np.ndarray, ticks: np.ndarray) -> np.ndarray:
    """The sorted stream of requests that concern `idents` at `ticks`, one int64 each."""
    if idents.size and int(idents.max()) >= MOST_IDENTS:
        raise LabError(f"ident {int(idents.max())} does not fit: a stream holds idents below {MOST_IDENTS}")
    stream = (idents.astype(np.int64) << TICK_BITS) | ticks
    stream.sort()
    return stream


def idents(stream: np.ndarray) -> np.ndarray:
    """Who each request concerns."""
    return stream >> TICK_BITS


def generator(seed: int, *row: int) -> np.random.Generator:
    """A generator of its own for each row, replication or PoP of a run, reproducible from the run's one seed."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=row))


def poisson(
    random: np.random.Generator, sources: int, rate: float, start: float, end: float, ticks: Ticks
) -> tuple[np.ndarray, np.ndarray]:
    """Idents and ticks of independent Poisson streams, `rate` requests/s from each source, unsorted.

    Given how many there are, the moments of a Poisson stream are uniform: nothing needs to be added up.
    """
    counts = random.poisson(rate * (end - start), sources)
    who = np.repeat(np.arange(sources), counts)
    return who, random.integers(int(ticks.of(start)), int(ticks.of(end)), who.size)


class Zipf:
    """Draws ranks 0..keys-1 with probability proportional to (rank + 1) ** -alpha.

    A guide table over the cumulative distribution: the table names the first rank that a uniform number can
    mean, and few numbers need a step further.
    """

    def __init__(self, keys: int, alpha: float):
        weights = np.arange(1, keys + 1, dtype=float) ** -alpha
        self.probabilities = weights / weights.sum()
        self._cumulative = np.cumsum(self.probabilities)
        self._cumulative[-1] = 1.0
        self._slots = 2 * keys
        self._guide = np.searchsorted(self._cumulative, np.arange(self._slots) / self._slots, side="right")

    def draw(self, random: np.random.Generator, size: int) -> np.ndarray:
        """`size` ranks as int64."""
        uniform = random.random(size)
        ranks = self._guide[(uniform * self._slots).astype(np.int64)]
        early = np.flatnonzero(self._cumulative[ranks] <= uniform)
        while early.size:
            ranks[early] += 1
            early = early[self._cumulative[ranks[early]] <= uniform[early]]
        return ranks
