"""The gates of an object: which of its events go on, in what order, and what leaves before what."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator
from typing import Any

import pytest

from labkit.emulators.durable_objects.gates import Gates, outside
from tests.emulators.worlds import Bench, flat


class Code:
    """Code of the object as `Metered` runs it: it asks for admission as it begins, and each time it wakes."""

    def __init__(self, gates: Gates, coroutine: Any, compute: float = 0.0):
        self.gates, self.coroutine, self.compute = gates, coroutine, compute

    def __await__(self) -> Generator[Any, Any, Any]:
        yield from self.gates.admission()
        while True:
            try:
                waits_for = self.coroutine.send(None)
            except StopIteration as done:
                yield from self.gates.compute(self.compute)
                return done.value
            yield waits_for
            yield from self.gates.admission()
            yield from self.gates.compute(self.compute)


class Room:
    """An object on a bench, whose log says what its code did and when."""

    def __init__(self) -> None:
        self.bench: Bench = flat()
        self.gates = Gates(self.bench.world)
        self.log: list[str] = []

    def say(self, word: str) -> None:
        self.log.append(f"{word} {self.bench.now:g}")

    async def event(self, code: Callable[[], Any], compute: float = 0.0) -> Any:
        with outside(await self.gates.enter()):
            return await Code(self.gates, code(), compute)

    def together(self, *events: Awaitable[Any]) -> None:
        async def all_of_them() -> None:
            await asyncio.gather(*events)

        self.bench.run(all_of_them())

    def waiting(self, name: str, seconds: float) -> Callable[[], Any]:
        async def code() -> None:
            self.say(f"start {name}")
            await asyncio.sleep(seconds)
            self.say(f"end {name}")

        return code

    def reading(self, name: str, seconds: float) -> Callable[[], Any]:
        async def code() -> None:
            self.say(f"start {name}")
            with self.gates.lock():
                await asyncio.sleep(seconds)
            self.say(f"end {name}")

        return code

    def alone(self, name: str, seconds: float) -> Callable[[], Any]:
        async def code() -> None:
            async with self.gates.section():
                self.say(f"start {name}")
                await asyncio.sleep(seconds)
                self.say(f"end {name}")

        return code


@pytest.fixture
def room() -> Room:
    return Room()


def test_events_interleave_where_they_await_what_is_not_storage(room):
    room.together(room.event(room.waiting("A", 2)), room.event(room.waiting("B", 1)))
    assert room.log == ["start A 0", "start B 0", "end B 1", "end A 2"]


def test_a_read_of_the_storage_holds_new_events(room):
    room.together(room.event(room.reading("A", 1)), room.event(room.reading("B", 1)))
    assert room.log == ["start A 0", "end A 1", "start B 1", "end B 2"]


def test_a_read_holds_code_that_wakes_meanwhile(room):
    room.together(room.event(room.waiting("A", 1)), room.event(room.reading("B", 3)))
    assert room.log == ["start A 0", "start B 0", "end B 3", "end A 3"]


def test_two_reads_of_one_event_are_in_flight_at_once(room):
    async def both() -> None:
        async def read(seconds: float) -> None:
            with room.gates.lock():
                await asyncio.sleep(seconds)
            room.say(f"read {seconds:g}")

        await asyncio.gather(read(1), read(2))
        room.say("both")

    room.together(room.event(both), room.event(room.waiting("B", 1)))
    assert room.log == ["start B 0", "read 1 1", "read 2 2", "end B 2", "both 2"]


def test_in_a_critical_section_nothing_else_begins_or_goes_on(room):
    events = (room.waiting("A", 1), room.alone("B", 5), room.waiting("C", 1))
    room.together(*map(room.event, events))
    assert room.log == ["start A 0", "start B 0", "end B 5", "start C 5", "end A 5", "end C 6"]


def test_the_section_of_code_that_runs_comes_before_events_that_wait(room):
    async def two() -> None:
        async def within(name: str, section: Any) -> None:
            async with section:
                await room.waiting(name, 1)()

        both = [within(name, room.gates.section()) for name in ("one", "two")]
        room.say("asked")
        await asyncio.gather(*both)
        room.say("done")

    room.together(room.event(two), room.event(room.waiting("B", 1)))
    told = ["asked 0", "start one 0", "end one 1", "start two 1", "end two 2"]
    assert room.log == [*told, "start B 2", "done 2", "end B 3"]


def test_sections_of_two_events_follow_one_another(room):
    room.together(room.event(room.alone("A", 2)), room.event(room.waiting("B", 1)), room.event(room.alone("C", 1)))
    assert room.log == ["start A 0", "end A 2", "start B 2", "start C 2", "end C 3", "end B 3"]


def test_two_events_that_are_under_way_enter_sections_in_turn(room):
    def late(name: str) -> Callable[[], Any]:
        async def code() -> None:
            await asyncio.sleep(1)
            await room.alone(name, 2)()

        return code

    room.together(room.event(late("A")), room.event(late("B")), room.event(late("C")))
    assert room.log == ["start A 1", "end A 3", "start B 3", "end B 5", "start C 5", "end C 7"]


def test_whoever_waited_for_the_section_goes_on_before_whoever_waited_for_the_object(room):
    async def wait_for_it() -> None:
        async def within(section: Any) -> None:
            async with section:
                await asyncio.sleep(1)

        await asyncio.create_task(within(room.gates.section()))
        room.say("after it")

    room.together(room.event(wait_for_it), room.event(room.waiting("B", 1)))
    assert room.log == ["after it 1", "start B 1", "end B 2"]


def test_code_opens_one_section_after_the_other(room):
    async def twice() -> None:
        await room.alone("one", 1)()
        await room.alone("two", 1)()
        room.say("done")

    room.together(room.event(twice), room.event(room.waiting("B", 1)))
    assert room.log == ["start one 0", "end one 1", "start two 1", "end two 2", "done 2", "start B 2", "end B 3"]


def test_sections_nest(room):
    async def outer() -> None:
        async with room.gates.section():
            room.say("outer")
            await room.alone("inner", 1)()
            room.say("outer again")

    room.together(room.event(outer), room.event(room.waiting("B", 1)))
    assert room.log == ["outer 0", "start inner 0", "end inner 1", "outer again 1", "start B 1", "end B 2"]


def test_what_a_section_started_and_left_goes_on_after_it(room):
    async def leave() -> None:
        async def later() -> None:
            await Code(room.gates, room.waiting("task", 3)())

        async with room.gates.section():
            left = asyncio.create_task(later())
            await asyncio.sleep(1)
        room.say("over")
        await left

    room.together(room.event(leave))
    assert room.log == ["start task 0", "over 1", "end task 3"]


def test_a_new_event_is_outside_of_the_section_that_sent_it(room):
    async def ask_oneself() -> None:
        async with room.gates.section():
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(room.event(room.waiting("B", 0)), 30)
        room.say("gave up")

    room.together(room.event(ask_oneself))
    assert room.log == ["gave up 30"]


def test_one_thread_computes_for_one_event_at_a_time_in_order(room):
    async def code() -> None:
        room.say("done")

    events = [room.event(code, compute=2) for _ in range(3)]
    room.together(*events)
    assert room.log == ["done 0", "done 2", "done 4"]
    assert room.bench.now == 6


def test_code_that_wakes_while_the_thread_computes_waits_for_it(room):
    async def busy() -> None:
        room.say("busy")

    room.together(room.event(room.waiting("A", 1)), room.event(busy, compute=5))
    assert room.log == ["start A 0", "busy 0", "end A 5"]


def test_whoever_gives_up_waiting_does_not_hold_up_the_others(room):
    async def impatient() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(room.event(room.waiting("B", 1)), 2)

    room.together(room.event(room.alone("A", 5)), impatient(), room.event(room.waiting("C", 1)))
    assert room.log == ["start A 0", "end A 5", "start C 5", "end C 6"]


@pytest.mark.parametrize(("patience", "passes"), [(5.1, True), (4.9, False)])
def test_an_event_waits_no_longer_than_it_may(room, patience, passes):
    async def late() -> None:
        try:
            await room.gates.enter(patience)
        except TimeoutError:
            room.say("too late")
        else:
            room.say("in")

    room.together(room.event(room.alone("A", 5)), late())
    assert ("in 5" if passes else "too late 4.9") in room.log


def test_whoever_waits_is_told_that_the_instance_is_gone(room):
    async def told() -> None:
        with pytest.raises(OSError, match="gone"):
            await room.event(room.waiting("B", 1))
        room.say("told")

    async def close() -> None:
        await asyncio.sleep(1)
        room.gates.close(OSError("gone"))

    async def broken() -> None:
        with pytest.raises(OSError, match="gone"):
            await room.event(room.alone("A", 5))

    room.together(broken(), told(), close())
    assert "told 1" in room.log
    with pytest.raises(OSError, match="gone"):
        room.bench.run(room.gates.enter())


def test_what_leaves_waits_for_the_writes_before_it_and_for_no_other(room):
    async def leave() -> None:
        room.gates.hold(room.bench.timeline.sleep(2))
        leaving = asyncio.ensure_future(room.gates.output())
        await asyncio.sleep(1)
        room.gates.hold(room.bench.timeline.sleep(5))
        await leaving
        room.say("first")
        await room.gates.output()
        room.say("second")
        await room.gates.output()
        room.say("nothing is held")

    room.together(leave())
    assert room.log == ["first 2", "second 6", "nothing is held 6"]


def test_nothing_leaves_any_more_once_a_write_has_failed(room):
    async def fail() -> None:
        write = room.bench.timeline.create_future()
        room.gates.hold(write)
        write.set_exception(OSError("no disk"))
        await asyncio.sleep(1)
        for _ in range(2):
            with pytest.raises(OSError, match="no disk"):
                await room.gates.output()

    room.together(fail())
