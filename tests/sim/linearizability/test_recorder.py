"""What a recorder puts into a lab's trace, and the history that is read back from it."""

from __future__ import annotations

import pytest

from labkit import Lab
from labkit.sim.linearizability import UNSEEN, Recorder, check, history
from labkit.workers.ffi import JsException

SOURCE = """
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.url.endswith("/down"):
            return Response("sorry", status=503)
        return Response(await self.env.KV.get("k") or "nothing")
"""


@pytest.fixture
def lab() -> Lab:
    return Lab(SOURCE, kv=["KV"], network=None)


def test_a_call_is_recorded_with_its_value_and_gives_what_it_gives(lab: Lab):
    recorded, kv = Recorder(lab), lab.env("LHR").KV

    async def cell() -> str:
        await recorded.write("k", "v", lambda: kv.put("k", "v"), by="Ada")
        return await recorded.read("k", lambda: kv.get("k"), by="Bob")

    assert lab.run(cell()) == "v"
    assert [str(each) for each in recorded.history()] == ["Ada: write(k, 'v')", "Bob: read(k) -> 'v'"]
    assert recorded.history() == history(lab.trace)


def test_what_a_worker_answers_is_its_text_and_its_failure_is_no_answer(lab: Lab):
    recorded = Recorder(lab)

    async def cell() -> None:
        for path in ("/", "/down"):
            await recorded.read("k", lambda path=path: lab.fetch(path))

    lab.run(cell())
    answered, failed = recorded.history()
    assert (answered.result, answered.open) == ("nothing", False)
    assert (failed.result, failed.open) == (UNSEEN, True)


def test_a_call_that_fails_is_open_and_its_error_goes_on(lab: Lab):
    recorded, kv = Recorder(lab), lab.env("LHR").KV
    with pytest.raises(JsException):
        lab.run(recorded.write("", 1, lambda: kv.put("", "v")))
    assert [each.open for each in recorded.history()] == [True]


def test_what_happens_at_one_instant_keeps_the_order_in_which_it_happened(lab: Lab):
    """Without a network no time passes, so only the trace's numbers tell that the write was over."""
    recorded, kv = Recorder(lab), lab.env("LHR").KV

    async def nothing() -> None:
        return None

    async def cell() -> None:
        await recorded.write("k", "v", lambda: kv.put("k", "v"))
        await recorded.read("k", nothing)

    lab.run(cell())
    assert {each.called for each in recorded.history()} == {each.returned for each in recorded.history()}
    assert check(recorded.history()).verdict == "no"


def test_a_lab_that_goes_back_forgets_what_was_recorded_since(lab: Lab):
    recorded, kv = Recorder(lab), lab.env("LHR").KV
    lab.run(recorded.write("k", "a", lambda: kv.put("k", "a")))
    before = lab.snapshot()
    lab.run(recorded.write("k", "b", lambda: kv.put("k", "b")))
    lab.restore(before)
    assert [each.argument for each in recorded.history()] == ["a"]
