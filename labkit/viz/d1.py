"""D1 around the planet: how far each place is from the data, from the primary alone and with replicas."""

from __future__ import annotations

from typing import Any

from labkit.network.places import PLACES
from labkit.viz.map import colour_bar, draw_coast
from labkit.viz.picture import Picture
from labkit.viz.style import GREY, VERMILION, colour_of_age, figure, styled

SOON = 100
"""Milliseconds within which an answer feels as if it were at once (J. Nielsen, "Usability Engineering", 1993)."""


def d1_map(primary: str = "IAD") -> Picture:
    """Every place by the mean time of a read, by theory: above from the primary alone, below with all replicas.

    A read takes milliseconds: circles up to 100, triangles beyond. Crosses are the instances that answer.
    """
    from labkit.sim import d1

    places, instances = list(PLACES), {"from the primary alone": [primary],
                                       "with six replicas": list(dict.fromkeys([primary, *d1.REPLICAS]))}  # fmt: skip
    times = [d1.read_ms_at(count, primary=primary, places=places) for count in (0, len(d1.REPLICAS))]
    parts = []
    with styled():
        chart, rows = figure(height=6.6, rows=2)
        looks = {"cmap": colour_of_age(), "vmin": 0, "vmax": float(times[0].max())}
        for axes, (how, where), reads in zip(rows, instances.items(), times, strict=True):
            drawn = _draw(axes, dict(zip(places, reads.tolist(), strict=True)), where, looks)
            soon = f"{(reads <= SOON).mean():.0%} of places within {SOON}"
            parts.append(f"{how} {reads.mean():.0f} ms on average, {soon}")
            axes.set_title(f"D1 reads {how}: {reads.mean():.0f} ms on average")
        colour_bar(chart, rows, drawn, "mean time of a read, ms")
    words = "; ".join(parts)
    caption = "As many visitors at each place. Assumption: each region's replica is at one place."
    return Picture(chart, f"Two world maps of D1 reads, primary at {primary}: {words}.", caption)


def _draw(axes: Any, times: dict[str, float], instances: list[str], looks: dict[str, Any]) -> Any:
    """One map; returns what a colour bar is made from."""
    draw_coast(axes)
    soon = [code for code in times if times[code] <= SOON]
    later = [code for code in times if times[code] > SOON]
    drawn = None
    for codes, marker, words in ((soon, "o", f"within {SOON} ms"), (later, "^", f"beyond {SOON} ms")):
        drawn = axes.scatter(*_at(codes), c=[times[code] for code in codes], marker=marker, s=20, edgecolors=GREY,
                             linewidths=0.4, label=f"{words} ({len(codes)})", **looks)  # fmt: skip
    looks = {"marker": "x", "s": 60, "color": VERMILION, "linewidths": 2}
    axes.scatter(*_at(instances), label=f"instances ({len(instances)})", **looks)
    axes.legend(loc="lower left", fontsize=9)
    return drawn


def _at(codes: list[str]) -> tuple[list[float], list[float]]:
    return [PLACES[code].longitude for code in codes], [PLACES[code].latitude for code in codes]
