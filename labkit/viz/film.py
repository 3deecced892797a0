"""The ripple of a write, as a film: the map of places turns from the old value to the new, and the curve below falls.

Nothing spreads from place to place: each turns when its own copy has aged out and somebody asks. The film shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from labkit.errors import LabError
from labkit.network.places import PLACES
from labkit.viz.animation import Animation
from labkit.viz.map import Row, draw_coast
from labkit.viz.style import BLUE, FAINT, GREY, VERMILION, figure, styled

DOTS_PER_INCH = 110
MOST_FRAMES = 120
OLD = {"marker": "^", "s": 34, "color": VERMILION, "label": "old value"}
NEW = {"marker": "o", "s": 22, "color": BLUE, "label": "new value"}
NONE = {"marker": ".", "s": 6, "color": GREY, "alpha": 0.6, "label": "no copy"}


def ripple_film(
    frames: Sequence[tuple[float, Iterable[Row]]], *, theory: Callable[[float], float] | None = None,
    title: str = "Who still holds the old value", frame_ms: int = 150,
) -> Animation:  # fmt: skip
    """A film of pairs of seconds since the write and the copies then, as `viz.ripple` takes them.

    Under the map, the share of places with the old value falls with time; `theory` gives that share for a time in
    seconds. A row has `colo` and `stale`.
    """
    moments = [(float(seconds), list(rows)) for seconds, rows in frames]
    if not 2 <= len(moments) <= MOST_FRAMES:
        raise LabError(f"{len(moments)} frames: a film has 2 to {MOST_FRAMES}")
    with styled():
        images = list(_images(moments, theory, title))
    return Animation(images, _alt(moments), "Triangles hold the old value, circles the new one.", frame_ms=frame_ms)


def _images(moments: Sequence[tuple[float, list[Row]]], theory: Any, title: str) -> Iterator[Any]:
    """Each moment as a Pillow image. What stands still is drawn once, and what moves upon a copy of it."""
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    chart, (above, below) = figure(height=5.2, rows=2, height_ratios=(4, 1))
    chart.set_dpi(DOTS_PER_INCH)
    canvas = FigureCanvasAgg(chart)
    moving = _stage(chart, above, below, moments, theory, title)
    canvas.draw()
    chart.set_layout_engine("none")
    still = canvas.copy_from_bbox(chart.bbox)
    for number in range(len(moments)):
        canvas.restore_region(still)
        _move(moving, moments[: number + 1])
        for artist in moving.values():
            artist.axes.draw_artist(artist)
        yield Image.fromarray(np.array(canvas.buffer_rgba()))


def _stage(chart: Any, above: Any, below: Any, moments: Sequence[tuple[float, list[Row]]], theory: Any,
           title: str) -> dict[str, Any]:  # fmt: skip
    """Draws what stands still; returns what moves, by name."""
    draw_coast(above)
    above.set_title(title)
    above.scatter([p.longitude for p in PLACES.values()], [p.latitude for p in PLACES.values()], s=3, color=FAINT)
    seconds = [moment for moment, _ in moments]
    if theory is not None:
        below.plot(seconds, [theory(each) for each in seconds], color=GREY, linestyle="--", label="theory")
    below.plot([], [], color=VERMILION, label="on this map")
    below.set(xlim=(seconds[0], seconds[-1]), ylim=(0, max(1e-9, *map(_share, moments)) * 1.1),
              xlabel="seconds since the write", ylabel="old, share")  # fmt: skip
    below.legend(loc="upper right", fontsize=9)
    moving = {name: above.scatter([], [], animated=True, **look)
              for name, look in (("none", NONE), ("new", NEW), ("old", OLD))}  # fmt: skip
    above.legend(handles=[_handle(look) for look in (OLD, NEW, NONE)], loc="lower left", fontsize=9)
    moving["line"] = below.plot([], [], color=VERMILION, animated=True)[0]
    moving["clock"] = above.text(
        1, 1.02, "", transform=above.transAxes, ha="right", va="bottom", fontsize=11, animated=True
    )
    return moving


def _handle(look: dict[str, Any]) -> Any:
    from matplotlib.lines import Line2D

    return Line2D([], [], linestyle="none", marker=look["marker"], color=look["color"], label=look["label"])


def _move(moving: dict[str, Any], past: Sequence[tuple[float, list[Row]]]) -> None:
    """Puts what moves where it is at the last of the past moments."""
    seconds, rows = past[-1]
    holders = {row["colo"] for row in rows}
    groups = {
        "old": [row["colo"] for row in rows if row["stale"]],
        "new": [row["colo"] for row in rows if not row["stale"]],
        "none": [code for code in PLACES if code not in holders],
    }
    for name, codes in groups.items():
        moving[name].set_offsets([(PLACES[c].longitude, PLACES[c].latitude) for c in codes] or [(None, None)])
    moving["line"].set_data([each for each, _ in past], [_share(each) for each in past])
    moving["clock"].set_text(f"{seconds:g} s after the write: {len(groups['old'])} old, {len(groups['new'])} new")


def _share(moment: tuple[float, list[Row]]) -> float:
    """The share of all places that would still answer with the old value."""
    return sum(bool(row["stale"]) for row in moment[1]) / len(PLACES)


def _alt(moments: Sequence[tuple[float, list[Row]]]) -> str:
    first, middle, last = moments[0], moments[len(moments) // 2], moments[-1]
    words = ", ".join(f"{sum(bool(row['stale']) for row in rows)} at {seconds:g} s"
                      for seconds, rows in (first, middle, last))  # fmt: skip
    return f"Film of a world map in {len(moments)} frames: places that hold the old value after a write: {words}."
