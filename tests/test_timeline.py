"""Simulated time: the order of things is asyncio's, and nothing but the clock differs."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import selectors
import sys
import weakref
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from itertools import count, takewhile

import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit import durations
from labkit.errors import LabError, NotEmulated, Stuck
from labkit.stuck import HORIZON
from labkit.timeline import Timeline


class FakeClockLoop(asyncio.SelectorEventLoop):
    """Python's own event loop, with a clock that jumps to the next timer instead of waiting for it."""

    def __init__(self):
        super().__init__(selectors.SelectSelector())
        self.clock = 0.0
        real_select = self._selector.select

        def select(timeout):
            if timeout:
                self.clock = max(self.clock, self._scheduled[0].when())
            return real_select(0)

        self._selector.select = select

    def time(self):
        return self.clock


STEPS = st.recursive(
    st.sampled_from(["log", "sleep", "yield", "lock", "put", "get", "timeout", "soon"]).map(lambda kind: (kind,)),
    lambda inner: st.tuples(st.sampled_from(["spawn", "gather", "group"]), st.lists(inner, max_size=4)),
    max_leaves=12,
)


def unlike_any_other(number):
    """A fraction of a second whose sums with its like never tie."""
    return random.Random(number).random() / 10


async def play(steps, log, ids, shared, name="m"):
    """Run a random program. Every sleep has a length of its own, so that no two timers tie."""
    loop = asyncio.get_running_loop()
    for number, step in enumerate(steps):
        label = f"{name}.{number}"
        match step[0]:
            case "log":
                pass
            case "sleep":
                await asyncio.sleep(1 + next(ids))
            case "yield":
                await asyncio.sleep(0)
            case "soon":
                loop.call_soon(log.append, (label, "soon"))
            case "lock":
                async with shared["lock"]:
                    await asyncio.sleep(0.5 + next(ids))
            case "put":
                shared["queue"].put_nowait(label)
            case "get":
                try:
                    log.append(await asyncio.wait_for(shared["queue"].get(), 2 + next(ids)))
                except TimeoutError:
                    log.append("timed out")
            case "timeout":
                try:
                    async with asyncio.timeout(0.7 + next(ids)):
                        await asyncio.sleep(0.9 + next(ids))
                except TimeoutError:
                    log.append("timed out")
            case "spawn":
                shared["tasks"].append(asyncio.ensure_future(play(step[1], log, ids, shared, label)))
            case "gather":
                await asyncio.gather(*(play([s], log, ids, shared, f"{label}{i}") for i, s in enumerate(step[1])))
            case "group":
                async with asyncio.TaskGroup() as group:
                    for i, inner in enumerate(step[1]):
                        group.create_task(play([inner], log, ids, shared, f"{label}{i}"))
        log.append((label, step[0], round(loop.time(), 6)))


async def whole(steps, log):
    shared = {"lock": asyncio.Lock(), "queue": asyncio.Queue(), "tasks": []}
    await play(steps, log, map(unlike_any_other, range(10**6)), shared)
    while any(not task.done() for task in shared["tasks"]):
        await asyncio.gather(*shared["tasks"])
    await asyncio.sleep(0)  # for what was only just called soon


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, max_size=6))
def test_events_come_in_the_order_and_at_the_times_of_asyncio(steps):
    ours, theirs = [], []
    Timeline().run(whole(steps, ours))
    loop = FakeClockLoop()
    try:
        loop.run_until_complete(whole(steps, theirs))
    finally:
        loop.close()
    assert ours == theirs


def test_three_days_of_sleep_pass_in_one_step():
    timeline = Timeline()
    timeline.run(asyncio.wait_for(timeline.sleep(3 * 86_400), None))
    assert timeline.now == 3 * 86_400


def test_time_that_passed_leaves_nothing_on_the_agenda():
    timeline = Timeline()
    timeline.advance(10)
    assert timeline.now == 10 and timeline.env.is_idle


def test_advance_includes_its_last_instant_and_nothing_after_it():
    timeline, seen = Timeline(), []
    for when in (1.0, 2.0, 2.0000001):
        timeline.call_at(when, seen.append, when)
    timeline.advance(2)
    assert (seen, timeline.now) == ([1.0, 2.0], 2.0)


def test_advance_in_ten_tenths_reaches_the_same_events_as_one_whole():
    timeline, seen = Timeline(), []
    timeline.call_at(1.0, seen.append, "rang")
    for _ in range(10):
        timeline.advance(0.1)
    assert seen == ["rang"]


def test_what_an_event_schedules_on_the_way_rings_at_its_own_time():
    timeline, seen = Timeline(), []

    async def every_second():
        while True:
            await asyncio.sleep(1)
            seen.append(timeline.now)

    task = timeline.spawn(every_second())
    timeline.advance(3.5)
    assert seen == [1, 2, 3]
    task.cancel()
    timeline.advance(0)


def test_time_does_not_run_backwards():
    with pytest.raises(LabError, match="backwards"):
        Timeline().advance(-1)


def test_gathered_work_from_a_running_loop_is_concurrent_in_simulated_time():
    timeline = Timeline()

    async def wait(seconds):
        await asyncio.sleep(seconds)
        return timeline.now

    async def cell():
        return await asyncio.gather(timeline.submit(wait(2)), timeline.submit(wait(1)), timeline.submit(wait(3)))

    assert asyncio.run(cell()) == [2, 1, 3]
    assert timeline.now == 3


def test_driving_leaves_the_outer_loop_and_its_task_as_they_were():
    timeline = Timeline()

    async def cell():
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        await timeline.submit(asyncio.sleep(1))
        assert asyncio.get_running_loop() is loop
        assert asyncio.current_task() is task
        await asyncio.sleep(0)
        return True

    assert asyncio.run(cell())


def test_one_timeline_may_drive_another():
    outer, inner = Timeline(), Timeline()

    async def work():
        await outer.sleep(1)
        await inner.submit(asyncio.sleep(5))
        await outer.sleep(1)
        return outer.now, inner.now

    assert outer.run(work()) == (2, 5)


def test_a_timeline_cannot_be_driven_from_inside_itself():
    timeline = Timeline()

    async def impatient():
        timeline.advance(1)

    with pytest.raises(LabError, match="driven already"):
        timeline.run(impatient())


def test_simpy_processes_share_the_agenda():
    timeline, seen = Timeline(), []

    def customer(env):
        yield env.timeout(2)
        seen.append(("process", env.now))
        return "served"

    async def watcher():
        process = timeline.env.process(customer(timeline.env))
        await asyncio.sleep(1)
        seen.append(("coroutine", timeline.now))
        return await timeline.wait(process)

    assert timeline.run(watcher()) == "served"
    assert seen == [("coroutine", 1), ("process", 2)]


def test_a_failed_simpy_event_is_the_awaiters_exception():
    timeline = Timeline()

    async def wait():
        event = timeline.env.event()
        timeline.call_later(1, event.fail, ValueError("no"))
        await timeline.wait(event)

    with pytest.raises(ValueError, match="no"):
        timeline.run(wait())


def test_a_queue_for_a_simpy_resource_is_first_come_first_served():
    timeline, order = Timeline(), []
    desk = simpy.Resource(timeline.env, capacity=1)

    async def visit(name):
        with desk.request() as turn:
            await timeline.wait(turn)
            await asyncio.sleep(1)
            order.append((name, timeline.now))

    async def day():
        await asyncio.gather(*map(visit, "abc"))

    timeline.run(day())
    assert order == [("a", 1), ("b", 2), ("c", 3)]


async def waits_for_ever():
    await asyncio.Event().wait()


def test_waiting_for_what_never_comes_names_who_waits_and_for_what():
    timeline = Timeline()
    with pytest.raises(Stuck, match=r"waits_for_ever waits at line \d+ of .*test_timeline.py \(Event.wait\)"):
        timeline.run(waits_for_ever())
    assert timeline.run(asyncio.sleep(1, "usable")) == "usable"


def test_waiting_beside_a_clock_that_ticks_for_ever_is_stuck_as_well():
    timeline = Timeline()

    async def tick():
        while True:
            await asyncio.sleep(86_400)

    ticking = timeline.spawn(tick())
    with pytest.raises(Stuck, match="400 simulated days"):
        timeline.run(waits_for_ever())
    assert timeline.now <= HORIZON
    ticking.cancel()
    timeline.advance(0)


def test_an_interrupt_ends_what_was_under_way_and_leaves_the_timeline_usable():
    timeline, log = Timeline(), []

    async def sibling():
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            log.append("cancelled")
            raise

    async def interrupted():
        task = asyncio.ensure_future(sibling())
        await asyncio.sleep(1)
        log.append(task.done())
        raise KeyboardInterrupt

    async def cell():
        loop = asyncio.get_running_loop()
        try:
            await timeline.submit(interrupted())
        except KeyboardInterrupt:
            log.append("stopped")
        assert asyncio.get_running_loop() is loop
        return await timeline.submit(asyncio.sleep(1, "usable"))

    assert asyncio.run(cell()) == "usable"
    assert log == [False, "cancelled", "stopped"]


class Pressed:
    """Ctrl-C before so many calls and lines of the timeline's own code have run, wherever that is."""

    FILES = tuple(f"labkit{os.sep}{name}.py" for name in ("timeline", "submission", "agenda"))

    def __init__(self, after: int):
        self.left = after

    def __call__(self, frame, event, argument):
        if not frame.f_code.co_filename.endswith(self.FILES):
            return None
        self.left -= event in ("call", "line")
        if self.left < 0:
            raise KeyboardInterrupt
        return self


@contextmanager
def interrupted(after: int):
    """Whether the block inside was."""
    pressed, before = Pressed(after), sys.gettrace()
    sys.settrace(pressed)
    try:
        with suppress(KeyboardInterrupt):
            yield pressed
    finally:
        sys.settrace(before)


def state_of_asyncio():
    loop = asyncio._get_running_loop()
    return loop, loop and asyncio.current_task(loop), sys.get_asyncgen_hooks()


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
def test_an_interrupt_between_any_two_lines_leaves_asyncio_as_it_was_and_the_timeline_usable():
    usual = state_of_asyncio()
    for after in count():
        timeline = Timeline()
        with interrupted(after) as pressed:
            timeline.run(asyncio.sleep(1))
        assert state_of_asyncio() == usual
        assert timeline.run(asyncio.sleep(1, "usable")) == "usable"
        if pressed.left >= 0:
            break
    assert after > 50


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
def test_an_interrupt_between_any_two_lines_of_a_cells_drive_leaves_its_loop_running():
    async def cell(after):
        timeline, usual = Timeline(), state_of_asyncio()
        with interrupted(after) as pressed:
            await timeline.submit(asyncio.sleep(1))
        assert state_of_asyncio() == usual
        assert await timeline.submit(asyncio.sleep(1, "usable")) == "usable"
        return pressed.left < 0

    hits = list(takewhile(bool, (asyncio.run(cell(after)) for after in count())))
    assert len(hits) > 50


def test_an_outer_loop_breathes_during_a_long_drive_and_may_cancel_it():
    timeline, log = Timeline(), []

    async def long():
        try:
            while True:
                await timeline.sleep(1)
        finally:
            log.append("ended")

    async def cell():
        drive = asyncio.ensure_future(_awaiting(timeline.submit(long())))
        await asyncio.sleep(0.01)
        drive.cancel()
        await asyncio.gather(drive, return_exceptions=True)
        log.append(drive.cancelled())
        return await timeline.submit(asyncio.sleep(1, "usable"))

    assert asyncio.run(cell()) == "usable"
    assert log == ["ended", True]


async def _awaiting(awaitable):
    return await awaitable


@pytest.mark.parametrize("name", ["create_connection", "getaddrinfo", "sock_recv", "subprocess_exec", "add_reader"])
def test_real_io_is_refused_in_a_sentence(name):
    with pytest.raises(NotEmulated, match=f"loop.{name} was called"):
        getattr(Timeline(), name)()


def test_to_thread_runs_in_place_as_pyodide_does():
    timeline = Timeline()
    assert timeline.run(asyncio.to_thread(lambda: timeline.now + 1)) == 1


def test_an_unfinished_async_generator_is_closed_on_the_timeline_it_ran_on():
    timeline, log = Timeline(), []

    async def numbers():
        try:
            yield 1
            yield 2
        finally:
            await asyncio.sleep(1)
            log.append(timeline.now)

    async def first():
        async for number in numbers():
            return number

    async def cell():
        return await timeline.submit(first())

    assert asyncio.run(cell()) == 1
    timeline.advance(2)
    assert log == [1]


def test_a_submission_that_nobody_awaited_says_what_is_missing():
    submission = Timeline().submit(waits_for_ever(), name="fetch /")
    assert "put await in front" in repr(submission)
    submission.coroutine.close()


@pytest.mark.parametrize(
    ("words", "seconds"),
    [("1 second", 1), ("90 seconds", 90), ("10 minutes", 600), ("3 days", 259_200), ("1.5 hours", 5_400), (2, 2.0),
     ("2 weeks", 1_209_600), ("1 month", 2_592_000), ("1 year", 31_536_000)],
)  # fmt: skip
def test_durations_are_the_platforms_words(words, seconds):
    assert durations.seconds(words) == seconds


@pytest.mark.parametrize("words", ["soon", "3 parsecs", "days 3", "", None, True, "1h"])
def test_what_is_no_duration_is_refused(words):
    with pytest.raises(LabError, match="is no duration"):
        durations.seconds(words)


@pytest.mark.parametrize(("usual", "inside"), [(700, 50_000), (90_000, 90_000), (0, 0)])
def test_garbage_is_looked_for_seldom_while_time_is_driven_and_as_before_afterwards(usual, inside):
    async def threshold():
        return gc.get_threshold()[0]

    before = gc.get_threshold()
    gc.set_threshold(usual, *before[1:])
    try:
        assert Timeline().run(threshold()) == inside
        assert gc.get_threshold()[0] == usual
    finally:
        gc.set_threshold(*before)


def test_the_garbage_of_a_worker_that_makes_cycles_does_not_pile_up():
    class Cycle:
        def __init__(self):
            self.itself = self

    alive = weakref.WeakSet()

    async def litter():
        for _ in range(120_000):
            alive.add(Cycle())
        return len(alive)

    assert Timeline().run(litter()) < 110_000


def test_a_timer_that_another_of_the_same_instant_cancels_does_not_ring(caplog):
    timeline, rang = Timeline(), []
    timeline.call_at(1, lambda: second.cancel())
    second = timeline.call_at(1, rang.append, "second")
    timeline.call_at(1, rang.append, "third")
    timeline.advance(2)
    assert (rang, caplog.messages) == (["third"], [])


def test_timers_that_are_cancelled_leave_the_agenda():
    timeline = Timeline()
    rang: list[float] = []
    kept = [timeline.call_at(when, rang.append, when) for when in (3.0, 1.0, 2.0)]
    timers = [timeline.call_at(50.0, rang.append, 50.0) for _ in range(5_000)]
    for timer in timers:
        timer.cancel()
    assert len(timeline.env._queue) < 2_500
    timeline.advance(100)
    assert rang == [1.0, 2.0, 3.0] and not any(timer.cancelled() for timer in kept)


def test_a_detached_task_belongs_to_no_request():
    variable: ContextVar[str] = ContextVar("variable", default="nobody")
    timeline = Timeline()

    async def read():
        return variable.get()

    async def both():
        variable.set("a request")
        return await timeline.spawn(read()), await timeline.spawn(read(), detached=True)

    assert timeline.run(both()) == ("a request", "nobody")


def test_a_timer_in_the_background_rings_and_keeps_nobody_waiting():
    timeline, rung = Timeline(), []

    def ring():
        timeline.env.background.discard(timer)
        rung.append(timeline.now)

    timer = timeline.call_at(5, ring)
    timeline.env.background.add(timer)
    with pytest.raises(Stuck, match="nothing on the timeline will ever bring it"):
        timeline.run(timeline.create_future())
    assert timeline.now == 0
    timeline.advance(10)
    assert rung == [5]


def test_a_lab_that_is_dropped_before_its_tasks_began_warns_of_none(recwarn):
    async def inner():
        pass

    async def outer(given):
        await given

    timeline = Timeline()
    timeline.spawn(outer(inner()))
    timeline.cycle = timeline  # type: ignore[attr-defined]  (as a lab's is)
    del timeline
    gc.collect()
    assert not recwarn.list
