"""The chart of a load: what is drawn and what it says in words."""

from __future__ import annotations

import numpy as np
import pytest

from labkit import viz
from labkit.errors import LabError
from labkit.lab import Lab
from labkit.sim.planet import Kill, Loss, Partition, Planet, Poisson, Results
from labkit.sim.workers import hello

FAULTS = [Kill("SIN", at=2, until=4), Partition("OC", at=5), Loss(0.25, at=99)]


@pytest.fixture(scope="module")
def results() -> Results:
    return Planet(Lab(hello.Default), Poisson(50, places=["SIN", "LHR"]), 10, faults=FAULTS).run()


def labels(axes) -> list[str]:
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_rates_are_above_and_percentiles_below_each_with_a_dash_of_its_own(results):
    above, below = viz.planet_load(results).figure.axes
    assert labels(above)[0] == "set out" and labels(below) == ["p50", "p95", "p99"]
    assert len({line.get_linestyle() for line in below.lines}) == 3
    assert above.get_ylabel() == "requests/s" and below.get_ylabel() == "latency, ms"


def test_latencies_are_plain_numbers_also_between_the_tens(results):
    picture = viz.planet_load(results)
    picture.figure.canvas.draw()
    below = picture.figure.axes[1]
    written = [tick.get_text() for tick in below.get_yticklabels(which="both")]
    assert any(written) and all(text.isdigit() for text in written if text)


def test_the_line_holds_every_request(results):
    above, _ = viz.planet_load(results, bins=20).figure.axes
    assert np.sum(above.lines[0].get_ydata()) * 0.5 == pytest.approx(len(results))


def test_faults_that_began_are_named_and_shaded_each_in_its_own_hatch(results):
    picture = viz.planet_load(results)
    above, below = picture.figure.axes
    assert labels(above)[-2:] == ["SIN dead", "OC cut off"]
    assert len({band.get_hatch() for band in below.patches}) == len(below.patches) == 2
    assert "SIN dead from 2 to 4 s; OC cut off from 5 to 10 s" in picture.alt and "25 %" not in picture.alt


def test_failures_are_marked_where_there_are_any(results):
    assert "failed" not in labels(viz.planet_load(results).figure.axes[0])
    failing = Planet(Lab("""
from workers import Response, WorkerEntrypoint

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response("", status=500)
"""), Poisson(20, places=["LHR"]), 5).run()  # fmt: skip
    above, _ = viz.planet_load(failing).figure.axes
    assert "failed" in labels(above) and above.lines[1].get_marker() == "x"


def test_the_words_are_the_runs_line(results):
    picture = viz.planet_load(results)
    assert results.summary() in picture.alt and picture.caption == results.summary()


def test_nothing_is_not_drawn(results):
    nothing = Results({name: column[:0] for name, column in results.columns.items()}, 0.0, 1.0, 0)
    with pytest.raises(LabError, match="nothing to draw"):
        viz.planet_load(nothing)
