"""Latency as a distribution, with its percentiles."""

from __future__ import annotations

import numpy as np
import pytest

from labkit import viz
from labkit.errors import LabError

FAST, SLOW = np.arange(1, 101) / 1000, np.arange(1, 101) / 100


def lines(picture: viz.Picture) -> dict[str, tuple[list[float], list[float]]]:
    drawn = [line for line in picture.figure.axes[0].lines if len(line.get_xdata()) >= 100]
    return {str(n): (list(line.get_xdata()), list(line.get_ydata())) for n, line in enumerate(drawn)}


def test_a_line_is_the_share_answered_within_so_many_ms():
    xs, ys = lines(viz.latency_cdf({"fast": FAST[::-1]}))["0"]
    assert xs[:3] == pytest.approx([1, 2, 3]) and ys[:3] == pytest.approx([0.01, 0.02, 0.03]) and ys[-1] == 1


def test_percentiles_are_marked_and_said():
    picture = viz.latency_cdf({"fast": FAST, "slow": SLOW}, percentiles=(50, 90))
    legend = [text.get_text() for text in picture.figure.axes[0].get_legend().get_texts()]
    assert legend == ["fast: p50 50.5 ms, p90 90.1 ms", "slow: p50 505 ms, p90 901 ms"]
    assert "slow: p50 505 ms, p90 901 ms" in picture.alt
    marks = [line.get_xdata()[0] for line in picture.figure.axes[0].lines if line.get_marker() in "os" and
             len(line.get_xdata()) == 1]  # fmt: skip
    assert marks == pytest.approx([50.5, 90.1, 505, 901])


def test_theory_is_drawn_over_the_same_times():
    picture = viz.latency_cdf(FAST, theory=lambda seconds: min(1, seconds / 0.1))
    xs, ys = lines(picture)["1"]
    assert ys == pytest.approx([min(1, x / 100) for x in xs])
    assert min(xs) > 0.1 and max(xs) < 1000


def test_nothing_to_draw_and_too_much_are_refused():
    with pytest.raises(LabError, match="no latencies to draw: slow"):
        viz.latency_cdf({"fast": FAST, "slow": []})
    with pytest.raises(LabError, match="up to 4 lines, not 5"):
        viz.latency_cdf({str(n): FAST for n in range(5)})
