"""What objects cost: their requests, and the time that they are in memory and could not hibernate."""

from __future__ import annotations

import pytest

from tests.emulators.rooms import Rooms

GB = 0.128


@pytest.fixture
def rooms() -> Rooms:
    return Rooms(network=None)


def duration(rooms: Rooms) -> float:
    """Seconds of an active object that the bill charges."""
    bill = {line.meter: line.quantity for line in rooms.lab.bill().lines}
    return float(bill.get("do.duration_gb_s", 0)) / GB


def units(rooms: Rooms) -> dict[str, float]:
    return dict(rooms.lab.trace.units())


def test_each_call_and_request_is_one(rooms):
    for _ in range(3):
        rooms.run(rooms.stub().add())
    rooms.run(rooms.stub().fetch("https://x/"))
    assert units(rooms)["do.requests"] == 4


def test_a_function_that_comes_back_belongs_to_its_call(rooms):
    async def use() -> None:
        add = await rooms.stub().adder(1)
        await add(2)

    rooms.run(use())
    rooms.run(rooms.stub().call(lambda value: value, 1))
    assert units(rooms)["do.requests"] == 2


def test_an_object_pays_for_the_time_that_its_events_take_not_for_computing(rooms):
    rooms.run(rooms.stub().wait(10))
    assert duration(rooms) == pytest.approx(10, abs=0.01)
    assert "workers.cpu_ms" not in units(rooms)


def test_events_at_once_are_paid_once(rooms):
    rooms.together(*[rooms.stub().wait(10) for _ in range(5)])
    assert duration(rooms) == pytest.approx(10, abs=0.05)


def test_two_objects_are_paid_twice(rooms):
    rooms.together(rooms.stub("a").wait(10), rooms.stub("b").wait(10))
    assert duration(rooms) == pytest.approx(20, abs=0.05)


def test_an_idle_object_that_could_hibernate_costs_nothing(rooms):
    rooms.run(rooms.stub().add())
    rooms.advance(3600)
    assert duration(rooms) < 0.01


def test_a_timer_is_paid_until_it_rings(rooms):
    rooms.run(rooms.stub().timer(40))
    rooms.advance(3600)
    assert duration(rooms) == pytest.approx(40, abs=0.01)


def test_what_cannot_hibernate_is_paid_until_it_is_evicted():
    rooms = Rooms()
    rooms.run(rooms.stub().timer(10_000))
    rooms.advance(3600)
    assert 70 <= duration(rooms) <= 141
    assert duration(rooms) == pytest.approx(rooms.lab.trace.where("durable_objects", "active")[0].seconds)


def test_the_bill_knows_what_is_still_running(rooms):
    rooms.run(rooms.stub().timer(10_000))
    rooms.advance(100)
    assert rooms.lab.trace.where("durable_objects", "active") == []
    assert duration(rooms) == pytest.approx(100, abs=0.01)


def test_an_object_that_is_lost_is_paid_until_then(rooms):
    async def lost() -> None:
        await rooms.lab.world.timeline.sleep(7)
        rooms.objects.crash("a")

    rooms.together(rooms.stub().wait(1000), lost())
    rooms.advance(100)
    assert duration(rooms) == pytest.approx(7, abs=0.01)


def test_storage_is_paid_by_what_lies_there(rooms):
    rooms.run(rooms.stub("a").keep("k", "x" * 100_000))
    rooms.run(rooms.stub("b").keep("k", "x" * 100_000))
    stored = rooms.objects.stored_bytes
    assert 200_000 < stored < 300_000
    assert rooms.objects.stored_units()["do.storage_gb_mo"] == stored / 1e9
