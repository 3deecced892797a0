"""An object's machine or place is lost: what is told, what survives, where it goes on."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from labkit import facts
from labkit.network import places
from tests.emulators.rooms import Rooms

FAILOVER = facts.value("durable_objects.failover")


@pytest.fixture
def rooms() -> Rooms:
    rooms = Rooms()
    rooms.run(rooms.stub().add(5))
    return rooms


def crash_after(rooms: Rooms, seconds: float, call: Any) -> Any:
    """What a call comes to whose object's machine is lost so many seconds after it set out."""

    async def lost() -> object:
        await rooms.lab.world.timeline.sleep(seconds)
        rooms.objects.crash("a")

    answer, _ = rooms.together(call, lost())
    return answer


def test_whoever_was_waiting_hears_that_the_connection_is_lost_and_may_try_again(rooms):
    error = crash_after(rooms, 1, rooms.stub().wait(10))
    assert (str(error), error.retryable) == ("Error: Network connection lost.", True)
    assert not hasattr(error, "overloaded")


def test_the_code_stops_where_it_stands(rooms):
    crash_after(rooms, 1, rooms.stub().keep_and_wait("before", 1, 10))
    crash_after(rooms, 6, rooms.stub().keep_and_wait("while", 1, 10))
    rooms.advance(60)
    assert rooms.lab.trace.where("durable_objects", "keep_and_wait")[0].outcome == "lost"


def test_memory_is_lost_and_what_was_confirmed_is_not(rooms):
    rooms.run(rooms.stub().keep("k", 1))
    rooms.objects.crash("a")
    assert rooms.run(rooms.stub().kept("k")) == 1
    assert rooms.run(rooms.stub().add()) == 1


def test_the_next_call_waits_for_another_machine(rooms):
    rooms.objects.crash("a")
    begun = rooms.now
    rooms.run(rooms.stub().add())
    assert rooms.now - begun == pytest.approx(FAILOVER, abs=0.2)


def test_off_the_network_another_machine_is_there_at_once():
    rooms = Rooms(network=None)
    rooms.run(rooms.stub().keep("k", 1))
    rooms.objects.crash("a")
    begun = rooms.now
    assert rooms.run(rooms.stub().kept("k")) == 1
    assert rooms.now - begun < 0.1


def test_what_was_acknowledged_survives_a_crash_at_any_moment():
    """Whenever the machine is lost during a write, the caller either has no answer or the value is there."""
    outcomes = set()
    for step in range(60):
        rooms = Rooms()
        rooms.run(rooms.stub().add())
        answer = crash_after(rooms, step / 1000, rooms.stub().keep("k", 1))
        kept = rooms.run(rooms.stub().kept("k"))
        assert answer != 1 or kept == 1, f"acknowledged and lost, {step} ms after the call"
        outcomes.add((answer == 1, kept))
    assert outcomes == {(False, None), (True, 1)}


def test_a_write_that_need_not_be_confirmed_is_acknowledged_and_may_be_lost(rooms):
    rooms.run(rooms.stub().keep_unconfirmed("k", 1))
    rooms.objects.crash("a")
    assert rooms.run(rooms.stub().kept("k")) is None


def test_the_answer_waits_for_the_write_though_the_code_went_on(rooms):
    begun = rooms.now
    rooms.run(rooms.stub().add())
    quick = rooms.now - begun
    begun = rooms.now
    rooms.run(rooms.stub().keep("k", 1))
    took = rooms.now - begun
    ran = rooms.lab.trace.where("durable_objects", "keep")[0].seconds
    assert ran < 0.003
    assert quick + 0.004 < took < quick + 0.05


def test_a_request_that_the_object_sends_waits_for_its_writes():
    rooms = Rooms(
        """
from workers import DurableObject, WorkerEntrypoint, fetch
class Room(DurableObject):
    async def tell(self):
        await self.ctx.storage.put("k", 1)
        await fetch("https://outside/")
    async def tell_first(self):
        await fetch("https://outside/")
class Default(WorkerEntrypoint):
    pass
""",
        origins={"outside": lambda request: "ok"},
    )
    for method in ("tell_first", "tell"):
        rooms.run(getattr(rooms.stub(), method)())
    without, held = rooms.lab.trace.where("fetch")
    calls = rooms.lab.trace.where("durable_objects", "tell_first") + rooms.lab.trace.where("durable_objects", "tell")
    assert without.start - calls[0].start < 0.003
    assert 0.004 < held.start - calls[1].start < 0.05


def test_when_its_place_fails_it_goes_on_in_the_nearest_that_lives(rooms):
    rooms.run(rooms.stub().keep("k", 1))
    rooms.lab.kill("LHR")
    assert rooms.run(rooms.stub("a", "CDG").kept("k")) == 1
    place = rooms.object().place
    assert place != "LHR"
    assert places.place(place).region == "WEUR"


def test_it_stays_where_it_went(rooms):
    rooms.lab.kill("LHR")
    rooms.run(rooms.stub("a", "CDG").add())
    place = rooms.object().place
    rooms.lab.heal()
    rooms.advance(1000)
    rooms.run(rooms.stub("a", "LHR").add())
    assert rooms.object().place == place


def test_a_caller_that_is_cut_off_is_told_so_and_the_object_knows_nothing(rooms):
    rooms.lab.partition("SYD", "LHR")
    error = rooms.refusal(rooms.stub("a", "SYD").add(100))
    assert (error.message, error.retryable) == ("Network connection lost.", True)
    assert rooms.run(rooms.stub("a", "CDG").add()) == 6


def test_a_stub_whose_object_was_lost_is_broken(rooms):
    stub = rooms.stub()
    crash_after(rooms, 1, stub.wait(10))
    assert rooms.refusal(stub.add()).message == "Network connection lost."
    assert rooms.run(rooms.stub().add()) == 1


def test_too_many_events_at_once_are_refused():
    rooms = Rooms()
    rooms.run(rooms.stub().add())
    limit = facts.value("durable_objects.queue_events")
    results = rooms.together(*[rooms.stub().add() for _ in range(limit + 100)])
    refused = [each for each in results if not isinstance(each, int)]
    assert 50 < len(refused) <= 100
    assert {(str(each), each.overloaded) for each in refused} == {
        ("Error: Durable Object is overloaded. Too many requests queued.", True)
    }
    assert not any(hasattr(each, "retryable") for each in refused)


@pytest.mark.parametrize(("blocked", "passes"), [(9.5, True), (10.5, False)])
def test_an_event_that_waits_for_too_long_is_refused(rooms, blocked, passes):
    async def second() -> object:
        await asyncio.sleep(0.1)
        return await rooms.stub().add()

    _, answer = rooms.together(rooms.stub().alone(blocked), second())
    if passes:
        assert answer == 6
    else:
        assert (answer.message, answer.overloaded) == (
            "Durable Object is overloaded. Requests queued for too long.", True,
        )  # fmt: skip


def test_one_object_serves_about_a_thousand_simple_calls_a_second(rooms):
    begun = rooms.now
    rooms.together(*[rooms.stub().add() for _ in range(500)])
    assert 500 / (rooms.now - begun) == pytest.approx(facts.value("durable_objects.requests_per_second"), rel=0.15)


def test_two_objects_serve_twice_as_many(rooms):
    rooms.run(rooms.stub("b").add())
    begun = rooms.now
    rooms.together(*[rooms.stub(name).add() for _ in range(250) for name in "ab"])
    assert 500 / (rooms.now - begun) > 1.6 * facts.value("durable_objects.requests_per_second")


def test_an_object_that_computes_beyond_its_limit_is_reset():
    rooms = Rooms(wrangler={"limits": {"cpu_ms": 100}})
    rooms.run(rooms.stub().compute(9_000))
    error = rooms.refusal(rooms.stub().compute(11_000))
    assert error.message == "Durable Object exceeded its CPU time limit and was reset."
    assert rooms.run(rooms.stub().add()) == 1
