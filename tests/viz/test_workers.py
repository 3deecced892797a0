"""Pictures of Workers: what they say in words is what the models compute."""

from __future__ import annotations

from labkit import viz
from labkit.sim import workers


def test_the_bills_say_both_prices_in_words_and_where_they_cross():
    picture = viz.workers_costs(cpu_ms=7)
    assert "Workers cost $8.00 whatever the wait" in picture.caption and "$8.00 at 3,000 ms" in picture.alt
    assert f"${workers.lambda_month(15e6, 3000):,.2f}" in picture.caption
    (axes,) = picture.figure.axes
    assert "1: Workers, paid plan from 160 ms" in [line.get_label() for line in axes.lines]


def test_bills_that_never_cross_have_no_crossing():
    (axes,) = viz.workers_costs(requests=100_000, cpu_ms=1, memory_mb=128).figure.axes
    assert len(axes.lines) == 2


def test_cold_starts_are_drawn_for_one_server_and_for_many():
    picture = viz.workers_cold_starts(keep_alive=600, servers=300)
    assert "1 server" in picture.alt and "300 servers" in picture.alt


def test_each_widget_names_the_call_that_draws_the_same():
    for name in ("workers_cold_starts", "workers_costs"):
        shown = getattr(viz.widgets, name)().children[-1].value
        assert f"viz.{name}(" in shown and "<img" in shown


def test_the_assumption_is_the_sliders():
    assert "keeps it for 30 s" in viz.workers_cold_starts(keep_alive=30).caption
