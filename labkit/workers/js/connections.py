"""What lies between the two ends of a WebSocket: the way of its messages, their order, and what breaks it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from labkit import facts

if TYPE_CHECKING:
    from labkit.workers.js.sockets import WebSocket
    from labkit.workers.objects import JsObject

Way = Callable[[], float]
"""Seconds that a message takes over a stretch of the connection now; inf where none arrives."""


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
