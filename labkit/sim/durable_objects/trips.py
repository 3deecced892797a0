"""How long messages between two places take there and back, as distributions, and those of what waits for several.

Each way of a round trip takes half of its median, times a lognormal of the jitter (`labkit.network.links`); a round
trip is the sum of two. Means are integrals of the chance that it is not over yet, E[X] = integral of P(X > t) dt, which
holds for any X >= 0 (W. Feller, "An Introduction to Probability Theory" II (1971), V.6). Seconds throughout.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from math import exp

import numpy as np

from labkit import facts
from labkit.emulators.durable_objects import placement
from labkit.network.links import Links

JITTER = facts.value("network.jitter")
WRITE = facts.value("durable_objects.write")
NEEDED = facts.value("durable_objects.followers_needed")
MEAN_STRETCH = exp(JITTER**2 / 2)
"""A message's mean time by its median."""
NODES = 60
POINTS = 4001


@cache
def stretch_table() -> tuple[np.ndarray, np.ndarray]:
    """A round trip's time by its median, and the chance of at most that: Gauss and Hermite's rule over one way."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    one = np.exp(JITTER * nodes)
    grid = np.linspace(exp(-6 * JITTER), exp(6 * JITTER), 1501)
    other = np.maximum(2 * grid[:, None] - one, 1e-12)
    return grid, normal_within(np.log(other) / JITTER) @ weights / weights.sum()


def normal_within(z: np.ndarray) -> np.ndarray:
    """The chance that a standard normal number is at most `z`, from a table of its density's integral."""
    grid, chances = _normal_table()
    return np.interp(z, grid, chances, left=0.0, right=1.0)


@cache
def _normal_table() -> tuple[np.ndarray, np.ndarray]:
    grid = np.linspace(-9, 9, 20_001)
    density = np.exp(-(grid**2) / 2)
    sums = np.concatenate(([0.0], np.cumsum((density[1:] + density[:-1]) / 2)))
    return grid, sums / sums[-1]


def within(seconds: np.ndarray, rtt) -> np.ndarray:
    """The chance that a round trip of the median `rtt` takes at most so long."""
    grid, chances = stretch_table()
    with np.errstate(divide="ignore"):  # no way at all takes no time
        stretches = np.divide(seconds, rtt)
    return np.interp(stretches, grid, chances, left=0.0, right=1.0)


def draw(random: np.random.Generator, rtt, *shape: int) -> np.ndarray:
    """Round trips of the medians `rtt`, whose shape is the end of `shape`."""
    return np.multiply(rtt, np.exp(JITTER * random.standard_normal((2, *shape))).sum(axis=0) / 2)


def followers_rtt(place: str) -> np.ndarray:
    """The median round trips from an object's place to those who keep a copy of its writes."""
    links = Links()
    return np.array([links.rtt(place, other) for other in placement.followers(links, place)])


def confirmed_within(seconds: np.ndarray, rtts: Sequence[float] | np.ndarray, needed: int = NEEDED) -> np.ndarray:
    """The chance that a write is confirmed in time: that `needed` of the followers or more have answered.

    They are independent and not alike: one after another is taken into the distribution of how many have answered.
    """
    left = np.asarray(seconds, dtype=float) - WRITE
    count = np.zeros((len(rtts) + 1, left.size))
    count[0] = 1.0
    for rtt in rtts:
        has = within(left, rtt)
        count[1:] = count[1:] * (1 - has) + count[:-1] * has
        count[0] *= 1 - has
    return count[needed:].sum(axis=0)


def confirmation(place: str, writes: Sequence[float] = (0.0,), until: float = 0.0) -> float:
    """Mean seconds until all `writes` at these moments are confirmed, and not before `until`: the last one counts."""
    rtts, first = followers_rtt(place), max(until, min(writes))
    longest = max(writes) + WRITE + rtts.max() * stretch_table()[0][-1]
    return mean_beyond(first, longest, lambda t: np.prod([confirmed_within(t - at, rtts) for at in writes], axis=0))


def mean_beyond(first: float, longest: float, chance_within: Callable[[np.ndarray], np.ndarray]) -> float:
    """The mean of a time that is never below `first` nor above `longest`, from the chance of at most each."""
    times = np.linspace(first, longest, POINTS)
    return first + float(np.trapezoid(1 - chance_within(times), times))


def draw_confirmations(random: np.random.Generator, place: str, writes: int) -> np.ndarray:
    """Seconds that so many writes take to be confirmed."""
    rtts = followers_rtt(place)
    return np.sort(draw(random, rtts, writes, rtts.size), axis=1)[:, NEEDED - 1] + WRITE
