"""Means and ratios with their uncertainty, from independent replications."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from math import copysign, inf, sqrt
from statistics import NormalDist

import numpy as np

from labkit.errors import LabError

LEAST_REPLICATIONS = 20


@dataclass(frozen=True)
class Estimate:
    """A mean, its standard `error`, the number of `replications`, and how many requests were `counted` in all."""

    mean: float
    error: float
    replications: int
    counted: int

    def half_width(self, level: float = 0.95) -> float:
        """Half of the t-interval that holds the true value with probability `level`."""
        return t_quantile((1 + level) / 2, self.replications - 1) * self.error

    def covers(self, truth: float, level: float = 0.95) -> bool:
        return abs(self.mean - truth) <= self.half_width(level) + 1e-12

    def z(self, truth: float) -> float:
        """How many standard errors the mean lies above `truth`."""
        away = self.mean - truth
        if abs(away) <= 1e-12:
            return 0.0
        return away / self.error if self.error else copysign(inf, away)

    def __str__(self) -> str:
        return f"{self.mean:.4f} ± {self.half_width():.4f}"


def of_ratio(part: Sequence[float] | np.ndarray, whole: Sequence[float] | np.ndarray, grain: float = 1.0) -> Estimate:
    """The ratio of two sums, such as hits to reads, from one number of each a replication.

    The error is that of the residuals `part - ratio * whole`, and never less than if two of all the things counted
    had come out the other way: where none did, the sample alone would claim certainty. `grain` is how much of a part
    comes out together, such as the messages of a batch that is retried whole.
    """
    parts, wholes = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    replications, total = _enough(parts.size), wholes.sum()
    if not total:
        raise LabError("there were no requests to count: raise the rate, the time or the number of places")
    ratio = parts.sum() / total
    residuals = parts - ratio * wholes
    spread = sqrt(residuals @ residuals / (replications - 1) * replications)
    return Estimate(float(ratio), float(max(spread, 2.0 * grain) / total), replications, int(total))


def of_counts(names: Iterable[Hashable], part: Iterable[Hashable], whole: Iterable[Hashable]) -> Estimate:
    """Which share of `whole` is in `part`, each thing given by its name, such as the place of a visit.

    Each of `names` is a replication, also one without any.
    """
    known, some, everything = list(names), Counter(part), Counter(whole)
    return of_ratio([some[name] for name in known], [everything[name] for name in known])


def of_mean(values: Sequence[float] | np.ndarray, counted: int | None = None) -> Estimate:
    """The mean of one number a replication; `counted` where each stands for many requests."""
    sample = np.asarray(values, dtype=float)
    replications = _enough(sample.size)
    error = float(sample.std(ddof=1)) / sqrt(replications)
    return Estimate(float(sample.mean()), error, replications, counted or replications)


def replicated(replication: Callable[[int], tuple[float, float]], times: int = LEAST_REPLICATIONS) -> Estimate:
    """The ratio of the part and the whole that `replication(number)` counts, over numbers 0, 1, ..."""
    parts, wholes = zip(*(replication(number) for number in range(times)), strict=True)
    return of_ratio(parts, wholes)


def t_quantile(probability: float, degrees: int) -> float:
    """Student's t quantile by the Cornish-Fisher expansion: right to 1e-4 from 19 degrees of freedom on."""
    z = NormalDist().inv_cdf(probability)
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    return sum(term / degrees**power for power, term in enumerate(terms))


def _enough(replications: int) -> int:
    if replications < LEAST_REPLICATIONS:
        raise LabError(f"{replications} replications: an interval needs at least {LEAST_REPLICATIONS}")
    return replications
