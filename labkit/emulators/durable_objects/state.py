"""`self.ctx` of a Durable Object: what it may ask of the runtime."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from contextvars import Context
from inspect import iscoroutine
from typing import TYPE_CHECKING, Any

from labkit import facts
from labkit.emulators.durable_objects.endings import aborted, broken_by, waited_too_long
from labkit.workers import context
from labkit.workers.entrypoints import DurableObjectAbort
from labkit.workers.promises import settled
from labkit.workers.proxies import JsProxy

if TYPE_CHECKING:
    from labkit.emulators.durable_objects.ids import DurableObjectId
    from labkit.emulators.durable_objects.instance import Instance
    from labkit.emulators.durable_objects.storage import DurableObjectStorage

SOCKET_METHODS = frozenset(
    "acceptWebSocket getWebSockets getTags setWebSocketAutoResponse getWebSocketAutoResponse "
    "getWebSocketAutoResponseTimestamp setHibernatableWebSocketEventTimeout "
    "getHibernatableWebSocketEventTimeout".split()
)
"""What the object's `Sockets` answer for it."""


class DurableObjectState(JsProxy):
    """An object's identifier, its storage, its sockets, and its wish to be left alone."""

    def __init__(self, instance: Instance):
        self._instance = instance
        self.props: dict[str, Any] = {}

    @property
    def id(self) -> DurableObjectId:
        return self._instance.object.id

    @property
    def storage(self) -> DurableObjectStorage:
        return self._instance.storage

    def __getattr__(self, name: str) -> Any:
        if name in SOCKET_METHODS:
            return getattr(self._instance.object.sockets, name)
        raise AttributeError(name)

    def waitUntil(self, awaitable: Awaitable[Any]) -> None:
        """Keep the object in memory for this awaitable, for up to 15 minutes. No answer waits for it."""
        context.here("ctx.waitUntil").wait_until(awaitable)

    def blockConcurrencyWhile(self, callback: Callable[[], Any]) -> asyncio.Task[Any]:
        """The callback's result. Until then nothing else of the object goes on; if it fails, the object is reset."""
        work = self._block(self._instance.gates.section(), callback)
        task = self._instance.world.timeline.create_task(work, name="blockConcurrencyWhile")
        self._instance.blocking.add(task)
        task.add_done_callback(self._instance.blocking.discard)
        task.add_done_callback(lambda task: task.cancelled() or task.exception())
        return task

    async def _block(self, section: AbstractAsyncContextManager[None], callback: Callable[[], Any]) -> Any:
        instance, timeline = self._instance, self._instance.world.timeline
        async with section:
            seconds = facts.value("durable_objects.block_concurrency")
            timer = timeline.call_later(seconds, lambda: instance.end(waited_too_long()), context=Context())
            try:
                result = callback()
                return await (
                    context.here("blockConcurrencyWhile").metered(result) if iscoroutine(result) else settled(result)
                )
            except Exception as error:
                instance.end(broken_by(error))
                raise
            finally:
                timer.cancel()

    def abort(self, reason: str | None = None) -> None:
        """Reset the object at once: whatever it is doing ends with this reason as its error."""
        self._instance.world.timeline.call_soon(self._instance.end, aborted(reason), context=Context())
        raise DurableObjectAbort(reason or "Durable Object abort requested")
