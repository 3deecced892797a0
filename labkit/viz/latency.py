"""Latency as a distribution: which share of requests had their answer by when, and the percentiles that people name.

A mean hides what users feel; the curve's right end is the visitor who waits longest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from labkit.errors import LabError
from labkit.viz.picture import Picture
from labkit.viz.style import GREY, SERIES, figure, styled

PERCENTILES = (50, 95, 99)
MARKS = ("o", "s", "^", "D", "v")
DASHES = ("-", "--", "-.", ":")
CURVE_POINTS = 200


def latency_cdf(
    series: Mapping[str, Sequence[float]] | Sequence[float], *, percentiles: Sequence[float] = PERCENTILES,
    theory: Callable[[float], float] | None = None, title: str = "Time to the answer",
) -> Picture:  # fmt: skip
    """The share of requests answered within so many ms, a line for each name; `series` are latencies in seconds.

    Marks are the percentiles, their values stand in the legend. `theory` gives the share for a time in seconds.
    """
    sorted_ms = _sorted_ms(series)
    with styled():
        chart, axes = figure(height=4.0)
        axes.set_xscale("log")
        for (name, values), colour, dash in zip(sorted_ms.items(), SERIES, DASHES, strict=False):
            _line(axes, name, values, percentiles, colour, dash)
        if theory is not None:
            axes.plot(*_curve(theory, axes.get_xlim()), color=GREY, linewidth=1.2, linestyle=":", label="theory")
        for percent in percentiles:
            axes.axhline(percent / 100, color=GREY, linewidth=0.6, linestyle=":", zorder=0)
        axes.set(title=title, xlabel="ms until the answer", ylabel="share of requests", ylim=(0, 1.02))
        axes.set_yticks([0, 0.25, *(percent / 100 for percent in percentiles if percent != 99)])
        axes.xaxis.set_major_formatter("{x:g}")
        axes.legend(loc="best", fontsize=9)
    words = "; ".join(_words(name, values, percentiles) for name, values in sorted_ms.items())
    return Picture(chart, f"Chart of the share of requests answered against the time in ms. {words}.", f"{words}.")


def _sorted_ms(series: Mapping[str, Sequence[float]] | Sequence[float]) -> dict[str, Any]:
    """The latencies of each name in ms, ascending. Refuses a name without any, and more names than looks."""
    import numpy as np

    named = series if isinstance(series, Mapping) else {"requests": series}
    found = {name: np.sort(np.asarray(values, dtype=float)) * 1000 for name, values in named.items()}
    if not found or any(not values.size for values in found.values()):
        empty = [name for name, values in found.items() if not values.size]
        raise LabError(f"latency_cdf() has no latencies to draw{': ' + ', '.join(empty) if empty else ''}.")
    if len(found) > len(SERIES):
        raise LabError(f"latency_cdf() draws up to {len(SERIES)} lines, not {len(found)}.")
    return found


def _line(axes: Any, name: str, values: Any, percentiles: Sequence[float], colour: str, dash: str) -> None:
    """The empirical distribution as steps, marked at its percentiles."""
    import numpy as np

    label = _words(name, values, percentiles)
    axes.step(values, np.arange(1, values.size + 1) / values.size, where="post", color=colour, linestyle=dash)
    axes.plot([], [], color=colour, linestyle=dash, label=label)
    for percent, mark in zip(percentiles, MARKS, strict=False):
        axes.plot(np.percentile(values, percent), percent / 100, mark, color=colour, markersize=6)


def _curve(theory: Callable[[float], float], limits: tuple[float, float]) -> tuple[Any, list[float]]:
    import numpy as np

    ms = np.geomspace(max(limits[0], 1e-3), limits[1], CURVE_POINTS)
    return ms, [float(theory(each / 1000)) for each in ms]


def _words(name: str, values: Any, percentiles: Sequence[float]) -> str:
    """Such as "isolates: p50 11 ms, p99 62 ms"."""
    import numpy as np

    said = [f"p{percent:g} {np.percentile(values, percent):,.3g} ms" for percent in percentiles]
    return f"{name}: {', '.join(said)}"
