"""KV around the planet at a glance: a map of copies at one moment, and what readers get in the long run."""

from __future__ import annotations

from typing import Any

from labkit.viz.animation import Animation
from labkit.viz.charts import agreement
from labkit.viz.film import ripple_film
from labkit.viz.map import colour_bar, draw_map
from labkit.viz.picture import Picture
from labkit.viz.style import BLUE, GREEN, VERMILION, figure, styled

FILM_STEPS = 30


def kv_planet(
    cache_ttl: float = 60, reads_per_s: float = 0.02, writes_per_s: float = 0.01, pops: int = 200, seed: int = 11
) -> Picture:
    """One key at `pops` places: its copies at a moment drawn by chance, and the shares of fresh and stale answers.

    `cache_ttl` is in seconds; `reads_per_s` is that of each place, `writes_per_s` that of the whole planet.
    """
    from labkit.sim import kv

    rows, since_write = kv.moment(cache_ttl=cache_ttl, reads_per_s=reads_per_s, writes_per_s=writes_per_s, pops=pops,
                                  seed=seed)  # fmt: skip
    hit = float(kv.hit_ratio(reads_per_s, cache_ttl))
    stale = float(kv.stale_reads(reads_per_s, writes_per_s, cache_ttl))
    shares = {"stale copy": stale, "fresh copy": hit - stale, "fetched": 1 - hit}
    with styled():
        chart, (above, below) = figure(height=4.4, rows=2, height_ratios=(8, 1))
        colour_bar(chart, above, draw_map(above, rows, cache_ttl))
        above.set_title(f"{len(rows)} of {pops} places hold a copy, {since_write:,.0f} s after a write")
        above.legend(loc="lower left", fontsize=9)
        _bar(below, shares)
    age = float(kv.mean_age(reads_per_s, cache_ttl))
    words = ", ".join(f"{name} {share:.1%}" for name, share in shares.items())
    caption = f"In the long run, by theory: {words}. An answer is {age:.1f} s old on average."
    return Picture(chart, f"World map: {sum(row['stale'] for row in rows)} of {len(rows)} copies are stale. {caption}",
                   caption)  # fmt: skip


def _bar(axes: Any, shares: dict[str, float]) -> None:
    """What a reader gets, as one bar in three parts, each with its name and share below it."""
    left = 0.0
    for (name, share), colour, hatch in zip(shares.items(), (VERMILION, GREEN, BLUE), ("///", "", "..."), strict=True):
        axes.barh(0, share, left=left, color=colour, hatch=hatch, edgecolor="white", linewidth=0)
        left += share
        axes.plot([], [], "s", color=colour, label=f"{name} {share:.1%}")
    axes.set(xlim=(0, 1), yticks=[], xticks=[], title="what a read gets")
    axes.title.set_fontsize(10)
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.02), ncols=3, fontsize=9)


def kv_caching(cache_ttl: float = 60, pops: int = 300) -> Picture:
    """The share of reads that hit a place's copy against the read rate: theory and model."""
    from labkit.sim import kv

    return agreement(kv.caching(None, cache_ttl=cache_ttl, pops=pops))


def kv_propagation(cache_ttl: float = 60, reads_per_s: float = 0.1, pops: int = 300) -> Picture:
    """The share of places with the old value, from a write until all copies of it are gone: theory and model."""
    from labkit.sim import kv

    after = [cache_ttl * part for part in (0.02, 0.2, 0.4, 0.6, 0.8, 0.98, 1.02)]
    return agreement(kv.propagation(None, after=after, cache_ttl=cache_ttl, reads_per_s=reads_per_s, pops=pops))


def kv_film(cache_ttl: float = 60, reads_per_s: float = 0.1, pops: int = 300, seed: int = 11) -> Animation:
    """The ripple of one write as a film of one run: places turn, and the share with the old value falls as it must."""
    from labkit.network.places import PLACES
    from labkit.sim import kv

    step = cache_ttl / FILM_STEPS
    frames = kv.frames(cache_ttl=cache_ttl, reads_per_s=reads_per_s, pops=pops, seconds=cache_ttl + step, step=step,
                       seed=seed)  # fmt: skip

    def theory(after: float) -> float:
        return float(kv.stale_fraction(after, reads_per_s, cache_ttl)) * pops / len(PLACES)

    return ripple_film([(moment, rows) for rows, moment in frames], theory=theory)
