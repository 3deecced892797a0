"""Runs a coroutine on simulated time, inside a made-up request."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

from labkit.timeline import Timeline
from labkit.workers.context import current

UNIX = 1_767_225_600.0
"""2026-01-01T00:00:00Z"""


class Here:
    """A context that answers every outbound request with its method and URL."""

    def __init__(self, timeline: Timeline):
        self.timeline = timeline
        self.env: Any = None
        self.caches: Any = None
        self.random = Random(7)
        self.background: list[asyncio.Future] = []
        self.sent: list[Any] = []

    strict = False

    def now(self) -> float:
        return UNIX + self.timeline.now

    def wait_until(self, awaitable: Awaitable) -> None:
        self.background.append(asyncio.ensure_future(awaitable))

    async def fetch(self, request: Any) -> Any:
        from labkit.workers import Response

        self.sent.append(request)
        return Response(f"{request.method} {request.url} {await request.text()}")


def run(work: Awaitable, prepare: Callable[[Here], None] = lambda here: None) -> Any:
    """The result of the coroutine, on a timeline of its own."""
    timeline = Timeline()
    here = Here(timeline)
    prepare(here)

    async def inside() -> Any:
        token = current.set(here)
        try:
            return await work
        finally:
            current.reset(token)

    return timeline.run(inside())
