"""Durable Objects: what one can do, what shards make of it, and how evenly they are filled."""

from __future__ import annotations

from typing import Any

from labkit.viz.charts import agreement
from labkit.viz.picture import Picture
from labkit.viz.style import BLUE, GREY, VERMILION, figure, styled

LOADS = (0.3, 0.5, 0.7, 0.8, 0.9)


def durable_objects_ceiling(worker: bool = True, visits: int = 10) -> Picture:
    """The mean time to one object's answer against the rate, for three service times; without `worker`, no crosses."""
    from labkit.sim import durable_objects

    given: dict[str, Any] = {"visits": visits} if worker else {"worker": None}
    results = [
        durable_objects.ceiling(requests_per_s=[load * 1000 / ms for load in LOADS], ms=ms, seed=seed, **given)
        for seed, ms in enumerate((2, 5, 10))
    ]
    return agreement(*results)


def durable_objects_shards(shards: int = 16, users: int = 200, alpha: float = 0.8) -> Picture:
    """The share of the requests that each shard gets, users hashed, beside that of the hottest user alone."""
    from labkit.sim.durable_objects.hashing import crc32, shard_rates
    from labkit.sim.pops import law

    shares = law(users, alpha).probabilities
    each, hottest = shard_rates(shards, shares, crc32), float(shares.max())
    with styled():
        chart, axes = figure(height=3.6)
        axes.bar(range(shards), each, color=BLUE, label="a shard's requests")
        axes.axhline(1 / shards, color=GREY, linestyle="--", label="all alike, or at random")
        axes.axhline(hottest, color=VERMILION, linestyle=":", label="the hottest user alone")
        axes.set(title=f"{users} users hashed to {shards} shards", xlabel="shard", ylabel="share of the requests")
        axes.margins(y=0.25)
        axes.legend(loc="upper right", fontsize=9, ncols=3)
    words = f"The fullest shard gets {each.max() * shards:.1f} times the mean; the hottest user alone {hottest:.1%}."
    return Picture(chart, f"Bars of the share of requests that each of {shards} shards gets. {words}", words)
