"""Dollars against a quantity: what several ways to do a thing cost, and where another one becomes the cheapest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import log10, nan
from typing import Any, NamedTuple

from labkit.viz.picture import Picture
from labkit.viz.style import FAINT, GREY, SERIES, figure, styled

DASHES = ("-", "--", "-.", ":")
POINTS = 160
LEAST_DOLLARS = 0.01
"""A sum below has no place on a logarithmic axis: its curve begins where it is more."""

PRICES = "List prices of 2026: the paid plan, and us-east-1 on demand without the first year's free tier."
"""What every picture of both sides assumes; the facts say the days and how each figure is known."""

Curve = Callable[[float], float]


class Crossing(NamedTuple):
    """From `x` on, `after` is cheaper instead of `before`; at `x` it costs `dollars`."""

    x: float
    dollars: float
    before: str
    after: str


def cost_curves(
    curves: Mapping[str, Curve], first: float, last: float, *, title: str, x: str, y: str = "US dollars a month",
    unit: str = "", against: str = "", caption: str = "",
) -> Picture:  # fmt: skip
    """Curves by name over x from `first` to `last`, both axes logarithmic, with each `Crossing` numbered and named.

    Crossings are where another curve becomes the cheapest; with `against`, a curve's name, where another crosses that
    one. `unit` follows a number in words, such as "GB". The alternative text says where each curve begins and ends, and
    which is the cheapest from where.
    """
    import numpy as np

    xs = np.geomspace(first, last, POINTS).tolist()
    crossings = _crossings_with(against, curves, xs) if against else crossings_of(curves, xs)
    with styled():
        chart, axes = figure(height=4.8)
        for (name, curve), colour, dash in zip(curves.items(), SERIES, DASHES, strict=False):
            axes.plot(xs, [_on_the_axis(curve(x)) for x in xs], color=colour, linestyle=dash, label=name)
        axes.set(title=title, xlabel=x, ylabel=y, xscale="log", yscale="log")
        for number, crossing in enumerate(crossings, 1):
            _mark(axes, crossing, number, unit)
        _ticks(axes)
        chart.legend(loc="outside lower left", ncols=2, fontsize=9)
    words = _in_words(curves, xs, crossings, unit, against)
    alt = f"Chart of {y} against {x}. {_ends(curves, first, last, unit)} {words}"
    return Picture(chart, alt, f"{words} {caption}".strip())


def crossings_of(curves: Mapping[str, Curve], xs: Sequence[float]) -> list[Crossing]:
    """Where the cheapest of the curves changes between the first and the last of `xs`, in their order."""
    cheapest = [min(curves, key=lambda name: curves[name](x)) for x in xs]
    changes = [n for n in range(1, len(xs)) if cheapest[n] != cheapest[n - 1]]
    return [_between(curves, cheapest[n - 1], cheapest[n], xs[n - 1], xs[n]) for n in changes]


def _crossings_with(one: str, curves: Mapping[str, Curve], xs: Sequence[float]) -> list[Crossing]:
    pairs = ({one: curves[one], name: curve} for name, curve in curves.items() if name != one)
    return sorted(crossing for pair in pairs for crossing in crossings_of(pair, xs))


def _between(curves: Mapping[str, Curve], before: str, after: str, low: float, high: float) -> Crossing:
    """By bisection: `before` is cheaper at `low` and `after` at `high`. A step in a price counts as a crossing."""
    for _ in range(60):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if curves[before](middle) <= curves[after](middle) else (low, middle)
    return Crossing(high, curves[after](high), before, after)


def _on_the_axis(dollars: float) -> float:
    return dollars if dollars >= LEAST_DOLLARS else nan


def _mark(axes: Any, crossing: Crossing, number: int, unit: str) -> None:
    """A ring with a number, a dotted line down to the axis, and what the number means as a line of the legend."""
    label = f"{number}: {crossing.after} from {in_words(crossing.x, unit)}"
    axes.axvline(crossing.x, color=FAINT, linestyle=":", linewidth=1.2)
    axes.plot([crossing.x], [_on_the_axis(crossing.dollars)], marker="o", markersize=9, markerfacecolor="none",
              markeredgecolor=GREY, linestyle="none", label=label)  # fmt: skip
    axes.annotate(str(number), (crossing.x, crossing.dollars), xytext=(7, -13), textcoords="offset points", fontsize=10,
                  annotation_clip=True)  # fmt: skip


def _ticks(axes: Any) -> None:
    """Plain numbers; 1, 2 and 5 of each decade where an axis has few."""
    from matplotlib.ticker import LogLocator, NullFormatter

    for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        if log10(high / low) < 2.6:
            axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter(lambda value, _: number_in_words(value))
        axis.set_minor_formatter(NullFormatter())


def _in_words(curves: Mapping[str, Curve], xs: Sequence[float], crossings: Sequence[Crossing], unit: str,
              against: str) -> str:  # fmt: skip
    """Which is the cheapest, or cheaper than `against`, from where: one sentence."""
    later = ", ".join(f"{each.after} from {in_words(each.x, unit)}" for each in crossings)
    if against:
        return f"Cheaper than the other of two: {later}." if later else f"Nothing crosses {against}."
    first = min(curves, key=lambda name: curves[name](xs[0]))
    return f"The cheapest is {first} at first, then {later}." if later else f"{first} is the cheapest throughout."


def _ends(curves: Mapping[str, Curve], first: float, last: float, unit: str) -> str:
    begin, end = in_words(first, unit), in_words(last, unit)
    ends = {name: (f"${curve(first):,.2f}", f"${curve(last):,.2f}") for name, curve in curves.items()}
    return " ".join(f"{name}: {low} at {begin}, {high} at {end}." for name, (low, high) in ends.items())


def in_words(value: float, unit: str = "") -> str:
    """A quantity with its unit, such as "160 ms" or "1.2 M requests"."""
    return f"{number_in_words(value)} {unit}".strip()


def number_in_words(value: float) -> str:
    """About three digits, with k, M or G for thousands, millions and thousands of millions."""
    for least, size, letter in ((1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k")):
        if value >= least * 0.9995:
            return f"{value / size:.3g} {letter}"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
