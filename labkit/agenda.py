"""What a timeline is made of: SimPy's agenda, on which futures stand too, callbacks that are ready, little garbage."""

from __future__ import annotations

import asyncio
import gc
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context, copy_context
from heapq import heapify, heappop, heappush
from typing import Any

import simpy
from simpy.events import NORMAL

YOUNG = 50_000
"""Objects made between two searches for cyclic garbage while time is driven. What handles a request leaves none."""


FEW = 1_000
"""Cancelled timers that may lie on an agenda before it is cleared of them."""


class Agenda(simpy.Environment):
    """SimPy's environment, able to take everything of one instant off its heap in one go.

    A future may stand on it in place of an event, the lightest way to wait, and so may a timer, which joins `ready`
    when its time comes.
    """

    def __init__(self, start: float):
        super().__init__(start)
        self.ready: deque[Any] = deque()
        self.cancelled = 0
        self.background: set[asyncio.TimerHandle] = set()
        """Timers that ring for nobody who waits, such as the clock of cron triggers: they keep nothing alive."""

    @property
    def is_idle(self) -> bool:
        """Whether nothing is due but background timers."""
        if not self.background:
            return not self._queue
        return all(entry[3] in self.background or _is_cancelled(entry[3]) for entry in self._queue)

    def wake(self, future: asyncio.Future[None], delay: float) -> None:
        """Resolve a future to None after so many seconds, if it is still wanted then."""
        heappush(self._queue, (self._now + delay, NORMAL, next(self._eid), future))  # type: ignore[arg-type]

    def ring(self, timer: asyncio.TimerHandle) -> None:
        """Let a timer join `ready` at its time, or now if that has passed, unless it is cancelled before."""
        heappush(self._queue, (max(self._now, timer.when()), NORMAL, next(self._eid), timer))  # type: ignore[arg-type]

    def forget_cancelled(self) -> None:
        """A timer on the agenda was cancelled: where they are many, and most of what there is, they go."""
        self.cancelled += 1
        if self.cancelled > max(FEW, len(self._queue) / 2):
            self._queue[:] = [entry for entry in self._queue if not _is_cancelled(entry[3])]
            heapify(self._queue)
            self.cancelled = 0

    def step(self) -> None:
        """Let the next event happen."""
        queue: list[Any] = self._queue
        kind = type(queue[0][3]) if queue else None
        if kind is not asyncio.Future and kind is not asyncio.TimerHandle:
            return super().step()
        self._now, _, _, entry = heappop(queue)
        if kind is asyncio.TimerHandle:
            if not entry.cancelled():
                self.ready.append(entry)
        elif not entry.done():
            entry.set_result(None)

    def pass_to(self, moment: float) -> None:
        """Let time go on to a moment before which nothing is due. `run(until=...)` would leave its event behind."""
        self._now = moment

    def next_instant(self, until: float) -> bool:
        """Go to the time of the next event, and let all events of that time happen; False where it is after `until`."""
        queue = self._queue
        if not queue or queue[0][0] > until:
            return False
        self.step()
        while queue and queue[0][0] <= self._now:
            self.step()
        return True


def _is_cancelled(entry: Any) -> bool:
    return type(entry) is asyncio.TimerHandle and entry.cancelled()


class Callback:
    """A call that is ready: asyncio's Handle with less to carry."""

    __slots__ = ("call", "args", "context", "is_cancelled")

    def __init__(self, call: Callable[..., Any], args: tuple[Any, ...], context: Context | None):
        self.call, self.args, self.is_cancelled = call, args, False
        self.context = copy_context() if context is None else context

    def cancel(self) -> None:
        self.is_cancelled = True

    def cancelled(self) -> bool:
        return self.is_cancelled


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look for cyclic garbage seldom inside the block: each search goes over the whole trace and finds nothing."""
    usual = gc.get_threshold()
    if usual[0]:  # 0 means never
        gc.set_threshold(max(YOUNG, usual[0]), *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
