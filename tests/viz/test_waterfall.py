"""A request's waterfall."""

from __future__ import annotations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from labkit import Lab, viz
from labkit.errors import LabError
from labkit.trace import Trace


@pytest.fixture
def trace() -> Trace:
    time = [5.0]
    made = Trace(lambda: time[0])
    for path in ("/first", "/second"):
        with made.event("client", "fetch", "SYD", method="GET", url=f"https://w.example{path}?q=1") as visit:
            time[0] += 0.004
            with made.event("workers", "fetch", "SYD") as handler:
                handler.units = {"workers.requests": 1}
                with made.event("kv", "get", "SYD") as read:
                    read.units, read.outcome = {"kv.read": 1}, "miss"
                    time[0] += 0.2
            time[0] += 0.006
            visit.outcome = "200"
    return made


def bars(picture: viz.Picture) -> list[tuple[float, float]]:
    return [(round(bar.get_x(), 6), round(bar.get_width(), 6)) for bar in picture.figure.axes[0].patches]


def test_each_event_is_a_bar_of_its_time_in_ms(trace):
    assert bars(viz.waterfall(trace)) == [(0, 210), (4, 200), (4, 200)]


def test_what_happened_inside_of_something_is_indented_under_it(trace):
    names = [label.get_text() for label in viz.waterfall(trace).figure.axes[0].get_yticklabels()]
    assert names == ["SYD client.fetch", "  SYD workers.fetch", "    SYD kv.get"]


def test_beside_a_bar_stand_its_time_outcome_and_units(trace):
    words = [text.get_text().strip() for text in viz.waterfall(trace).figure.axes[0].texts]
    assert words == ["210.0 ms, 200", "200.0 ms, requests 1", "200.0 ms, miss, read 1"]
    assert "SYD kv.get, 200.0 ms, miss, read 1" in viz.waterfall(trace).alt


def test_it_is_the_latest_request_unless_another_is_asked_for(trace):
    assert viz.waterfall(trace).figure.get_suptitle() == "GET /second at SYD, 210.0 ms"
    assert viz.waterfall(trace, trace[0].request).figure.get_suptitle() == "GET /first at SYD, 210.0 ms"


def test_words_fit_beside_the_bars(trace):
    figure = viz.waterfall(trace).figure
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    ends = [text.get_window_extent(canvas.get_renderer()).x1 for text in figure.axes[0].texts]
    assert 0.9 * figure.bbox.x1 < max(ends) <= figure.bbox.x1


def test_an_empty_trace_and_an_unknown_request_are_said_so(trace):
    with pytest.raises(LabError, match="send a request first"):
        viz.waterfall(Trace(lambda: 0.0))
    with pytest.raises(LabError, match="no request 99"):
        viz.waterfall(trace, 99)


def test_a_labs_request_can_be_drawn():
    lab = Lab(kv=["FLAGS"])
    lab.run(lab.fetch("/", colo="SYD"))
    assert viz.waterfall(lab.trace).alt.startswith("Waterfall of a request: SYD client.fetch")
