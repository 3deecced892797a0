"""A planet under load in one picture: what was asked and what failed, how long answers took, what was broken when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labkit.errors import LabError
from labkit.viz.picture import Picture
from labkit.viz.style import BLUE, GREEN, GREY, PURPLE, VERMILION, figure, styled

if TYPE_CHECKING:
    from labkit.sim.planet.results import Results
    from labkit.sim.planet.series import Series

BINS = 60
LOOKS = ((GREEN, "-"), (BLUE, "--"), (PURPLE, "-."))
HATCHES = ("///", "\\\\\\", "...", "xxx")


def planet_load(results: Results, bins: int = BINS) -> Picture:
    """Requests a second and failures above, percentiles of the latency below, against time; faults are shaded."""
    from matplotlib.ticker import LogFormatter

    from labkit.sim.planet.series import over_time

    if not len(results):
        raise LabError("No request has ended: there is nothing to draw.")
    series = over_time(results, bins)
    with styled():
        chart, (above, below) = figure(height=5.0, rows=2, sharex=True)
        _draw(above, below, series)
        _faults((above, below), results)
        above.set(title="Requests and how long they took", ylabel="requests/s", ylim=(0, None))
        below.set(xlabel="seconds since the load began", ylabel="latency, ms", yscale="log", xlim=(0, results.seconds))
        below.yaxis.set_major_formatter("{x:g}")
        below.yaxis.set_minor_formatter(LogFormatter())  # 20, 30, ... where there is room, and no 2 x 10^1
        for axes in (above, below):
            axes.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=9)
    return Picture(chart, f"Chart of a load. {results.summary()}{_broken(results)}", results.summary())


def _draw(above: Any, below: Any, series: Series) -> None:
    above.step(series.middle, series.per_s, where="mid", color=BLUE, label="set out")
    failed = series.failed_per_s > 0
    if failed.any():
        above.plot(series.middle[failed], series.failed_per_s[failed], "x", color=VERMILION, label="failed")
    for (share, values), (colour, dash) in zip(series.latency_ms.items(), LOOKS, strict=True):
        below.plot(series.middle, values, color=colour, linestyle=dash, label=f"p{100 * share:g}")


def _faults(both: tuple[Any, Any], results: Results) -> None:
    """Each fault as a band over both, with a hatch and a name of its own."""
    for number, (words, begins, ends) in enumerate(results.windows()):
        for axes, name in zip(both, (words, None), strict=True):
            axes.axvspan(begins, ends, facecolor="none", edgecolor=GREY, hatch=HATCHES[number % len(HATCHES)],
                         linewidth=0.8, alpha=0.5, label=name, zorder=0.5)  # fmt: skip


def _broken(results: Results) -> str:
    parts = [f"{words} from {begins:g} to {ends:g} s" for words, begins, ends in results.windows()]
    return f" Broken: {'; '.join(parts)}." if parts else ""
