"""Open traffic: requests come whatever becomes of those before them, at a rate that may change with time and place.

A Poisson stream with a rate that varies is drawn by thinning (P. A. W. Lewis and G. S. Shedler, "Simulation of
nonhomogeneous Poisson processes by thinning", 1979): requests at the highest rate, each kept with the chance
rate / highest rate. Time is cut into cells whose length follows from the traffic alone, and each cell has dice of its
own: a run of 60 s has the requests of the first 60 s of a longer one, and memory is that of a cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import floor, inf, log2, pi
from typing import NamedTuple

import numpy as np

from labkit import facts
from labkit.errors import LabError
from labkit.network.places import PLACES
from labkit.sim import traffic
from labkit.sim.planet.loads import CODES, PLACE_NUMBER, Asked, Group, Load, above_zero, codes_of
from labkit.sim.streams import generator

CELL = 5_000
"""Requests a cell at most, on average."""
HOUR, DAY = 3600.0, 86_400.0
DEPTH, PEAK = facts.value("network.day_depth"), facts.value("network.day_peak")
LONGITUDES = np.array([PLACES[code].longitude for code in CODES])


class Arrivals(NamedTuple):
    """Requests in the order of time: seconds since the start, the place's number in `CODES`, the key."""

    at: np.ndarray
    place: np.ndarray
    key: np.ndarray


class Open(Load):
    """Traffic that waits for nobody."""

    @property
    def asked(self) -> Poisson:
        """The stream below all that shapes it."""
        raise NotImplementedError

    def factor(self, at: np.ndarray, place: np.ndarray, midnight: float) -> np.ndarray:
        """What the rate is multiplied by, `at` seconds after the start at places; midnight (UTC) was `midnight` s."""
        raise NotImplementedError

    def most(self, start: float, end: float) -> float:
        """A bound on the factor, at any place between two times."""
        raise NotImplementedError

    def rate(self, at, midnight: float = 0.0) -> np.ndarray:
        """Requests a second of all places together, at some moments."""
        at, asked = np.atleast_1d(np.asarray(at, dtype=float)), self.asked
        factors = self.factor(at[:, None], asked.entrances[None, :], midnight)
        return asked.per_s * (np.broadcast_to(factors, (at.size, asked.entrances.size)) @ asked.weights)

    def expected(self, seconds: float, midnight: float = 0.0) -> float:
        """About how many requests come within that time."""
        moments = np.linspace(0, seconds, 1001)
        return float(self.rate(moments, midnight).mean() * seconds)

    def arrivals(self, seconds: float, *, seed: int = 0, midnight: float = 0.0) -> Arrivals:
        """All requests of that time at once. `midnight`: how many seconds before the start it was midnight, UTC."""
        pieces = list(self.pieces(above_zero("seconds", seconds), seed, midnight=midnight))
        return Arrivals(*(np.concatenate(column) for column in zip(*pieces, strict=True)))

    def pieces(self, seconds: float, *dice: int, midnight: float = 0.0) -> Iterator[Arrivals]:
        """The same, cell by cell. `dice` are a seed and what tells this traffic from others of the run."""
        length = self._cell_length()
        for number in range(floor(seconds / length) + 1):
            drawn = self._cell(number, length, generator(*dice, number), midnight)
            yield Arrivals(*(column[: np.searchsorted(drawn.at, seconds)] for column in drawn))

    def _cell_length(self) -> float:
        return 2.0 ** floor(log2(CELL / (self.asked.per_s * self.most(0, inf))))

    def _cell(self, number: int, length: float, random: np.random.Generator, midnight: float) -> Arrivals:
        asked, start = self.asked, number * length
        most = self.most(start, start + length)
        at = np.sort(start + length * random.random(random.poisson(asked.per_s * most * length)))
        place = asked.draw_entrances(random, at.size)
        kept = random.random(at.size) * most < self.factor(at, place, midnight)
        return Arrivals(at[kept], place[kept], asked.draw_keys(random, int(kept.sum())))


@dataclass(frozen=True)
class Poisson(Asked, Open):
    """`per_s` requests a second from all places together, at random moments and independent of one another."""

    per_s: float

    def __post_init__(self) -> None:
        above_zero("per_s", self.per_s)
        super().__post_init__()

    @property
    def asked(self) -> Poisson:
        return self

    def factor(self, at: np.ndarray, place: np.ndarray, midnight: float) -> np.ndarray:
        return np.ones(np.broadcast(at, place).shape)

    def most(self, start: float, end: float) -> float:
        return 1.0


@dataclass(frozen=True)
class Diurnal(Open):
    """Traffic that follows the sun: `of`, times 1 + depth cos(2 pi (h - peak) / 24), h the local solar time in hours.

    h is UTC plus longitude / 15, so a day's mean stays that of `of`. `of` may be a rate: requests a second from 300
    places. That people ask least at 8 and most at 20 o'clock, nine times as often, is an assumption.
    """

    of: Open | float
    depth: float = DEPTH
    peak: float = PEAK

    def __post_init__(self) -> None:
        object.__setattr__(self, "of", open_load(self.of))
        if not 0 <= self.depth <= 1:
            raise LabError(f"depth={self.depth!r}: from 0, no change, to 1, nobody at the quietest hour.")

    @property
    def asked(self) -> Poisson:
        return self.of.asked  # type: ignore[union-attr]

    def factor(self, at: np.ndarray, place: np.ndarray, midnight: float) -> np.ndarray:
        hours = (midnight + at) / HOUR + LONGITUDES[place] / 15
        shape = 1 + self.depth * np.cos(2 * pi * (hours - self.peak) / 24)
        return shape * self.of.factor(at, place, midnight)  # type: ignore[union-attr]

    def most(self, start: float, end: float) -> float:
        return (1 + self.depth) * self.of.most(start, end)  # type: ignore[union-attr]


@dataclass(frozen=True)
class FlashCrowd(Open):
    """`of`, multiplied from `at` seconds on: up to `times` within `rise` s, for `hold` s, then back.

    On the way back, e^(-t / decay) of the surplus is left t seconds later. `where` keeps it to places and regions.
    """

    of: Open | float
    at: float
    times: float = 20.0
    rise: float = 5.0
    hold: float = 0.0
    decay: float = 60.0
    where: Group | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "of", open_load(self.of))
        above_zero("times", self.times)
        for name in ("at", "rise", "hold", "decay"):
            if not getattr(self, name) >= 0:
                raise LabError(f"{name}={getattr(self, name)!r}: seconds, 0 or more.")
        if self.where is not None and not self._crowded[self.asked.entrances].any():
            raise LabError(f"where={self.where!r}: the traffic enters at none of these places.")

    @property
    def asked(self) -> Poisson:
        return self.of.asked  # type: ignore[union-attr]

    @cached_property
    def _crowded(self) -> np.ndarray:
        """Which places, by their number, the crowd comes to."""
        if self.where is None:
            return np.ones(len(CODES), dtype=bool)
        named = traffic.cities(self.where) if isinstance(self.where, int) else codes_of(self.where)
        crowded = np.zeros(len(CODES), dtype=bool)
        crowded[[PLACE_NUMBER[code] for code in named]] = True
        return crowded

    def surplus(self, at) -> np.ndarray:
        """How much of the crowd is there, from 0 to 1."""
        since = np.asarray(at, dtype=float) - self.at
        risen = np.where(since >= self.rise, 1.0, np.clip(since, 0, None) / (self.rise or 1))
        gone = np.clip(since - self.rise - self.hold, 0, None)
        left = np.exp(-gone / self.decay) if self.decay else np.where(gone > 0, 0.0, 1.0)
        return np.where(since < 0, 0.0, risen * left)

    def factor(self, at: np.ndarray, place: np.ndarray, midnight: float) -> np.ndarray:
        crowd = 1 + (self.times - 1) * self.surplus(at) * self._crowded[place]
        return crowd * self.of.factor(at, place, midnight)  # type: ignore[union-attr]

    def most(self, start: float, end: float) -> float:
        top = self.at + self.rise  # before it the crowd grows, after it shrinks
        nearest = min(max(start, top), end)
        surplus = float(self.surplus(nearest)) if nearest < inf else 0.0
        return max(1.0, 1 + (self.times - 1) * surplus) * self.of.most(start, end)  # type: ignore[union-attr]


def open_load(load: Open | float) -> Open:
    """The same traffic, or that of so many requests a second. Refuses users in a closed loop."""
    if isinstance(load, Open):
        return load
    if isinstance(load, Load):
        raise LabError(f"{type(load).__name__} cannot be shaped: only open traffic, such as Poisson, can.")
    return Poisson(load)
