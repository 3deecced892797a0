"""The agreement chart: what it draws, and what it says in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from labkit import viz
from labkit.sim.agreement import Agreement, Axes, Row
from labkit.sim.estimates import Estimate
from labkit.viz.style import BLUE, VERMILION

AXES = Axes("Caching", "reads/s", "share of hits", log_x=True)


def result(label: str = "", yours: bool = True) -> Agreement:
    rows = tuple(
        Row(x, x / (1 + x), Estimate(x / (1 + x), 0.01, 20, 100), Estimate(x / (1 + x), 0.05, 20, 9) if yours else None)
        for x in (0.1, 1.0, 10.0)
    )
    return Agreement(AXES, rows, lambda x: x / (1 + x), label)


def drawn(picture: viz.Picture):
    return picture.figure.axes[0]


def test_theory_is_a_line_the_model_circles_and_your_worker_crosses():
    line, circles, crosses = (drawn(viz.agreement(result())).lines[index] for index in (0, 1, 4))
    assert line.get_linestyle() == "-" and len(line.get_xdata()) > 50
    assert (circles.get_marker(), circles.get_color(), len(circles.get_xdata())) == ("o", BLUE, 3)
    assert (crosses.get_marker(), crosses.get_color()) == ("x", VERMILION)


def test_the_legend_names_each_view_once():
    names = [text.get_text() for text in drawn(viz.agreement(result("a"), result("b"))).get_legend().get_texts()]
    assert sorted(names) == ["a", "b", "model (numpy)", "your Worker on the lab"]


def test_without_a_worker_there_is_no_cross():
    names = [text.get_text() for text in drawn(viz.agreement(result(yours=False))).get_legend().get_texts()]
    assert names == ["theory", "model (numpy)"]


def test_axes_say_what_and_in_which_unit():
    axes = drawn(viz.agreement(result()))
    assert (axes.get_title(loc="left"), axes.get_xlabel(), axes.get_ylabel()) == ("Caching", "reads/s", "share of hits")
    assert axes.get_xscale() == "log"
    assert axes.xaxis.get_major_formatter()(0.001) == "0.001"


def test_bars_are_as_long_as_the_interval():
    axes = drawn(viz.agreement(result()))
    (low, high) = axes.collections[1].get_segments()[0][:, 1]
    assert abs((high - low) / 2 - Estimate(0, 0.05, 20, 9).half_width()) < 1e-9


def test_results_side_by_side_differ_in_colour_and_in_dash():
    lines = [line for line in drawn(viz.agreement(result("a"), result("b"))).lines if line.get_label() in ("a", "b")]
    assert len({line.get_color() for line in lines}) == len({line.get_linestyle() for line in lines}) == 2


def test_the_words_say_where_it_begins_and_ends_and_whether_it_agrees():
    assert viz.agreement(result()).alt == (
        "Chart of share of hits against reads/s. The theory goes from 0.0909 at 0.1 to 0.909 at 10; 6 of 6 measured "
        "intervals hold it."
    )


def test_several_results_have_one_caption_which_says_an_assumption_once():
    one, two = (replace(result(name), assumptions=("tau is 600 s.",)) for name in ("one", "two"))
    caption = viz.agreement(one, two).caption
    assert caption.startswith("12 of 12 intervals (95 %) hold") and "model 600, yours 54" in caption
    assert caption.count("Assumption: tau is 600 s.") == 1


@pytest.mark.parametrize(("value", "words"), [
    (1e-5, "0.00001"), (0.25, "0.25"), (3.0, "3"), (999.5, "999.5"), 
    (9999, "9,999"), (10_000, "10 k"), (2.5e7, "25 M"), (1e10, "10,000 M"), (0.0, "0"), (-2000, "-2,000"),
])  # fmt: skip
def test_numbers_on_an_axis_are_plain(value, words):
    from labkit.viz.charts import plain

    assert plain(value) == words


def counted(**axes) -> Agreement:
    rows = tuple(Row(float(x), x, Estimate(x, 0.1, 20, 100)) for x in (1, 2, 8))
    return Agreement(Axes("Shards", "shards", "y" * 30 + " " + "z" * 30, **axes), rows, lambda x: x)


@pytest.mark.parametrize("log_x", [False, True])
def test_where_x_counts_something_the_line_has_whole_numbers_alone(log_x):
    xs = viz.agreement(counted(whole=True, log_x=log_x)).figure.axes[0].lines[0].get_xdata()
    assert list(xs) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert len(viz.agreement(counted()).figure.axes[0].lines[0].get_xdata()) > 50


def test_a_short_logarithmic_axis_names_its_rows_and_a_long_label_is_broken():
    axes = viz.agreement(counted(log_x=True)).figure.axes[0]
    assert [tick for tick in axes.get_xticks()] == [1, 2, 8]
    assert axes.get_ylabel().count("\n") == 1
