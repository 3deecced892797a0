"""How long an object stays in memory, and what is left of it afterwards."""

from __future__ import annotations

import asyncio

import pytest

from labkit.errors import LabError
from tests.emulators.rooms import Rooms

MOVED = "Connection closed: this Durable Object instance is no longer active. Reconnect or retry the request."


@pytest.fixture
def rooms() -> Rooms:
    return Rooms()


@pytest.mark.parametrize(("seconds", "count"), [(9.9, 2), (10.1, 1)])
@pytest.mark.parametrize("options", [{}, {"network": None}])
def test_an_idle_object_is_out_of_memory_after_ten_seconds(seconds, count, options):
    rooms = Rooms(**options)
    rooms.run(rooms.stub().add())
    rooms.advance(seconds)
    assert rooms.run(rooms.stub().add()) == count


def test_each_event_gives_it_ten_seconds_more(rooms):
    for expected in range(1, 6):
        assert rooms.run(rooms.stub().add()) == expected
        rooms.advance(9)


def test_what_it_stored_is_there_when_it_comes_back(rooms):
    rooms.run(rooms.stub().keep("k", 1))
    rooms.advance(3600)
    assert rooms.state() == "inactive"
    assert rooms.run(rooms.stub().kept("k")) == 1


def test_an_event_under_way_keeps_it(rooms):
    rooms.run(rooms.stub().add(7))
    assert rooms.run(rooms.stub().wait(1000)) == 7


@pytest.mark.parametrize(("seconds", "is_there"), [(69, True), (141, False)])
def test_a_timer_keeps_it_from_hibernating_but_not_from_eviction(rooms, seconds, is_there):
    rooms.run(rooms.stub().timer(1000))
    rooms.advance(seconds)
    assert (rooms.state() == "idle") is is_there


def test_when_it_is_evicted_is_chance():
    def lasted(seed: int) -> float:
        rooms = Rooms(seed=seed)
        rooms.run(rooms.stub().timer(1000))
        while rooms.state() == "idle":
            rooms.advance(1)
        return rooms.now

    times = [lasted(seed) for seed in range(5)]
    assert len({round(time) for time in times}) > 2
    assert lasted(3) == times[3]
    assert all(70 <= time <= 143 for time in times)


def test_off_the_network_a_timer_keeps_it(rooms):
    rooms = Rooms(network=None)
    rooms.run(rooms.stub().timer(1000))
    rooms.advance(500)
    assert rooms.state() == "idle"


def test_it_hibernates_once_its_timer_has_rung(rooms):
    rooms.run(rooms.stub().timer(30))
    rooms.advance(25)
    assert rooms.state() == "idle"
    rooms.advance(6)
    assert rooms.state() == "inactive"


@pytest.mark.parametrize(("seconds", "is_there"), [(600, True), (890, True), (905, False)])
def test_wait_until_keeps_it_for_fifteen_minutes(rooms, seconds, is_there):
    rooms.run(rooms.stub().later(2000))
    rooms.advance(seconds)
    assert (rooms.state() == "idle") is is_there


def test_no_answer_waits_for_wait_until(rooms):
    rooms.run(rooms.stub().add())
    begun = rooms.now
    rooms.run(rooms.stub().later(20))
    assert rooms.now - begun < 1


def test_an_eviction_loses_memory_and_keeps_storage(rooms):
    rooms.run(rooms.stub().keep("k", 1))
    rooms.run(rooms.stub().add(5))
    rooms.lab.evict("LHR")
    assert rooms.state() == "inactive"
    assert rooms.run(rooms.stub().add()) == 1
    assert rooms.run(rooms.stub().kept("k")) == 1


def test_an_eviction_elsewhere_is_none(rooms):
    rooms.run(rooms.stub().add(5))
    rooms.lab.evict("SYD")
    assert rooms.run(rooms.stub().add()) == 6


@pytest.mark.parametrize(("seconds", "finishes"), [(29, True), (31, False)])
def test_what_is_under_way_at_an_eviction_has_thirty_seconds(rooms, seconds, finishes):
    rooms.run(rooms.stub().add())

    async def evicted() -> object:
        call = rooms.stub().wait(seconds + 1)
        await rooms.lab.world.timeline.sleep(1)
        rooms.lab.evict()
        return await call

    [answer] = rooms.together(evicted())
    assert answer == 1 if finishes else (answer.message, answer.retryable) == (MOVED, True)


def test_after_an_eviction_new_calls_find_a_new_instance_while_the_old_one_finishes(rooms):
    rooms.run(rooms.stub().add(5))

    async def evicted() -> list[int]:
        old = rooms.stub().wait(5)
        await rooms.lab.world.timeline.sleep(1)
        rooms.lab.evict()
        return [await rooms.stub().add(), await old]

    assert rooms.run(evicted()) == [1, 5]


def test_an_old_instance_ends_when_it_touches_the_storage():
    rooms = Rooms(
        """
import asyncio
from workers import DurableObject, WorkerEntrypoint
class Room(DurableObject):
    async def slow(self, value):
        await asyncio.sleep(5)
        await self.ctx.storage.put("k", value)
        return "written"
    async def kept(self):
        return await self.ctx.storage.get("k")
class Default(WorkerEntrypoint):
    pass
"""
    )

    async def evicted() -> object:
        old = rooms.stub().slow("old")
        await rooms.lab.world.timeline.sleep(2)
        rooms.lab.evict()
        return await old

    [error] = rooms.together(evicted())
    assert error.message == MOVED
    assert rooms.run(rooms.stub().kept()) is None


def test_abort_is_the_error_of_everything_that_is_under_way(rooms):
    rooms.run(rooms.stub().add())
    told = rooms.together(rooms.stub().wait(100), rooms.stub().abort("why"))
    assert [str(error) for error in told] == ["Error: why", "Error: why"]


def test_abort_without_a_reason_has_the_runtimes_words(rooms):
    assert str(rooms.refusal(rooms.stub().abort())) == "Error: Application called abort() to reset Durable Object."


def test_after_an_abort_a_stub_is_broken_and_another_finds_a_fresh_object(rooms):
    stub = rooms.stub()
    rooms.run(stub.add(5))
    for call in (stub.abort("why"), stub.add(), stub.fetch("https://x/")):
        [error] = rooms.together(call)
        assert "why" in str(error)
    assert rooms.run(rooms.stub().add()) == 1


def test_an_abort_loses_what_is_not_confirmed():
    rooms = Rooms(
        """
from workers import DurableObject, WorkerEntrypoint
class Room(DurableObject):
    async def write(self, key, then):
        await self.ctx.storage.put(key, 1)
        if then == "sync":
            await self.ctx.storage.sync()
        self.ctx.abort("why")
    async def kept(self):
        return list(await self.ctx.storage.list())
class Default(WorkerEntrypoint):
    pass
"""
    )
    for key, then in (("a", "at once"), ("b", "sync")):
        rooms.together(rooms.stub().write(key, then))
    assert rooms.run(rooms.stub().kept()) == ["b"]


def test_while_the_constructor_prepares_nothing_else_begins():
    rooms = Rooms(
        """
import asyncio
from workers import DurableObject, WorkerEntrypoint
class Room(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.ready = False
        ctx.blockConcurrencyWhile(self.prepare)
    async def prepare(self):
        await asyncio.sleep(3)
        self.ready = True
    async def is_ready(self):
        return self.ready
class Default(WorkerEntrypoint):
    pass
"""
    )
    assert rooms.together(*[rooms.stub().is_ready() for _ in range(3)]) == [True] * 3
    assert 3 < rooms.now < 4


@pytest.mark.parametrize("line", ["raise ValueError('no good')", "ctx.blockConcurrencyWhile(self.prepare)"])
def test_an_object_whose_constructor_fails_tells_its_callers_and_tries_again(line):
    rooms = Rooms(
        f"""
from workers import DurableObject, WorkerEntrypoint
TRIES = []
class Room(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        TRIES.append(1)
        if len(TRIES) == 1:
            {line}
    async def prepare(self):
        raise ValueError("no good")
    async def tries(self):
        return len(TRIES)
class Default(WorkerEntrypoint):
    pass
"""
    )
    for error in rooms.together(rooms.stub().tries(), rooms.stub().tries()):
        assert (error.name, error.message.rstrip()[-19:]) == ("PythonError", "ValueError: no good")
    assert rooms.run(rooms.stub().tries()) == 2


def test_a_snapshot_holds_what_is_stored_and_forgets_what_is_in_memory(rooms):
    rooms.run(rooms.stub().keep("k", 1))
    rooms.run(rooms.stub().add(5))
    state = rooms.lab.snapshot()
    rooms.run(rooms.stub().keep("k", 2))
    rooms.run(rooms.stub("new").add())
    rooms.lab.restore(state)
    assert [row["object"] for row in rooms.objects.objects()] == ["a"]
    assert rooms.run(rooms.stub().kept("k")) == 1
    assert rooms.run(rooms.stub().add()) == 1


def test_a_snapshot_is_refused_while_an_object_is_at_work(rooms):
    rooms.run(rooms.stub().timer(5))
    with pytest.raises(LabError, match="Still under way"):
        rooms.lab.snapshot()
    rooms.advance(6)
    rooms.lab.snapshot()


def test_objects_that_are_not_in_memory_leave_nothing_on_the_agenda(rooms):
    rooms.together(*[rooms.stub(str(n)).keep("k", n) for n in range(20)])
    rooms.advance(30)
    timers = [entry for *_, entry in rooms.lab.world.timeline.env._queue if isinstance(entry, asyncio.TimerHandle)]
    assert [timer for timer in timers if not timer.cancelled()] == []
    assert {row["state"] for row in rooms.objects.objects()} == {"inactive"}


def test_the_table_shows_itself_in_a_notebook(rooms):
    rooms.run(rooms.stub().keep("k", 1))
    table = rooms.objects.objects()
    assert table[0] == {"object": "a", "place": "LHR", "state": "idle", "stored_bytes": rooms.objects.stored_bytes}
    assert ">LHR</td>" in table._repr_html_()
    assert repr(table).splitlines()[0].split() == ["object", "place", "state", "stored_bytes"]


def test_what_was_under_way_at_a_restore_leaves_no_trace(rooms):
    rooms.run(rooms.stub().keep("k", 1))
    rooms.advance(20)
    state, events = rooms.lab.snapshot(), len(rooms.lab.trace)
    call = rooms.stub().wait(100)
    rooms.advance(3)
    rooms.lab.restore(state)
    rooms.advance(200)
    call.close()
    assert len(rooms.lab.trace) == events
    assert rooms.run(rooms.stub().kept("k")) == 1


def test_a_transaction_of_an_evicted_instance_is_undone_and_takes_no_write_of_the_next_along(rooms):
    rooms.run(rooms.stub().add())

    async def evicted() -> object:
        old = rooms.stub().keep_in_transaction("old", 1, 5)
        await rooms.lab.world.timeline.sleep(2)
        rooms.lab.evict()
        await rooms.stub().keep("new", 2)
        return await old

    [error] = rooms.together(evicted())
    assert error.message == MOVED
    rooms.objects.crash("a")
    assert rooms.run(rooms.stub().kept("old")) is None
    assert rooms.run(rooms.stub().kept("new")) == 2


def test_a_transaction_that_nobody_waits_for_is_undone_with_its_instance(rooms):
    rooms.run(rooms.stub().leave_a_transaction("old", 1, 1000))
    rooms.advance(150)
    assert rooms.state() == "inactive"
    rooms.run(rooms.stub().keep("new", 2))
    rooms.objects.crash("a")
    assert rooms.run(rooms.stub().kept("old")) is None
    assert rooms.run(rooms.stub().kept("new")) == 2


@pytest.mark.parametrize("statement", [
    "INSERT INTO t VALUES (1) RETURNING n",
    "INSERT INTO c VALUES (7)",
])  # fmt: skip
def test_no_answer_says_that_all_is_well_where_its_last_write_could_not_be_committed(statement):
    rooms = Rooms(
        f"""
import asyncio
from workers import DurableObject, WorkerEntrypoint
class Room(DurableObject):
    async def begin(self):
        self.ctx.storage.sql.exec("CREATE TABLE t (n)")
        self.ctx.storage.sql.exec("CREATE TABLE p (id INTEGER PRIMARY KEY)")
        self.ctx.storage.sql.exec("CREATE TABLE c (p REFERENCES p DEFERRABLE INITIALLY DEFERRED)")
    async def last(self):
        await asyncio.sleep(1)
        self.ctx.storage.sql.exec("{statement}")
        return "written"
class Default(WorkerEntrypoint):
    pass
"""
    )
    rooms.run(rooms.stub().begin())
    error = rooms.refusal(rooms.stub().last())
    assert error.message.startswith(("internal error", "Durable Object was reset"))
    assert rooms.object().instance is None
