"""The one thread of a database instance: what is asked of it is done one after the other, in the order of asking.

It belongs to nobody's request: whoever asked may be gone before it is done.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context
from typing import Any

from labkit import facts
from labkit.emulators.d1.results import Result
from labkit.emulators.d1.words import QUEUED_TOO_LONG, TOO_MANY_QUEUED, Refused
from labkit.world import World

OVERLOADED = "overloaded"


class Job:
    """Work that somebody waits for. `began` is when its turn came; its future gets what it came to, or a `Refused`."""

    __slots__ = ("work", "asked", "began", "future", "timer", "index", "results", "seconds", "refusal")

    def __init__(self, work: Any, asked: float, future: asyncio.Future[Any]):
        self.work, self.asked, self.began, self.future = work, asked, asked, future
        self.timer: asyncio.TimerHandle | None = None
        self.index = 0
        self.results: list[Result] = []
        self.seconds: list[float] = []
        self.refusal: Refused | None = None

    def tell(self, outcome: Any) -> None:
        if not self.future.done():
            self.future.set_result(outcome)


class Thread:
    """The queue and the turn. `begin(job)` does its work and says how many seconds that takes; then comes `end(job)`.

    `available` is the moment from which there is anybody to do it.
    """

    def __init__(self, world: World, begin: Callable[[Job], float], end: Callable[[Job], None]):
        self.world, self._begin, self._end = world, begin, end
        self.available = 0.0
        self.running: Job | None = None
        self.waiting: deque[Job] = deque()
        self._most = facts.value("d1.queue_requests")
        self._patience = facts.value("d1.queue_seconds")
        self._wake: asyncio.TimerHandle | None = None

    @property
    def is_busy(self) -> bool:
        """Whether anything is under way or waits."""
        return self.running is not None or bool(self.waiting)

    def ask(self, work: Any) -> asyncio.Future[Any]:
        """What gets the job once it is done, or a `Refused`. Refuses where too many wait."""
        timeline = self.world.timeline
        job = Job(work, timeline.now, timeline.create_future())
        if self.running is None and not self.waiting and self.available <= timeline.now:
            self._start(job)
            return job.future
        if len(self.waiting) >= self._most:
            raise Refused(TOO_MANY_QUEUED, outcome=OVERLOADED)
        self.waiting.append(job)
        job.timer = self._at(timeline.now + self._patience, self._expire, job)
        if self.running is None and self._wake is None:
            self._wake = self._at(self.available, self._next)
        return job.future

    def _at(self, when: float, call: Callable[..., None], *args: Any) -> asyncio.TimerHandle:
        return self.world.timeline.call_at(when, call, *args, context=Context())

    def _start(self, job: Job) -> None:
        self.running, now = job, self.world.timeline.now
        job.began = now
        try:
            seconds = self._begin(job)
        except BaseException as error:
            self._fail(job, error)
        else:
            job.timer = self._at(now + seconds, self._done, job)

    def _done(self, job: Job) -> None:
        if self.running is not job:
            return
        try:
            self._end(job)
        except BaseException as error:
            return self._fail(job, error)
        self.running = None
        self._next()

    def _fail(self, job: Job, error: BaseException) -> None:
        """A defect of ours, or an interrupt of the kernel: whoever asked hears of it, and the thread goes on."""
        self.running = None
        if self.waiting:
            self._wake = self._at(self.world.timeline.now, self._next)
        if not isinstance(error, Exception):
            raise error
        if not job.future.done():
            job.future.set_exception(error)

    def _next(self) -> None:
        """Give the turn to whoever has waited longest."""
        self._wake = None
        if self.running is None and self.waiting:
            job = self.waiting.popleft()
            if job.timer:
                job.timer.cancel()
            self._start(job)

    def _expire(self, job: Job) -> None:
        """It has waited for too long."""
        self.waiting.remove(job)
        job.tell(Refused(QUEUED_TOO_LONG, outcome=OVERLOADED))

    def stop(self, refusal: Refused, available: float = 0.0) -> None:
        """Whatever is under way or waits is refused, and nothing is done before that moment."""
        jobs = [*([self.running] if self.running else []), *self.waiting]
        self.running, self.available = None, available
        self.waiting.clear()
        for job in jobs:
            if job.timer:
                job.timer.cancel()
            job.tell(refusal)
        if self._wake:
            self._wake.cancel()
            self._wake = None
