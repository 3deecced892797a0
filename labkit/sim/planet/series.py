"""A run against time: rates, failures and percentiles, bin by bin, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from labkit.sim.planet.results import Results

PERCENTILES = (0.5, 0.95, 0.99)


@dataclass(frozen=True, eq=False)
class Series:
    """For each bin: its middle in seconds since the load began, the requests/s that set out in it, those that failed,

    and by share the latency in ms of those that had an answer, NaN where none had.
    """

    middle: np.ndarray
    per_s: np.ndarray
    failed_per_s: np.ndarray
    latency_ms: dict[float, np.ndarray]


def over_time(results: Results, bins: int) -> Series:
    """The run in so many bins, by when requests set out."""
    edges = np.linspace(0, max(results.seconds, 1e-9), bins + 1)
    which = np.clip(np.searchsorted(edges, results.start - results.begun, side="right") - 1, 0, bins - 1)
    answered = results.status > 0
    order = np.argsort(which[answered], kind="stable")
    taken, at = 1000 * results.latency_s[answered][order], which[answered][order]
    parts = np.split(taken, np.searchsorted(at, np.arange(1, bins)))
    latency = {share: np.array([np.quantile(part, share) if part.size else np.nan for part in parts])
               for share in PERCENTILES}  # fmt: skip
    counts = [np.bincount(each, minlength=bins) / edges[1] for each in (which, which[results.failed])]
    return Series((edges[:-1] + edges[1:]) / 2, counts[0], counts[1], latency)
