"""One moment on the planet: which places hold a copy of a key, how old each is, and which are stale."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from labkit.sim import streams, traffic
from labkit.sim.kv import copies
from labkit.sim.kv.copies import REFRESH


class Moment(NamedTuple):
    """`rows` have the fields of `lab.kv(...).copies(key)`, without the value; `since_write` is in seconds."""

    rows: list[dict[str, Any]]
    since_write: float


def moment(
    *, cache_ttl: float = 60, reads_per_s: float = 0.02, writes_per_s: float = 0.01, pops: int = 200,
    refresh: float = REFRESH, seed: int = 11,
) -> Moment:  # fmt: skip
    """A moment drawn from the long run: Poisson reads of the key at each of `pops` places, Poisson writes to it."""
    random = streams.generator(seed)
    since_write = random.exponential(1 / writes_per_s)
    ages = copies.draw_ages(random, pops, reads_per_s, cache_ttl, refresh)
    return Moment(rows_of(ages, since_write, cache_ttl), float(since_write))


def rows_of(ages: np.ndarray, since_write: float, cache_ttl: float) -> list[dict[str, Any]]:
    """A row for each place whose copy, of that age, would still answer."""
    return [
        {"tier": "local", "colo": colo, "age": age, "stale": age > since_write, "expires_in": cache_ttl - age}
        for colo, age in zip(traffic.cities(ages.size), ages.tolist(), strict=True)
        if age < cache_ttl
    ]
