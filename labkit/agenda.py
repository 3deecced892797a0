"""What a timeline is made of: SimPy's agenda, on which futures stand too, callbacks that are ready, little garbage."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context, copy_context
from heapq import heappop, heappush
from typing import Any

import simpy
from simpy.events import NORMAL

YOUNG = 50_000
"""Objects made between two searches for cyclic garbage while time is driven. What handles a request leaves none."""


class Agenda(simpy.Environment):
    """SimPy's environment, able to take everything of one instant off its heap in one go.

    A future may stand on it in place of an event: the lightest way to wait.
    """

    def wake(self, future: asyncio.Future[None], delay: float) -> None:
        """Resolve a future to None after so many seconds, if it is still wanted then."""
        heappush(self._queue, (self._now + delay, NORMAL, next(self._eid), future))  # type: ignore[arg-type]

    def step(self) -> None:
        """Let the next event happen."""
        queue: list[Any] = self._queue
        if not queue or type(queue[0][3]) is not asyncio.Future:
            return super().step()
        self._now, _, _, future = heappop(queue)
        if not future.done():
            future.set_result(None)

    def next_instant(self, until: float) -> bool:
        """Go to the time of the next event, and let all events of that time happen; False where it is after `until`."""
        queue = self._queue
        if not queue or queue[0][0] > until:
            return False
        self.step()
        while queue and queue[0][0] <= self._now:
            self.step()
        return True


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
