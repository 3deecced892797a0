"""Space-time diagrams of messages."""

from __future__ import annotations

from math import inf

import pytest

from labkit import Lab, viz
from labkit.errors import LabError
from labkit.trace import Message, Trace

MESSAGES = [
    Message(1.0, 1.1, "SYD", "IAD", 7, "d1.all"),
    Message(1.12, 1.22, "IAD", "SYD", 7, "d1.all"),
    Message(1.3, inf, "SYD", "LHR", 8, "kv.get"),
]


def kept(messages=MESSAGES) -> Trace:
    trace = Trace(lambda: 1.0)
    trace.keep_messages()
    trace.messages = list(messages)
    return trace


def test_places_are_lines_from_west_to_east():
    labels = [label.get_text() for label in viz.space_time(kept()).figure.axes[0].get_yticklabels()]
    assert labels == ["IAD\nWashington", "LHR\nLondon", "SYD\nSydney"]


def test_a_message_is_an_arrow_from_its_sending_to_its_arrival_in_ms():
    arrows = [text for text in viz.space_time(kept()).figure.axes[0].texts if text.arrow_patch]
    ends = [(text.xyann, text.xy) for text in arrows]
    assert ends[0] == (pytest.approx((0, 2)), pytest.approx((100, 0)))
    assert ends[1] == (pytest.approx((120, 0)), pytest.approx((220, 2)))
    assert len(arrows) == 2


def test_a_message_that_never_arrives_ends_in_a_cross():
    crosses = [line for line in viz.space_time(kept()).figure.axes[0].lines if line.get_marker() == "x"]
    assert [line.get_xdata()[0] for line in crosses] == pytest.approx([300])
    assert "kv.get from SYD to LHR at 300.0 ms never arrives" in viz.space_time(kept()).alt


def test_one_request_alone_can_be_drawn():
    picture = viz.space_time(kept(), 8)
    assert picture.figure.axes[0].get_title(loc="left") == "1 message between 2 places"


def test_what_cannot_be_drawn_is_said_so():
    with pytest.raises(LabError, match="keep_messages"):
        viz.space_time(Trace(lambda: 0.0))
    with pytest.raises(LabError, match="0 messages: space_time"):
        viz.space_time(kept([]))
    with pytest.raises(LabError, match="81 messages"):
        viz.space_time(kept(MESSAGES[:1] * 81))


WORKER = """
from workers import Response, WorkerEntrypoint

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        await self.env.DB.prepare("select 1").all()
        return Response("ok")
"""


def asked(lab: Lab) -> list[Message]:
    lab.run(lab.env("IAD").DB.exec("create table t (x)"))
    lab.trace.keep_messages()
    lab.run(lab.fetch("/", colo="SYD"))
    return lab.trace.messages or []


def test_a_labs_messages_go_there_and_back():
    lab = Lab(WORKER, d1=["DB"])
    there, back = asked(lab)
    assert (there.source, there.target, there.what) == ("SYD", "IAD", "d1.all")
    assert (back.source, back.target) == ("IAD", "SYD") and there.received < back.sent
    assert there.request == lab.trace[-1].request
    assert viz.space_time(lab.trace, there.request).render()


def test_a_message_into_a_partition_never_arrives():
    lab = Lab(WORKER, d1=["DB"])
    asked(lab)
    lab.trace.clear()
    lab.partition("SYD")
    lab.run(lab.fetch("/", colo="SYD"))
    assert lab.trace.messages and lab.trace.messages[0].received == inf


def test_messages_are_not_kept_unless_it_is_wanted():
    lab = Lab(WORKER, d1=["DB"])
    lab.run(lab.fetch("/", colo="SYD"))
    assert lab.trace.messages is None
