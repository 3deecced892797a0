"""`self.ctx` of a Durable Object."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from labkit.workers import context
from labkit.workers.entrypoints import DurableObjectAbort
from labkit.workers.proxies import JsProxy

if TYPE_CHECKING:
    from labkit.emulators.durable_objects.ids import DurableObjectId
    from labkit.emulators.durable_objects.instance import Instance

TOO_LONG = (
    "A call to blockConcurrencyWhile() in a Durable Object waited for too long. The call was canceled and the Durable "
    "Object was reset."
)


class DurableObjectState(JsProxy):
    """What an object may ask of the runtime: its identifier, its storage, its sockets, and to be left alone."""

    def __init__(self, instance: Instance):
        self._instance = instance
        self.props: Any = {}

    @property
    def id(self) -> DurableObjectId:
        return self._instance.object.id

    @property
    def storage(self) -> Any:
        return self._instance.storage

    def waitUntil(self, awaitable: Awaitable[Any]) -> None:
        """Keep the object in memory for this awaitable. No answer waits for it."""
        context.here("ctx.waitUntil").wait_until(awaitable)

    def blockConcurrencyWhile(self, callback: Callable[[], Any]) -> asyncio.Task[Any]:
        """The callback's result. Until then nothing else of the object goes on; if it fails, the object is reset."""
        return self._instance.block(callback)

    def abort(self, reason: str | None = None) -> None:
        """Reset the object at once."""
        self._instance.abort(reason)
        raise DurableObjectAbort(reason or "Durable Object abort requested")
