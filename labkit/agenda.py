"""What a timeline is made of: SimPy's agenda, the lightest event on it, and a callback that is ready."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import Any

import simpy


class Agenda(simpy.Environment):
    """SimPy's environment, able to take everything of one instant off its heap in one go."""

    def next_instant(self) -> None:
        """Go to the time of the next event, and let all events of that time happen."""
        self.step()
        queue = self._queue
        while queue and queue[0][0] <= self._now:
            self.step()

    def due(self) -> bool:
        """True where an event of the present moment has not happened yet."""
        queue = self._queue
        return bool(queue) and queue[0][0] <= self._now


class Wake:
    """The lightest event that SimPy accepts: at its time, a future that is still wanted resolves to None."""

    __slots__ = ("callbacks",)
    _ok, _value = True, None

    def __init__(self, future: asyncio.Future[None]):
        self.callbacks = [lambda _: future.done() or future.set_result(None)]


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
