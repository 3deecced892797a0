"""Curves of dollars: the crossings are where the curves cross, and the words say what the picture shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit import viz
from labkit.viz.costs import LEAST_DOLLARS, crossings_of, number_in_words

FLAT_AND_RISING = {"flat": lambda x: 8.0, "rising": lambda x: x / 20}
PICTURES = ["egress_costs", "cpu_io_costs", "hosting_costs", "tenant_costs", "saas_costs", "workers_costs"]


def drawn(picture):
    (axes,) = picture.figure.axes
    return [line for line in axes.lines if not line.get_label().startswith("_")]


def test_a_crossing_is_where_both_cost_the_same():
    (crossing,) = crossings_of(FLAT_AND_RISING, [1, 10, 100, 1000])
    assert crossing[:2] == pytest.approx((160, 8)) and crossing[2:] == ("rising", "flat")


@given(st.floats(0.1, 1000), st.floats(0.01, 10))
def test_before_and_after_a_crossing_another_is_cheaper(fixed, each):
    curves = {"flat": lambda x: fixed, "rising": lambda x: each * x}
    for crossing in crossings_of(curves, [1e-3, 1, 1e3, 1e6]):
        assert curves["rising"](crossing.x * 0.999) < fixed < curves["rising"](crossing.x * 1.001)


def test_a_step_in_a_price_is_a_crossing_too():
    (crossing,) = crossings_of({"steps": lambda x: 5.0 if x < 3 else 50.0, "flat": lambda x: 20.0}, [1, 10])
    assert crossing.x == pytest.approx(3) and crossing.after == "flat"


def test_curves_that_never_cross_have_no_mark_and_the_words_say_which_is_cheapest():
    picture = viz.cost_curves({"a": lambda x: x, "b": lambda x: 2 * x}, 1, 100, title="t", x="x")
    assert len(drawn(picture)) == 2 and picture.caption == "a is the cheapest throughout."


def test_crossings_with_one_curve_are_all_of_them_and_not_only_those_of_the_cheapest():
    curves = {"rising": lambda x: x, "low": lambda x: 10.0, "high": lambda x: 50.0}
    cheapest, with_one = (viz.cost_curves(curves, 1, 100, title="t", x="x", against=one) for one in ("", "rising"))
    assert len(drawn(cheapest)) == 3 + 1 and len(drawn(with_one)) == 3 + 2
    assert "low from 10, high from 50" in with_one.alt


def test_colours_have_dashes_of_their_own_and_what_costs_nothing_has_no_place():
    picture = viz.cost_curves({"a": lambda x: x, "b": lambda x: 1.0}, 0.001, 100, title="t", x="x")
    lines = drawn(picture)[:2]
    assert len({line.get_linestyle() for line in lines}) == len({line.get_color() for line in lines}) == 2
    assert min(y for y in lines[0].get_ydata() if y == y) >= LEAST_DOLLARS


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_of_costs_has_units_and_says_its_ends_and_crossings_in_words(name):
    picture = getattr(viz, name)()
    (axes,) = picture.figure.axes
    assert "List prices of 2026" in picture.caption
    assert axes.get_ylabel() == "US dollars a month" and axes.get_xlabel() in picture.alt
    for line in drawn(picture):
        name_in_words = line.get_label().partition(": ")[2] or line.get_label()
        assert name_in_words in picture.alt


def test_egress_from_a_region_is_dearer_everywhere():
    assert "R2, through a Worker is the cheapest throughout" in viz.egress_costs().alt


def test_lambda_is_cheaper_from_the_share_of_computing_that_the_model_says():
    from labkit.sim.pricing import break_even_share

    percent = 100 * break_even_share(200, 1024)
    assert percent == pytest.approx(80.8, abs=0.1)
    assert "Lambda, 1024 MB from 80.5 %" in viz.cpu_io_costs().alt  # with the fee and the allowances


@pytest.mark.parametrize(("value", "words"), [
    (0.0001, "0.0001"), (7.57, "7.57"), (3602, "3,602"), (15e6, "15 M"), (1e5, "100 k"), (2.5e9, "2.5 G"),
])  # fmt: skip
def test_numbers_are_short(value, words):
    assert number_in_words(value) == words


@pytest.mark.parametrize("name", PICTURES[:5])
def test_each_widget_names_the_call_that_draws_the_same(name):
    shown = getattr(viz.widgets, name)().children[-1].value
    assert f"viz.{name}(" in shown and "<img" in shown
