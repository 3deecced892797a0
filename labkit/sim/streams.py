"""Streams of requests as arrays: when they come, at which place, for which key.

A request is one int64: who it concerns in the upper bits (a PoP, a key, a server) and when it comes in the
lower 32, in ticks. Sorting the stream therefore puts each one's requests together, in the order of time.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from labkit.errors import LabError

TICK_BITS = 32
MOST_IDENTS = 2 ** (63 - TICK_BITS)


@dataclass(frozen=True)
class Ticks:
    """Seconds as whole numbers below 2**32: the finest tick for which `span` and one `ttl` more still fit.

    So the last request of one ident and the first of the next are always more than a TTL apart, and one
    difference of neighbours tells both. The word stays one and the tick grows with the time: 0.15 microseconds for
    ten minutes, 1 for 71 minutes, 20 for a day, 1 ms for 50 days, 7 ms for a year. Times are rounded to ticks once,
    here; from then on whole numbers are compared, and nothing is rounded again.
    """

    span: float
    ttl: float

    @property
    def per_second(self) -> float:
        return (2**TICK_BITS - 2) / (self.span + self.ttl)  # 2: each is rounded by up to half a tick

    def of(self, seconds):
        """Whole ticks of a time or a duration in seconds (a number or an array); refuses what does not fit."""
        ticks = np.asarray(np.round(np.multiply(seconds, self.per_second)), dtype=np.int64)
        if ticks.size and (int(ticks.min()) < 0 or int(ticks.max()) >= 2**TICK_BITS):
            most = self.span + self.ttl
            raise LabError(
                f"{np.min(seconds):g} to {np.max(seconds):g} s do not fit: these ticks hold 0 to {most:g} s "
                f"(a span of {self.span:g} s and a TTL of {self.ttl:g} s); give Ticks the whole span"
            )
        return ticks

    def seconds(self, stream: np.ndarray) -> np.ndarray:
        """When each request of a stream comes, in seconds."""
        return ticks_of(stream) / self.per_second


def pack(idents: np.ndarray, ticks: np.ndarray) -> np.ndarray:
    """The sorted stream of requests that concern `idents` at `ticks`, one int64 each."""
    stream = words(idents, ticks)
    stream.sort()
    return stream


def words(idents: np.ndarray, ticks: np.ndarray) -> np.ndarray:
    """The requests that concern `idents` at `ticks`, one int64 each, in the order given."""
    if idents.size and int(idents.max()) >= MOST_IDENTS:
        raise LabError(f"ident {int(idents.max())} does not fit: a stream holds idents below {MOST_IDENTS}")
    if ticks.size and int(ticks.max()) >= 2**TICK_BITS:
        raise LabError(f"tick {int(ticks.max())} does not fit: a stream holds ticks below {2**TICK_BITS}; see Ticks")
    word = idents.astype(np.int64)
    word <<= TICK_BITS
    word |= ticks
    return word


def idents(stream: np.ndarray) -> np.ndarray:
    """Who each request concerns."""
    return stream >> TICK_BITS


def ticks_of(stream: np.ndarray) -> np.ndarray:
    """When each request comes, in ticks."""
    return stream & (2**TICK_BITS - 1)


def generator(seed: int, *row: int) -> np.random.Generator:
    """A generator of its own for each row, replication or PoP of a run, reproducible from the run's one seed."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=row))


def own(seed: int, *asked: object) -> int:
    """A seed of its own for what is asked, a name and its options: two results of one seed do not share dice."""
    return zlib.crc32(repr((seed, *asked)).encode())


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
        first = np.searchsorted(self._cumulative, np.arange(self._slots) / self._slots, side="right")
        self._guide = first.astype(np.int32)  # half as much to read

    def draw(self, random: np.random.Generator, size: int) -> np.ndarray:
        """`size` ranks as int64."""
        return self._ranks(random.random(size))

    def draw_sorted(self, random: np.random.Generator, size: int) -> np.ndarray:
        """`size` ranks in ascending order, for what is sorted anyway: the tables are read from front to back.

        Sorted uniform numbers are sums of exponential gaps, divided by the sum of one gap more (L. Devroye,
        "Non-Uniform Random Variate Generation" (1986), V.2): nothing need be sorted.
        """
        sums = np.cumsum(random.standard_exponential(size + 1))
        return self._ranks(sums[:-1] / sums[-1])

    def _ranks(self, uniform: np.ndarray) -> np.ndarray:
        ranks = self._guide.take((uniform * self._slots).astype(np.int64)).astype(np.int64)
        early = np.flatnonzero(self._cumulative.take(ranks) <= uniform)
        while early.size:
            ranks[early] += 1
            early = early[self._cumulative[ranks[early]] <= uniform[early]]
        return ranks
