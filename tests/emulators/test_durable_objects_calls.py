"""Calls to an object: what crosses, in which order, what a caller is told. Words are those of workerd."""

from __future__ import annotations

import asyncio

import pytest

from labkit.errors import LabError
from labkit.workers.ffi import JsException
from labkit.workers.http import AbortError
from tests.emulators.rooms import Rooms


@pytest.fixture
def rooms() -> Rooms:
    return Rooms(network=None)


def test_a_name_is_one_object_and_another_name_another(rooms):
    assert [rooms.run(rooms.stub(name).add(2)) for name in ("a", "a", "b")] == [2, 4, 2]


def test_an_object_may_be_reached_by_its_id_and_from_its_digits(rooms):
    room = rooms.room()
    id = room.idFromName("a")
    stubs = [rooms.stub("a"), room.get(id), room.get(room.idFromString(str(id)))]
    assert [rooms.run(stub.add()) for stub in stubs] == [1, 2, 3]
    assert len({str(room.newUniqueId()) for _ in range(100)}) == 100


def test_a_stub_alone_begins_no_object(rooms):
    rooms.stub("a")
    assert rooms.objects.objects() == []


@pytest.mark.parametrize("digits", ["", "abc", "z" * 64, "0" * 63, "0" * 65, "00 " * 21 + "0"])
def test_what_cannot_be_an_id_is_refused(rooms, digits):
    with pytest.raises(JsException) as refused:
        rooms.room().idFromString(digits)
    assert str(refused.value) == "TypeError: Invalid Durable Object ID: must be 64 hex digits"


def test_an_id_that_the_namespace_did_not_make_is_refused(rooms):
    with pytest.raises(JsException) as refused:
        rooms.room().idFromString("0" * 64)
    assert str(refused.value) == "TypeError: Durable Object ID is not valid for this namespace."


def test_keywords_arrive_as_one_trailing_dict():
    rooms = Rooms("""
from workers import DurableObject, WorkerEntrypoint
class Room(DurableObject):
    async def echo(self, *args):
        return list(args)
class Default(WorkerEntrypoint):
    pass
""", network=None)  # fmt: skip
    assert rooms.run(rooms.stub().echo(1, by=3)) == [1, {"by": 3}]


def test_a_call_that_nobody_awaits_reaches_the_object(rooms):
    stub = rooms.stub()
    call = stub.add(5)
    rooms.advance(1)
    assert rooms.run(stub.add()) == 6
    call.close()


@pytest.mark.parametrize("network", [True, False])
def test_calls_of_one_stub_arrive_in_the_order_in_which_they_were_made(network):
    rooms = Rooms(seed=3) if network else Rooms(network=None)
    rooms.run(rooms.stub("a", "IAD").note("first"))
    stub = rooms.stub("a", "SYD")
    *_, last = rooms.together(*[stub.note(str(n)) for n in range(50)])
    assert last == ["first", *map(str, range(50))]


def test_two_stubs_promise_each_other_no_order():
    rooms = Rooms(seed=3)
    rooms.run(rooms.stub("a", "IAD").note("first"))
    rooms.together(*[rooms.stub("a", "SYD").note(str(n)) for n in range(50)])
    log = rooms.run(rooms.stub("a", "IAD").note("last"))
    assert sorted(log) != log
    assert len(log) == 52


def test_a_function_is_run_where_it_came_from():
    rooms = Rooms()
    rooms.run(rooms.stub("a", "IAD").add())
    seen = []

    def answer(value):
        seen.append(rooms.now)
        return value * 2

    begun = rooms.now
    assert rooms.run(rooms.stub("a", "SYD").call(answer, 4)) == 8
    total, way = rooms.now - begun, seen[0] - begun
    assert total == pytest.approx(2 * way, rel=0.2)
    assert total == pytest.approx(2 * rooms.lab.world.links.rtt("SYD", "IAD"), rel=0.2)


def test_a_function_that_the_object_gives_runs_in_the_object(rooms):
    async def use() -> list[int]:
        stub = rooms.stub()
        await stub.add(100)
        add = await stub.adder(3)
        first = await add(4)
        await stub.add(100)
        return [first, await add(4)]

    assert rooms.run(use()) == [107, 207]


def test_a_request_carries_its_method_and_body_to_the_object(rooms):
    async def ask() -> str:
        response = await rooms.stub().fetch("https://room/x?y=1", method="POST", body="hello")
        return await response.text()

    assert rooms.run(ask()) == "POST https://room/x?y=1 hello"


def test_a_request_needs_an_absolute_url(rooms):
    [error] = rooms.together(rooms.stub().fetch("/path"))
    assert isinstance(error, AbortError)
    assert str(error) == "Invalid URL: /path"


def test_an_exception_is_a_traceback_to_the_caller_and_resets_nothing(rooms):
    stub = rooms.stub()
    rooms.run(stub.add(5))
    error = rooms.refusal(stub.fail())
    assert error.name == "PythonError"
    assert error.remote is True
    assert error.message.rstrip().endswith("ValueError: bad thing")
    assert rooms.run(stub.add()) == 6


def test_a_method_that_is_missing_is_named(rooms):
    assert str(rooms.refusal(rooms.stub().nope())) == "TypeError: Method nope does not exist"


def test_id_and_name_of_a_stub_are_its_own(rooms):
    stub = rooms.stub("a")
    assert (stub.name, str(stub.id)) == ("a", str(rooms.room().idFromName("a")))
    assert rooms.room().get(rooms.room().newUniqueId()).name is None


def test_an_object_calls_another_and_itself(rooms):
    rooms.run(rooms.stub("b").add(10))
    assert rooms.run(rooms.stub("a").ask("b", 5)) == 15
    assert rooms.run(rooms.stub("a").ask("a", 1)) == 1


def test_whoever_calls_itself_in_a_critical_section_is_reset_after_thirty_seconds(rooms):
    begun = rooms.now
    error = rooms.refusal(rooms.stub().ask_myself())
    assert rooms.now - begun == pytest.approx(30, abs=0.1)
    assert error.message == (
        "A call to blockConcurrencyWhile() in a Durable Object waited for too long. The call was canceled and the "
        "Durable Object was reset."
    )


@pytest.mark.parametrize(("seconds", "passes"), [(29.9, True), (30.1, False)])
def test_a_critical_section_may_take_thirty_seconds(rooms, seconds, passes):
    [answer] = rooms.together(rooms.stub().alone(seconds))
    assert (answer == "alone") is passes


def test_a_caller_that_gives_up_does_not_stop_the_object(rooms):
    async def impatient() -> int:
        stub = rooms.stub()
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(stub.keep_and_wait("k", 1, 5), 1)
        await asyncio.sleep(10)
        return await stub.kept("k")

    assert rooms.run(impatient()) == 1


def test_an_object_that_never_was_is_not_found_by_name(rooms):
    rooms.run(rooms.stub("lobby").add())
    with pytest.raises(LabError, match="No Room is called 'hall'; there is lobby"):
        rooms.objects.object("hall")
