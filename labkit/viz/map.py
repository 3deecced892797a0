"""The world map of a key: which places hold a copy, how old it is, and which copies are stale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from labkit.network.places import PLACES
from labkit.viz.coastline import coastlines
from labkit.viz.picture import Picture
from labkit.viz.style import FAINT, GREY, VERMILION, colour_of_age, figure, styled

if TYPE_CHECKING:
    from labkit.lab import Lab

SOUTH, NORTH = -58, 78
Row = Mapping[str, Any]


def age_map(copies: Iterable[Row], lab: Lab | None = None, *, title: str = "", oldest: float | None = None) -> Picture:
    """Places by the age of their copy: a circle for a fresh one, a triangle for a stale one, a dot where there is none.

    A row has `colo`, `age` in seconds and `stale`, as those of `lab.kv(...).copies(key)`. Colours run from 0 to
    `oldest` seconds, the oldest copy's age if not given. With `lab` the caption says the simulated time.
    """
    rows = _local(copies)
    with styled():
        chart, axes = figure(height=3.7)
        drawn = draw_map(axes, rows, oldest or _oldest([rows]))
        axes.set_title(title or _sentence(rows))
        colour_bar(chart, axes, drawn)
        axes.legend(loc="lower left", fontsize=9)
    when = f"{lab.now:,.1f} s after the lab's start." if lab else ""
    return Picture(chart, f"World map of places. {_sentence(rows)}", when)


def ripple(frames: Sequence[tuple[float, Iterable[Row]]], *, title: str = "Who still holds the old value") -> Picture:
    """The same map at several moments, up to four: pairs of seconds and the copies then."""
    moments = [(seconds, _local(copies)) for seconds, copies in frames[:4]]
    oldest = _oldest([rows for _, rows in moments])
    with styled():
        chart, grid = figure(height=4.4, rows=2, columns=2)
        for axes, (seconds, rows) in zip(grid.flat, moments, strict=False):
            drawn = draw_map(axes, rows, oldest, size=12)
            axes.set_title(f"{seconds:g} s: {_stale(rows)} of {len(rows)} copies stale", fontsize=10)
        for axes in grid.flat[len(moments) :]:
            axes.set_axis_off()
        chart.suptitle(title, x=0.01, ha="left", fontweight="bold")
        colour_bar(chart, grid, drawn)
    words = "; ".join(f"after {seconds:g} s, {_stale(rows)} of {len(rows)} are stale" for seconds, rows in moments)
    return Picture(chart, f"Four world maps of copies: {words}.", "Triangles are stale copies, circles fresh ones.")


def draw_map(axes: Any, rows: Sequence[Row], oldest: float, size: float = 26) -> Any:
    """Coastlines and places on matplotlib `axes`; returns what a colour bar is made from."""
    draw_coast(axes)
    holders = {row["colo"] for row in rows}
    without = [place for place in PLACES.values() if place.code not in holders]
    axes.scatter([p.longitude for p in without], [p.latitude for p in without], s=size / 6, color=FAINT, linewidths=0,
                 label=f"no copy ({len(without)})")  # fmt: skip
    fresh, stale = ([row for row in rows if bool(row["stale"]) is wanted] for wanted in (False, True))
    looks = {"cmap": colour_of_age(), "vmin": 0, "vmax": oldest}
    _dots(axes, fresh, f"fresh copy ({len(fresh)})", s=size, marker="o", edgecolors=GREY, linewidths=0.5, **looks)
    return _dots(axes, stale, f"stale copy ({len(stale)})", s=size * 1.6, marker="^", edgecolors=VERMILION,
                 linewidths=1.0, **looks)  # fmt: skip


def draw_coast(axes: Any) -> None:
    """The empty map on matplotlib `axes`: coastlines by longitude and latitude."""
    from matplotlib.collections import LineCollection

    axes.add_collection(LineCollection(coastlines(), colors=GREY, linewidths=0.5, alpha=0.7))
    axes.set(xlim=(-183, 183), ylim=(SOUTH, NORTH), aspect=1.2, xticks=[], yticks=[])
    axes.grid(False)
    axes.spines[:].set_visible(False)


def _dots(axes: Any, rows: Sequence[Row], label: str, **looks: Any) -> Any:
    at = [PLACES[row["colo"]] for row in rows]
    return axes.scatter([p.longitude for p in at], [p.latitude for p in at], c=[row["age"] for row in rows],
                        label=label, **looks)  # fmt: skip


def colour_bar(chart: Any, axes: Any, drawn: Any, label: str = "age of the copy, seconds") -> None:
    bar = chart.colorbar(drawn, ax=axes, shrink=0.75, pad=0.01, aspect=30)
    bar.set_label(label)
    bar.outline.set_visible(False)


def _local(copies: Iterable[Row]) -> list[Row]:
    """The places' own copies, without those of the tiers above them."""
    return [row for row in copies if row.get("tier", "local") == "local"]


def _oldest(groups: Iterable[Sequence[Row]]) -> float:
    return max((row["age"] for rows in groups for row in rows), default=1.0) or 1.0


def _stale(rows: Sequence[Row]) -> int:
    return sum(bool(row["stale"]) for row in rows)


def _sentence(rows: Sequence[Row]) -> str:
    return f"{len(rows)} of {len(PLACES)} places hold a copy; {_stale(rows)} of the copies are stale"
