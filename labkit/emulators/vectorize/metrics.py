"""How near two vectors are: Vectorize's three metrics, each with its own score and its own order.

https://developers.cloudflare.com/vectorize/best-practices/create-indexes/#distance-metrics
Plain sums in double precision, the same on every machine, of values kept as float32.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import dist, sqrt
from operator import mul

Values = array  # of typecode "f"


def float32(values: Iterable[float]) -> Values:
    """The values as Vectorize stores and returns them: 58.8 is 58.79999923706055."""
    return array("f", values)


def dot(one: Values, other: Values) -> float:
    return sum(map(mul, one, other))


def cosine(one: Values, other: Values) -> float:
    """1 for the same direction, 0 for a right angle, -1 for opposite; 0 where one of them has no length."""
    length = sqrt(dot(one, one) * dot(other, other))
    return dot(one, other) / length if length else 0.0


def negative_dot(one: Values, other: Values) -> float:
    """The dot product with its sign turned, as the platform gives it: the smaller, the more alike."""
    return -dot(one, other)


@dataclass(frozen=True)
class Metric:
    """A score of two vectors, and whether a larger one is nearer."""

    score: Callable[[Values, Values], float]
    larger_is_nearer: bool

    def rank(self, score: float) -> float:
        """A number that is the smaller, the nearer."""
        return -score if self.larger_is_nearer else score


METRICS = {
    "cosine": Metric(cosine, larger_is_nearer=True),
    "euclidean": Metric(dist, larger_is_nearer=False),
    "dot-product": Metric(negative_dot, larger_is_nearer=False),
}
