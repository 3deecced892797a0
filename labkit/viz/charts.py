"""Charts of what the simulations found: above all the one in which three views of a thing agree."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

from labkit.viz.picture import Picture
from labkit.viz.style import SERIES, VERMILION, figure, styled

if TYPE_CHECKING:
    from labkit.sim.agreement import Agreement

CURVE_POINTS = 60
MOST_LETTERS = 40
"""Letters of a line of the label beside the chart, which is as high as that."""
DASHES = ("-", "--", "-.", ":")
VIEWS = {
    "model": {"marker": "o", "markerfacecolor": "none", "markersize": 7},
    "yours": {"marker": "x", "markersize": 8},
}
NAMES = {"model": "model (numpy)", "yours": "your Worker on the lab"}


def agreement(*results: Agreement) -> Picture:
    """Lines are the theory, circles the model, crosses your Worker, each with its 95 % interval.

    Several results, such as three ways of hosting, share the axes, with a colour and a dash of their own.
    """
    from labkit.sim.agreement import summary_of

    axes_of = results[0].axes
    with styled():
        chart, axes = figure()
        axes.set(title=axes_of.title, xlabel=axes_of.x, ylabel=fill(axes_of.y, MOST_LETTERS))
        _scale(axes, results)
        for result, colour, dash in zip(results, SERIES, DASHES, strict=False):
            axes.plot(*_curve(result), color=colour, linestyle=dash, label=result.label or "theory")
            _points(axes, result, {"model": colour, "yours": VERMILION if len(results) == 1 else colour})
        axes.margins(y=0.06)
        _legend(axes)
    return Picture(chart, _alt(results), summary_of(results))


def _scale(axes: Any, results: tuple[Agreement, ...]) -> None:
    """Plain numbers on both axes; where x is logarithmic and spans little, at the rows alone."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    xs = sorted({row.x for result in results for row in result.rows})
    if results[0].axes.log_x:
        axes.set_xscale("log")
        axes.xaxis.set_minor_formatter(NullFormatter())
        if xs[-1] < 100 * xs[0]:
            axes.set_xticks(xs)
            axes.minorticks_off()
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: plain(value)))


def plain(value: float) -> str:
    """A number without an exponent: 0.00001, 2.5, 1,000, 10 k, 20 M for twenty million."""
    for unit, letter in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= max(unit, 10_000):
            return f"{value / unit:,.10g} {letter}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.6f}".rstrip("0").rstrip(".")


def _curve(result: Agreement) -> tuple[list[float], list[float]]:
    """The closed form, at the rows and at points between them: at whole numbers alone where x counts something."""
    import numpy as np

    rows = [row.x for row in result.rows]
    space = np.geomspace if result.axes.log_x else np.linspace
    between = space(min(rows), max(rows), CURVE_POINTS)
    xs = sorted({*rows, *(between.round() if result.axes.whole else between).tolist()})
    return xs, [float(result.curve(x)) for x in xs]


def _points(axes: Any, result: Agreement, colours: dict[str, str]) -> None:
    for view, look in VIEWS.items():
        rows = [row for row in result.rows if view in row.views]
        if rows:
            means = [row.views[view].mean for row in rows]
            widths = [row.views[view].half_width() for row in rows]
            axes.errorbar([row.x for row in rows], means, widths, linestyle="none", elinewidth=1.4, capsize=3,
                          color=colours[view], label=NAMES[view], **look)  # fmt: skip


def _legend(axes: Any) -> None:
    """Each name once: a line for each result, a circle and a cross for all."""
    handles, names = axes.get_legend_handles_labels()
    once = dict(zip(reversed(names), reversed(handles), strict=True))
    names = sorted(once, key=names.index)
    axes.legend([once[name] for name in names], names, loc="best", fontsize=9)


def _alt(results: tuple[Agreement, ...]) -> str:
    """The chart in words: what is drawn, where each line begins and ends, and whether the points lie on it."""
    axes = results[0].axes
    parts = [f"Chart of {axes.y} against {axes.x}."]
    for result in results:
        first, last = result.rows[0], result.rows[-1]
        held, count = result.coverage()
        parts.append(
            f"{result.label or 'The theory'} goes from {first.theory:.3g} at {first.x:g} to {last.theory:.3g} at "
            f"{last.x:g}; {held} of {count} measured intervals hold it."
        )
    return " ".join(parts)
