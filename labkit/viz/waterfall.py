"""A request's waterfall: each of its events as a bar, where it happened, how long it took and what it costs."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from labkit.errors import LabError
from labkit.trace import Event, Trace
from labkit.viz.picture import Picture
from labkit.viz.style import GREY, SERIES, WIDTH_INCHES, figure, styled

ROW_INCHES, FRAME_INCHES = 0.34, 1.1
MOST_ROWS = 60
MOST_LETTERS = 50
LETTER = 5.5
"""Points that a letter of 9-point DejaVu Sans Mono takes."""


def waterfall(trace: Trace, request: int | None = None) -> Picture:
    """The events of one request, the latest if not said otherwise, as bars over its time in milliseconds.

    What happened inside of something is indented under it. Beside each bar stand its time and its billable units.
    """
    events = _events(trace, request)
    began = events[0].start
    depth, colours = _depths(events), _colours(events)
    with styled():
        chart, axes = figure(height=FRAME_INCHES + ROW_INCHES * len(events))
        for row, event in enumerate(events):
            left, width = (event.start - began) * 1000, event.seconds * 1000
            axes.barh(row, width, left=left, height=0.62, color=colours[event.primitive], edgecolor=GREY, linewidth=0.4)
            axes.text(left + width, row, f" {_cost(event)}", va="center", fontsize=9, family="monospace")
        _frame(axes, events, ["  " * depth[event.id] + _name(event) for event in events])
        axes.set_xlabel("ms since the request left the visitor")
        chart.suptitle(_title(events[0]), x=0.01, ha="left", fontsize=12, fontweight="bold")
    return Picture(chart, _alt(events))


def _events(trace: Trace, request: int | None) -> list[Event]:
    """In the order in which they began, those that contain others first."""
    if not len(trace):
        raise LabError("The trace is empty: send a request first, such as `await lab.fetch('/')`.")
    request = trace[-1].request if request is None else request
    events = trace.of(request)[:MOST_ROWS]
    if not events:
        raise LabError(f"The trace has no request {request}: see lab.trace.sql('select distinct request from events')")
    return sorted(events, key=lambda event: (event.start, event.id))


def _depths(events: list[Event]) -> dict[int, int]:
    depth: dict[int, int] = {}
    for event in events:
        depth[event.id] = depth.get(event.parent or -1, -1) + 1
    return depth


def _colours(events: list[Event]) -> dict[str, str]:
    """A colour for each primitive, in the order of appearance."""
    primitives = dict.fromkeys(event.primitive for event in events)
    return {primitive: SERIES[index % len(SERIES)] for index, primitive in enumerate(primitives)}


def _frame(axes: Any, events: list[Event], names: list[str]) -> None:
    """The first event on top, names to the left of the bars, and room for the words on their right."""
    margin = LETTER * max(map(len, names)) + 6
    room = WIDTH_INCHES * 72 - margin - 20
    reach = [((e.end - events[0].start) * 1000) / max(1 - LETTER * (len(_cost(e)) + 2) / room, 0.1) for e in events]
    axes.set(xlim=(0, max(reach) or 1), ylim=(len(events) - 0.4, -0.6))
    axes.set_yticks(range(len(events)), names, ha="left", fontsize=9, family="monospace")
    axes.tick_params(axis="y", length=0, pad=margin)
    axes.grid(axis="y", visible=False)


def _name(event: Event) -> str:
    return f"{event.place} {event.primitive}.{event.operation}"


def _cost(event: Event) -> str:
    """Time, outcome and units in words: "12.1 ms, miss, read 1"."""
    units = [f"{meter.removeprefix(event.primitive + '.')} {amount:g}" for meter, amount in event.units.items()]
    outcome = [] if event.outcome == "ok" else [event.outcome]
    return ", ".join([f"{event.seconds * 1000:.1f} ms", *outcome, *units])


def _title(event: Event) -> str:
    """What was asked for and how long it took: the outermost event."""
    path = urlsplit(event.detail.get("url", "")).path
    what = [str(event.detail.get("method", event.operation)), path[:MOST_LETTERS], f"at {event.place},"]
    return " ".join([*filter(None, what), f"{event.seconds * 1000:.1f} ms"])


def _alt(events: list[Event]) -> str:
    return "Waterfall of a request: " + "; ".join(f"{_name(event)}, {_cost(event)}" for event in events) + "."
