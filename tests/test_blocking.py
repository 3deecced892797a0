"""Calls that block inside a coroutine: what they wait for, what interrupts them, whose context they see."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Coroutine
from typing import Any

import pytest

from labkit.blocking import Suspendable, wait_for
from labkit.errors import NotEmulated
from labkit.timeline import Timeline

told: contextvars.ContextVar[str] = contextvars.ContextVar("told", default="")


async def drive(code: Coroutine[Any, Any, Any]) -> Any:
    """A task's body that runs a coroutine whose calls may block."""
    return await Suspendable(code)


@pytest.fixture
def timeline() -> Timeline:
    return Timeline()


def slept(seconds: float) -> float:
    """An ordinary function that waits."""
    wait_for(asyncio.sleep(seconds))
    return seconds


def test_a_call_blocks_and_other_tasks_go_on(timeline: Timeline):
    async def one(seconds: float) -> float:
        return slept(seconds) + slept(1)

    async def both() -> Any:
        return await asyncio.gather(drive(one(2)), drive(one(3)))

    assert timeline.run(both()) == [3, 4]
    assert timeline.now == 4


def test_what_is_awaited_and_what_blocks_may_alternate(timeline: Timeline):
    async def work() -> list[float]:
        times = []
        for _ in range(3):
            slept(1)
            times.append(timeline.now)
            await asyncio.sleep(1)
        return times

    assert timeline.run(drive(work())) == [1, 3, 5]


def test_an_error_of_what_is_waited_for_reaches_the_call(timeline: Timeline):
    async def fails() -> None:
        await asyncio.sleep(1)
        raise ValueError("no")

    async def work() -> str:
        try:
            wait_for(fails())
        except ValueError as error:
            return str(error)
        return ""

    assert timeline.run(drive(work())) == "no"


def test_a_cancellation_reaches_the_call_that_blocks_and_its_finally(timeline: Timeline):
    seen = []

    async def work() -> None:
        try:
            slept(10)
        finally:
            seen.append(timeline.now)

    async def cancels() -> None:
        task = asyncio.create_task(drive(work()))
        await asyncio.sleep(2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    timeline.run(cancels())
    assert seen == [2]


def test_a_time_out_around_a_call_that_blocks_ends_it(timeline: Timeline):
    async def work() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3):
                slept(10)
        return timeline.now

    assert timeline.run(drive(work())) == 3


def test_a_call_that_blocks_sees_and_keeps_the_context_of_its_task(timeline: Timeline):
    async def work(name: str) -> str:
        told.set(name)
        slept(1)
        return told.get()

    async def both() -> list[str]:
        return await asyncio.gather(*(asyncio.create_task(drive(work(name))) for name in "ab"))

    assert timeline.run(both()) == ["a", "b"]


def test_one_may_run_within_another(timeline: Timeline):
    async def inner() -> float:
        return slept(1)

    async def outer() -> float:
        return slept(1) + await drive(inner()) + slept(1)

    assert timeline.run(drive(outer())) == 3
    assert timeline.now == 3


def test_to_close_it_ends_the_call_that_blocks():
    ended = []

    async def work() -> None:
        try:
            wait_for(asyncio.sleep(0))
        finally:
            ended.append(True)

    stack = Suspendable(work())
    stack.send(None)
    stack.close()
    assert ended == [True]


@pytest.mark.filterwarnings("error")
def test_where_nothing_can_go_on_a_call_is_refused(timeline: Timeline):
    async def work() -> None:
        slept(1)  # and nobody is warned of a coroutine that was never awaited

    with pytest.raises(NotEmulated, match="use it in a Worker's handler"):
        timeline.run(work())
