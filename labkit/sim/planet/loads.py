"""What a planet asks of a Worker: who asks, from where, for what. Loads add up: `Poisson(50) + ClosedLoop(200, 5)`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Any

import numpy as np

from labkit import facts
from labkit.errors import LabError
from labkit.network.places import PLACES, in_region, place
from labkit.sim import traffic
from labkit.sim.pops import law
from labkit.sim.streams import Zipf

CODES = tuple(PLACES)
"""Results name a place by its number in this list."""
PLACE_NUMBER = {code: number for number, code in enumerate(CODES)}
REGIONS = frozenset(each.region for each in PLACES.values())

Group = int | str | Iterable[str]


@dataclass(frozen=True)
class Load:
    """Traffic of one or several kinds."""

    @property
    def parts(self) -> tuple[Load, ...]:
        """The kinds that it is made of."""
        return (self,)

    @property
    def asked(self) -> Asked:
        """What each of its requests is, where it is of one kind."""
        raise NotImplementedError

    def expected(self, seconds: float, midnight: float = 0.0) -> float:
        """About how many requests come within that time, at most."""
        return sum(part.expected(seconds, midnight) for part in self.parts)

    def __add__(self, other: Load) -> Load:
        if not isinstance(other, Load):
            return NotImplemented
        return Mix((*self.parts, *other.parts))


@dataclass(frozen=True)
class Mix(Load):
    """Several kinds at once, each with dice of its own: what one sends does not depend on the others."""

    kinds: tuple[Load, ...]

    @property
    def parts(self) -> tuple[Load, ...]:
        return self.kinds


@dataclass(frozen=True, kw_only=True)
class Asked(Load):
    """What each request is, and where it enters.

    `places` are a number of cities taken evenly over the list of all, or codes and regions. `shares` weighs them: None
    evenly, "population" by the people of a place's continent (divided evenly over its places), or weights by code or
    region. `url` may hold `{key}`: one of `keys` numbers from 0 on, by Zipf's law with exponent `alpha` (0: all alike).
    `method`, `headers`, `body`, `json` and `country` are those of `lab.fetch`; `body` and `json` may be functions of
    the key.
    """

    places: Group = 300
    shares: str | Mapping[str, float] | None = None
    url: str = "/"
    keys: int = 1
    alpha: float = 1.0
    method: str | None = None
    headers: Any = None
    body: Any = None
    json: Any = None
    country: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.keys, int) or self.keys < 1:
            raise LabError(f"keys={self.keys!r}: a whole number from 1 upwards.")
        if not (isinstance(self.alpha, int | float) and self.alpha >= 0 and isfinite(self.alpha)):
            raise LabError(f"alpha={self.alpha!r}: Zipf's exponent is 0 or more.")
        _ = self.entrances, self.cumulative  # found now, so that what is none is refused now

    @property
    def asked(self) -> Asked:
        return self

    @cached_property
    def entrances(self) -> np.ndarray:
        """The numbers of the places, in the order of `CODES`."""
        codes = traffic.cities(self.places) if isinstance(self.places, int) else codes_of(self.places)
        return np.array(sorted(PLACE_NUMBER[code] for code in codes), dtype=np.int16)

    @cached_property
    def weights(self) -> np.ndarray:
        """The share of the requests that enters at each of the places; they add up to 1."""
        weights = np.array([self._weight(CODES[number]) for number in self.entrances], dtype=float)
        if self.shares == "population":
            continents = np.array([PLACES[CODES[number]].continent for number in self.entrances])
            weights /= [np.count_nonzero(continents == each) for each in continents]
        if not (weights >= 0).all() or not np.isfinite(weights).all() or not weights.any():
            raise LabError(f"shares={self.shares!r}: weights of 0 or more, not all of them 0.")
        return weights / weights.sum()

    def _weight(self, code: str) -> float:
        if self.shares is None:
            return 1.0
        if self.shares == "population":
            return facts.value(f"network.people_{PLACES[code].continent.lower()}")
        if not isinstance(self.shares, Mapping):
            raise LabError(f'shares={self.shares!r}: None (even), "population", or weights by code or region.')
        return self.shares.get(code, self.shares.get(PLACES[code].region, 0.0))

    @cached_property
    def cumulative(self) -> np.ndarray:
        """The weights added up, the last one 1."""
        sums = np.cumsum(self.weights)
        sums[-1] = 1.0
        return sums

    @property
    def popularity(self) -> Zipf:
        """The law by which keys are drawn; its table is shared by those who ask alike."""
        return law(self.keys, self.alpha)

    def draw_entrances(self, random: np.random.Generator, size: int) -> np.ndarray:
        """The numbers of `size` places."""
        return self.entrances[np.searchsorted(self.cumulative, random.random(size), side="right")]

    def draw_keys(self, random: np.random.Generator, size: int) -> np.ndarray:
        """`size` keys."""
        return self.popularity.draw(random, size) if self.keys > 1 else np.zeros(size, dtype=np.int64)

    def options(self, key: int) -> dict[str, Any]:
        """The options of `lab.fetch` for a key."""
        given = {"method": self.method, "headers": self.headers, "body": self.body, "json": self.json}
        return {name: value(key) if _is_function(value) else value for name, value in given.items()}

    def address(self, key: int) -> str:
        """The URL for a key."""
        return self.url.replace("{key}", str(key))


def codes_of(group: str | Iterable[str]) -> set[str]:
    """The places that codes and regions name. Refuses an unknown one, and none at all."""
    try:
        names = [group] if isinstance(group, str) else list(group)
    except TypeError:
        raise LabError(f"{group!r}: give a number of places, codes or regions.") from None
    if not names:
        raise LabError("No place at all: give a number of places, codes or regions.")
    return {each.code for name in names for each in (in_region(name) if name in REGIONS else [place(name)])}


def above_zero(name: str, value: Any) -> float:
    """The same number, if it is one above 0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise LabError(f"{name}={value!r}: a number above 0.")
    return float(value)


def _is_function(value: Any) -> bool:
    return isinstance(value, Callable) and not isinstance(value, type)
