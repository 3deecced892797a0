"""A space-time diagram: a line a place, time from left to right, a message as an arrow that slants as long as it takes.

L. Lamport drew distributed systems so ("Time, Clocks, and the Ordering of Events in a Distributed System", 1978): what
a place cannot have known yet lies above the arrow that brings it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

from labkit.errors import LabError
from labkit.network.places import PLACES
from labkit.trace import Event, Message, Trace
from labkit.viz.picture import Picture
from labkit.viz.style import GREY, SERIES, VERMILION, figure, styled

LINE_INCHES, FRAME_INCHES = 0.85, 1.3
MOST_MESSAGES = 80
DASHES = ("-", "--", "-.", ":")


def space_time(trace: Trace, request: int | None = None, *, title: str = "") -> Picture:
    """The messages of one request, or of all, between the places that they link, over the time in milliseconds.

    Messages are kept from `lab.trace.keep_messages()` on. A bar is what a place works on meanwhile; a message that
    never arrived ends in a cross.
    """
    messages = _messages(trace, request)
    events = _events(trace, messages)
    began = min([each.sent for each in messages] + [each.start for each in events])
    lanes = _lanes(messages, events)
    with styled():
        chart, axes = figure(height=FRAME_INCHES + LINE_INCHES * len(lanes))
        for lane in lanes.values():
            axes.axhline(lane, color=GREY, linewidth=0.8, zorder=0)
        for event in events:
            _bar(axes, event, lanes[event.place], began)
        looks = _looks(messages)
        for message in messages:
            _arrow(axes, message, lanes, began, *looks[message.what])
        _frame(axes, lanes, looks, title or _title(messages, lanes))
    return Picture(chart, _alt(messages, began))


def _messages(trace: Trace, request: int | None) -> list[Message]:
    if trace.messages is None:
        raise LabError("This trace keeps no messages: call lab.trace.keep_messages() before the request.")
    chosen = [each for each in trace.messages if request in (None, each.request)]
    if not 1 <= len(chosen) <= MOST_MESSAGES:
        raise LabError(f"{len(chosen)} messages: space_time() draws 1 to {MOST_MESSAGES}; give a request's number, "
                       "such as lab.trace[-1].request.")  # fmt: skip
    return sorted(chosen)


def _events(trace: Trace, messages: Sequence[Message]) -> list[Event]:
    """What runs meanwhile for the same requests: Workers' handlers and Durable Objects' methods."""
    requests = {each.request for each in messages}
    ran = [each for each in trace if each.primitive == "workers" or "rpc" in each.detail]
    return [each for each in ran if each.request in requests and each.place]


def _lanes(messages: Sequence[Message], events: Sequence[Event]) -> dict[str, int]:
    """The places from west to east."""
    places = {place for each in messages for place in (each.source, each.target)} | {each.place for each in events}
    return {place: lane for lane, place in enumerate(sorted(places, key=lambda code: PLACES[code].longitude))}


def _looks(messages: Sequence[Message]) -> dict[str, tuple[str, str]]:
    """A colour and a dash for each kind of message, in the order of appearance."""
    kinds = dict.fromkeys(each.what for each in messages)
    return {kind: (SERIES[n % len(SERIES)], DASHES[n // len(SERIES) % len(DASHES)]) for n, kind in enumerate(kinds)}


def _bar(axes: Any, event: Event, lane: int, began: float) -> None:
    axes.barh(lane, event.seconds * 1000, left=(event.start - began) * 1000, height=0.16, color=GREY, alpha=0.45,
              linewidth=0)  # fmt: skip


def _arrow(axes: Any, message: Message, lanes: dict[str, int], began: float, colour: str, dash: str) -> None:
    sent, start, end = (message.sent - began) * 1000, lanes[message.source], lanes[message.target]
    if isfinite(message.received):
        look = {"arrowstyle": "-|>", "color": colour, "linestyle": dash, "shrinkA": 0, "shrinkB": 0, "linewidth": 1.5}
        axes.annotate("", ((message.received - began) * 1000, end), (sent, start), arrowprops=look)
        axes.update_datalim([((message.received - began) * 1000, end), (sent, start)])
    else:
        middle = start + (end - start) / 2
        axes.plot([sent, sent], [start, middle], color=VERMILION, linestyle=":")
        axes.plot(sent, middle, marker="x", color=VERMILION, markersize=9, markeredgewidth=2)


def _frame(axes: Any, lanes: dict[str, int], looks: dict[str, tuple[str, str]], title: str) -> None:
    for kind, (colour, dash) in looks.items():
        axes.plot([], [], color=colour, linestyle=dash, label=kind or "a message of nobody's request")
    axes.set(title=title, xlabel="ms since it began", ylim=(len(lanes) - 0.5, -0.5))
    axes.set_yticks(list(lanes.values()), [f"{code}\n{PLACES[code].city}" for code in lanes])
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)
    axes.autoscale_view(scaley=False)
    axes.figure.legend(loc="outside lower center", ncols=3, fontsize=9)


def _title(messages: Sequence[Message], lanes: dict[str, int]) -> str:
    return f"{len(messages)} message{'s' * (len(messages) > 1)} between {len(lanes)} places"


def _alt(messages: Sequence[Message], began: float) -> str:
    """Every message in words, in the order of sending."""

    def words(each: Message) -> str:
        sent, took = (each.sent - began) * 1000, (each.received - each.sent) * 1000
        fate = f"arrives {took:.1f} ms later" if isfinite(took) else "never arrives"
        return f"{each.what or 'message'} from {each.source} to {each.target} at {sent:.1f} ms {fate}"

    return "Space-time diagram of messages: " + "; ".join(map(words, messages)) + "."
