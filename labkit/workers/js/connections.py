"""What lies between the two ends of a WebSocket: what its messages wait for, their way and order, what breaks it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context
from math import inf
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from labkit import facts

if TYPE_CHECKING:
    from labkit.workers.js.sockets import WebSocket
    from labkit.workers.objects import JsObject

Way = Callable[[], float]
"""Seconds that a message takes over a stretch of the connection now; inf where none arrives."""


class Outbox:
    """What one end has said and what must not leave yet, because its object's writes are not confirmed."""

    __slots__ = ("leave", "waiting")

    def __init__(self, leave: Callable[[JsObject], None]):
        self.leave = leave
        self.waiting: deque[tuple[Any, JsObject]] = deque()

    def put(self, gate: Any, event: JsObject) -> None:
        """Let the event leave after those before it, once the gate is open."""
        if not self.waiting and not getattr(gate, "is_holding", False):
            return self.leave(event)
        self.waiting.append((gate, event))
        if len(self.waiting) == 1:
            loop = asyncio.get_running_loop()
            asyncio.Task(self._wait(), loop=loop, name="a message at the output gate", context=Context())

    async def _wait(self) -> None:
        while self.waiting:
            gate, event = self.waiting[0]
            try:
                if gate is not None:
                    await gate.output()
            except Exception:  # a write failed, and the object is reset: nobody ever hears what came after it
                return self.waiting.clear()
            self.waiting.popleft()
            self.leave(event)

    def clear(self) -> None:
        """Forget it all."""
        self.waiting.clear()


class Connection:
    """The stretches between two ends. What one sends arrives in the order of sending, or the connection breaks."""

    __slots__ = ("ways", "loop", "_latest", "_is_broken")

    def __init__(self) -> None:
        self.ways: list[Way] = []
        self.loop: Any = None
        self._latest: WeakKeyDictionary[WebSocket, float] = WeakKeyDictionary()
        self._is_broken = False

    def carry(self, end: WebSocket, event: JsObject, *, stretch: bool = True) -> None:
        """Let the event arrive at an end. Without `stretch` it has come the whole way already."""
        loop = self.loop or asyncio.get_running_loop()
        seconds = sum(way() for way in self.ways) if stretch else 0.0
        if seconds == inf:
            return self.break_up(end)
        now = loop.time()
        due = max(now + seconds, self._latest.get(end, 0.0))
        self._latest[end] = due
        if due > now:
            loop.call_at(due, end._arrive, event, context=end._context)
        else:
            loop.call_soon(end._arrive, event, context=end._context)

    def break_up(self, end: WebSocket) -> None:
        """Nothing passes any more: after a while without an answer, both ends give the other up."""
        loop = self.loop or asyncio.get_running_loop()
        if not self._is_broken:
            self._is_broken = True
            patience = facts.value("network.unreachable_timeout")
            for each in (end, end._peer):
                loop.call_later(patience, each._lose, context=each._context)
