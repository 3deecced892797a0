"""Simulated time that keeps pace with real time while a lab is served, without a thread.

The pace drives the lab's timeline in short stretches from a task of the outer loop, so that a notebook's cells can
drive it too: what they skip is skipped for everybody. Between two stretches it rests until the next thing is due.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from math import inf
from typing import Any

from labkit.timeline import Timeline
from labkit.world import World

BEAT = 0.25
"""Real seconds after which the lab's clock is brought up to date even if nothing is due: a cell may look at it."""


class Pace:
    """`speed` simulated seconds go by in a real one. At `inf` no request waits, and time goes on at 1 between them.

    `turned` is called whenever the lab has moved on, `went_back` when it has gone back to a snapshot.
    """

    def __init__(self, world: World, speed: float, turned: Callable[[], None], went_back: Callable[[], None]):
        self.world, self.speed = world, speed
        self.turned, self.went_back = turned, went_back
        self._loop = asyncio.get_running_loop()
        self._timeline, self._since = world.timeline, (self._loop.time(), world.timeline.now)
        self._wanted = asyncio.Event()
        self._under_way: set[Work] = set()
        self._held = 0

    async def run(self) -> None:
        """Keep pace until cancelled."""
        while True:
            await self.catch_up()
            self.turned()
            if self._is_hurried:
                self.world.timeline.reach(self.world.timeline.env.peek())
                await asyncio.sleep(0)
            else:
                await self._rest()

    async def catch_up(self) -> None:
        """Let everything happen that is due by now, so that what begins next begins now."""
        until, timeline = self._due(), self._timeline
        while timeline is self.world.timeline and not timeline.reach(until):
            await asyncio.sleep(0)

    async def begin(self, make: Callable[[], Coroutine[Any, Any, Any]], name: str) -> Work:
        """Start work on the lab's time; it belongs to no cell."""
        await self.catch_up()
        work = Work(self.world.timeline, make(), name)
        self._under_way.add(work)
        work.answer.add_done_callback(lambda _: self._under_way.discard(work))
        self.wake()
        return work

    def wake(self) -> None:
        """Something new is on the agenda: end the rest."""
        self._wanted.set()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Some work waits for a real visitor meanwhile, and simulated time does not bring what it waits for."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1

    def _due(self) -> float:
        """The simulated moment that it should be now. Whatever else has moved the clock is where it goes on from."""
        timeline, real = self.world.timeline, self._loop.time()
        then, simulated = self._since
        due = simulated + (real - then) * self._rate
        if timeline is not self._timeline:
            self._timeline, due = timeline, timeline.now
            self._forget()
        if timeline.now >= due:
            due = timeline.now
            self._since = real, due
        return due

    def _forget(self) -> None:
        """The lab went back to a snapshot: what was under way is not in it, and nothing drives it any more."""
        for work in list(self._under_way):
            work.answer.cancel()
        self.went_back()

    @property
    def _rate(self) -> float:
        return 1.0 if self.speed == inf else self.speed

    @property
    def _is_hurried(self) -> bool:
        """Whether somebody waits who should not, and time would bring what they wait for."""
        waiting = sum(not work.answer.done() for work in self._under_way) > self._held
        return self.speed == inf and waiting and not self.world.timeline.env.is_idle

    async def _rest(self) -> None:
        """Wait until the next thing is due, something new comes, or the clock wants looking at."""
        timeline = self.world.timeline
        due = 0.0 if timeline.env.ready else (timeline.env.peek() - timeline.now) / self._rate
        timer = self._loop.call_later(min(due, BEAT), self._wanted.set)
        await self._wanted.wait()
        self._wanted.clear()
        timer.cancel()


class Work:
    """A task on the lab's time, and its `answer`: a future of the loop outside."""

    def __init__(self, timeline: Timeline, coroutine: Coroutine[Any, Any, Any], name: str):
        self._timeline = timeline
        self.answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._task = timeline.spawn(coroutine, name=name, detached=True)
        self._task.add_done_callback(self._hand_over)

    def cut(self) -> None:
        """Nobody waits for it any more: it ends where it stands, and its answer is cancelled."""
        self._timeline.stop([self._task])
        self.answer.cancel()

    def _hand_over(self, task: asyncio.Task[Any]) -> None:
        error = None if task.cancelled() else task.exception()
        if self.answer.done():
            return
        if task.cancelled():
            self.answer.cancel()
        elif error is not None:
            self.answer.set_exception(error)
        else:
            self.answer.set_result(task.result())
