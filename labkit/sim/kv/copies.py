"""One place's copy of one key: how often there is one, how old it is, and whether it is stale.

A place fetches a key at a read that finds no copy, or one older than `refresh`. Below `cache_ttl` such an old copy
still answers that read, and the fetch happens behind it; above, the read is a miss and waits. So copies are fetched
R = min(cache_ttl, refresh) seconds plus one gap between reads apart: everything here follows from that, for
Poisson reads at `reads_per_s` (lam, this key at this place). With cacheTtl of 60 s or less, R = T and the formulas
are those of a plain TTL cache. Fetches take no time. Rates and times may be numbers or arrays, in 1/s and s.

How KV works: https://developers.cloudflare.com/kv/concepts/how-kv-works/ (the refresh: facts, kv.refresh_ttl).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit import facts
from labkit.sim import staleness, streams, ttl

REFRESH = float(facts.value("kv.refresh_ttl"))


def hit_ratio(reads_per_s, cache_ttl, refresh=REFRESH):
    """The share of reads that the place answers from its copy, fresh or stale; lam T / (1 + lam T) where T = R."""
    young = np.minimum(cache_ttl, refresh)
    return 1 - np.exp(-np.multiply(reads_per_s, cache_ttl - young)) / (1 + np.multiply(reads_per_s, young))


def stale_fraction(after, reads_per_s, cache_ttl, refresh=REFRESH, delay=0.0):
    """The chance that a place still answers with the old value `after` seconds past a write.

    Where T = R: lam (T - t)+ / (1 + lam T). Also the share of places that do, and of reads that get it.
    `delay` is the time that the write takes to arrive. Beyond `refresh`, only places that nobody asked since then
    still hold the old copy, until `cache_ttl`.
    """
    lam, young = np.asarray(reads_per_s, dtype=float), np.minimum(cache_ttl, refresh)
    age = np.maximum(np.subtract(after, delay), 0)
    within = np.maximum(young - age, 0)
    beyond = np.exp(-lam * (np.maximum(age, young) - young)) - np.exp(-lam * (cache_ttl - young))
    return (lam * within + np.where(age < cache_ttl, beyond, 0)) / (1 + lam * young)


def stale_reads(reads_per_s, writes_per_s, cache_ttl, refresh=REFRESH):
    """The long-run share of reads that get a value already overwritten, for Poisson writes at w = `writes_per_s`.

    Where T = R: lam T / (1 + lam T) (1 - (1 - e^(-wT)) / (wT)).
    """
    lam, w = np.asarray(reads_per_s, dtype=float), np.asarray(writes_per_s, dtype=float)
    young = np.minimum(cache_ttl, refresh)
    more = cache_ttl - young
    early = young + np.expm1(-w * young) / w
    late = -np.expm1(-lam * more) / lam + np.exp(-w * young) * np.expm1(-(lam + w) * more) / (lam + w)
    return lam / (1 + lam * young) * (early + late)


def mean_age(reads_per_s, cache_ttl, refresh=REFRESH):
    """Seconds since the value that a read gets was fetched, on average, misses counted as 0.

    Where T = R: lam T / (1 + lam T) T / 2.
    """
    lam, young = np.asarray(reads_per_s, dtype=float), np.minimum(cache_ttl, refresh)
    more = cache_ttl - young
    gone = np.exp(-lam * more)
    late = young * (1 - gone) / lam + (1 - gone * (1 + lam * more)) / lam**2
    return lam / (1 + lam * young) * (young**2 / 2 + late)


def age_within(age, reads_per_s, cache_ttl, refresh=REFRESH):
    """The share of reads whose value was fetched at most `age` seconds before, misses counted as 0: the distribution.

    Where T = R: (1 + lam a) / (1 + lam T) for a below T. Beyond R it is the tail of the gap between reads.
    """
    lam, young = np.asarray(reads_per_s, dtype=float), np.minimum(cache_ttl, refresh)
    above = np.exp(-lam * (np.minimum(age, cache_ttl) - young)) - np.exp(-lam * (cache_ttl - young))
    missed = np.exp(-lam * (cache_ttl - young))
    within = np.where(np.less(age, young), missed + lam * age, 1 + lam * young - above)
    return np.where(np.less(age, 0), 0.0, within / (1 + lam * young))


def overdue_share(seconds, reads_per_s, writes_per_s, cache_ttl, refresh=REFRESH):
    """The long-run share of reads that get a value overwritten more than `seconds` before: `stale_reads` at 0.

    Where T = R: lam / (1 + lam T) ((T - s) - (1 - e^(-w (T - s))) / w) for s below T: of the copies older than s,
    those whose first write came before the last s seconds.
    """
    lam, w = np.asarray(reads_per_s, dtype=float), np.asarray(writes_per_s, dtype=float)
    young, s = np.minimum(cache_ttl, refresh), np.minimum(seconds, cache_ttl)
    left, begin = np.maximum(young - s, 0), np.maximum(young, s)
    asked, more = np.exp(-lam * (begin - young)), cache_ttl - begin
    early = left + np.expm1(-w * left) / w
    late = -np.expm1(-lam * more) / lam + np.exp(-w * (begin - s)) * np.expm1(-(lam + w) * more) / (lam + w)
    return lam / (1 + lam * young) * (early + asked * late)


def refreshed(reads_per_s, cache_ttl, refresh=REFRESH):
    """The share of reads answered from a copy older than `refresh`, which is fetched anew behind them.

    (1 - e^(-lam (T - R))) / (1 + lam R): one a cycle at most, that whose gap since the copy's R-th second ends in time.
    """
    lam, young = np.asarray(reads_per_s, dtype=float), np.minimum(cache_ttl, refresh)
    return -np.expm1(-lam * np.subtract(cache_ttl, young)) / (1 + lam * young)


def goes_back(after, apart, reads_per_s, cache_ttl, centres=2):
    """The chance that of two reads, `after` and `after + apart` seconds past a write, the second alone is stale.

    In a city of c data centres with a cache each, between which requests fall at random:
    (1 - 1/c) (1 - f(t)) f(t + d), with f the `stale_fraction` of one of them, at lam/c. Both reads at one centre never
    go back; at two, the caches know nothing of each other.
    """
    old = [stale_fraction(np.add(after, later), np.divide(reads_per_s, centres), cache_ttl) for later in (0, apart)]
    return (1 - 1 / centres) * (1 - old[0]) * old[1]


def draw_ages(random: np.random.Generator, places: int, reads_per_s, cache_ttl, refresh=REFRESH) -> np.ndarray:
    """The ages, in seconds, of the copies that places hold in the long run; infinite where a place holds none.

    Starting a simulation here matters. Caches that all begin empty at one instant stay in step: each hot key
    expires everywhere at once, and a probe at a fixed time finds every copy fresh or every copy stale, however
    long the warm-up (`labkit.sim.kv.propagation` can show this).
    """
    young = min(cache_ttl, refresh)
    asked_in_time = random.random(places) < ttl.fixed_hit_ratio(reads_per_s, young)
    unasked = young + random.exponential(1 / np.asarray(reads_per_s, dtype=float), places)
    ages = np.where(asked_in_time, random.random(places) * young, unasked)
    return np.where(ages < cache_ttl, ages, np.inf)


@dataclass(frozen=True)
class Reads:
    """Simulated reads of one key at many places, sorted by place and time; arrays of one length.

    `place` counts from 0, `at` is in seconds (the simulation begins at 0, copies held then are older), `fetched`
    is when the copy that answers was fetched, equal to `at` at a miss.
    """

    place: np.ndarray
    at: np.ndarray
    fetched: np.ndarray

    @property
    def hit(self) -> np.ndarray:
        return self.fetched < self.at

    def asked(self, place: np.ndarray, at: np.ndarray) -> np.ndarray:
        """Indexes of the reads at these places and moments, such as `probes`."""
        span = 2 * (float(self.at.max(initial=0)) + 1)
        return np.searchsorted(self.place * span + self.at, place * span + at - 1e-6)

    @property
    def last(self) -> np.ndarray:
        """Indexes of each place's last read."""
        return np.flatnonzero(np.diff(self.place, append=-1))

    @property
    def age(self) -> np.ndarray:
        return self.at - self.fetched

    def stale(self, writes: np.ndarray) -> np.ndarray:
        """True where one of `writes` (their times in seconds, sorted) came between the fetch and the read."""
        return staleness.behind(writes, self.fetched, self.at) > 0


def simulate(
    random: np.random.Generator, places: int, reads_per_s: float, seconds: float, cache_ttl: float,
    refresh: float = REFRESH, *, ages: np.ndarray | None = None, probe: bool = False,
    probes: tuple[np.ndarray, np.ndarray] | None = None,
) -> Reads:  # fmt: skip
    """Poisson reads at `places` during `seconds`, from the long-run state or from copies of given `ages`.

    With `probe`, every place is asked once more at the very end; with `probes`, some places at some moments.
    """
    ages = draw_ages(random, places, reads_per_s, cache_ttl, refresh) if ages is None else ages
    ticks = streams.Ticks(cache_ttl + seconds, cache_ttl)
    holders = np.flatnonzero(np.isfinite(ages))
    who, when = streams.poisson(random, places, reads_per_s, cache_ttl, cache_ttl + seconds, ticks)
    asked, moments = probes or (np.arange(places if probe else 0), np.full(places if probe else 0, seconds))
    idents = [holders, who, asked]
    moments = [ticks.of(cache_ttl - ages[holders]), when, ticks.of(cache_ttl + moments)]
    return _answers(streams.pack(np.concatenate(idents), np.concatenate(moments)), ticks, cache_ttl, refresh)


def _answers(stream: np.ndarray, ticks: streams.Ticks, cache_ttl: float, refresh: float) -> Reads:
    """Who is answered from which fetch. What comes before `cache_ttl` on the ticks only sets the scene."""
    fetches = ttl.fills(stream, int(ticks.of(min(cache_ttl, refresh))))
    before = np.concatenate((fetches[:1], fetches[:-1]))
    behind = stream[fetches] - stream[before] < ticks.of(cache_ttl)  # the old copy answered, the fetch came after
    source = ttl.sources(stream, fetches)
    source[fetches[behind]] = before[behind]
    at, fetched = ticks.seconds(stream) - cache_ttl, ticks.seconds(stream[source]) - cache_ttl
    begun = at >= 0
    return Reads(streams.idents(stream)[begun], at[begun], fetched[begun])
