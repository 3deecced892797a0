"""Sliders: a second way to call a plain function."""

from __future__ import annotations

import pytest

from labkit import viz
from labkit.errors import LabError
from labkit.viz.picture import Picture
from labkit.viz.style import figure, styled
from labkit.viz.widgets import Slider, sliders

CALLS: list[dict] = []


def square(side: float = 1, count: int = 1) -> Picture:
    CALLS.append({"side": side, "count": count})
    if count == 13:
        raise LabError("thirteen is <too> many")
    with styled():
        chart, _ = figure(height=0.5)
    return Picture(chart, f"{count} squares of {side}")


@pytest.fixture
def widget():
    CALLS.clear()
    return sliders(square, side=Slider("side, cm", 0.01, 100, 1.0), count=Slider("how many", 1, 20, 2, 1))


def shown(widget) -> str:
    return widget.children[-1].value


def test_the_picture_is_there_at_once_with_the_call_that_draws_it(widget):
    assert CALLS == [{"side": 1.0, "count": 2}]
    assert 'alt="2 squares of 1.0"' in shown(widget)
    assert "viz.square(side=1.0, count=2)" in shown(widget)


def test_a_slider_that_moves_draws_anew_with_round_numbers(widget):
    widget.children[0].value = 0.123456
    widget.children[1].value = 5
    assert CALLS[-1] == {"side": 0.12, "count": 5}
    assert 'alt="5 squares of 0.12"' in shown(widget)


def test_a_slider_waits_until_it_is_let_go(widget):
    assert [control.continuous_update for control in widget.children[:-1]] == [False, False]


def test_a_refusal_is_shown_in_its_own_words(widget):
    widget.children[1].value = 13
    assert "thirteen is &lt;too&gt; many" in shown(widget)


@pytest.mark.parametrize("name", ["kv_planet", "kv_caching", "kv_propagation"])
def test_each_widget_begins_with_what_its_function_draws(name):
    made = getattr(viz.widgets, name)()
    values = {"cache_ttl": 60, "reads_per_s": 0.02, "writes_per_s": 0.01, "pops": 200}
    code = getattr(viz, name).__code__
    asked = {key: value for key, value in values.items() if key in code.co_varnames[: code.co_argcount]}
    assert getattr(viz, name)(**asked)._repr_html_() in shown(made)


def test_the_planet_says_in_words_what_a_read_gets():
    picture = viz.kv_planet(cache_ttl=60, reads_per_s=0.1, writes_per_s=0.01)
    assert "stale copy 21.3%, fresh copy 64.5%, fetched 14.3%" in picture.caption
    assert "An answer is 25.7 s old on average." in picture.caption


def test_a_shorter_cache_ttl_makes_the_planet_fresher():
    def stale(ttl: float) -> float:
        return float(viz.kv_planet(cache_ttl=ttl).caption.partition("stale copy ")[2].partition("%")[0])

    assert stale(30) < stale(60) < stale(600)
