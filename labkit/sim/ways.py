"""How long messages take between places, as the lab's network has it: closed forms and draws.

A message takes half the median round trip times e^(sigma Z), Z normal, sigma = facts network.jitter: lognormal, so
its mean is e^(sigma^2 / 2) times its median. Distances are those of `labkit.network.links`, right to about 10 %.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from labkit import facts
from labkit.network.links import Links, half_rtt

SIGMA = float(facts.value("network.jitter"))
STRETCH = float(np.exp(SIGMA**2 / 2))
"""The mean of a lognormal over its median."""
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(15)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


def medians(source: str, targets) -> np.ndarray:
    """Median seconds of one message from `source` to each of `targets`."""
    return np.array([half_rtt(source, target) for target in targets])


def mean_rtt(source: str, target: str) -> float:
    """Mean seconds of a round trip: two messages, each with its own jitter."""
    return 2 * STRETCH * half_rtt(source, target)


def draw(random: np.random.Generator, median, size=None) -> np.ndarray:
    """Seconds of messages with these medians."""
    return median * random.lognormal(0.0, SIGMA, np.shape(median) if size is None else size)


def expected(function: Callable[[np.ndarray], np.ndarray], median) -> np.ndarray:
    """The mean of a smooth function of one message's seconds, for each median: Gauss-Hermite, exact to 1e-12 here."""
    seconds = np.multiply.outer(median, np.exp(SIGMA * _NODES))
    return function(seconds) @ _WEIGHTS


def without_last_mile() -> Links:
    """The planet as seen from its places: visitors stand there, so that a phenomenon's own times are seen alone."""
    return Links(last_mile=0.0)
