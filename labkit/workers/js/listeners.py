"""What has listeners: a WebSocket tells its own, each on the CPU budget of the event that began to listen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from labkit.steps import OutOfSteps
from labkit.workers import context
from labkit.workers.bindings import warn
from labkit.workers.objects import JsObject
from labkit.workers.promises import settled
from labkit.workers.proxies import JsBuiltin, JsException, JsProxy
from labkit.workers.rpc import remote_error


class EventTarget(JsBuiltin):
    """Tells listeners of events, in the order in which they came. `on...` is told first."""

    __slots__ = ("onmessage", "onclose", "onerror", "onopen", "_listeners", "_running")

    def __init__(self):
        self.onmessage: Any = None
        self.onclose: Any = None
        self.onerror: Any = None
        self.onopen: Any = None
        self._listeners: list[tuple[str, Any]] = []
        self._running: set[asyncio.Task[Any]] = set()

    def addEventListener(self, kind: str, listener: Any, options: Any = None) -> None:
        """Call the listener for each event of the kind. A plain Python function is gone before the first event."""
        if not isinstance(listener, JsProxy):
            warn(f"addEventListener({kind!r}, ...) loses a plain function at once: wrap it in create_proxy.")
            return
        self._listeners.append((kind, listener))

    def removeEventListener(self, kind: str, listener: Any, options: Any = None) -> None:
        self._listeners = [known for known in self._listeners if known != (kind, listener)]

    def _tell(self, event: JsObject) -> None:
        handlers = [listener for kind, listener in self._listeners if kind == event.type]
        own = getattr(self, f"on{event.type}", None)
        for handler in [own, *handlers] if own else handlers:
            self._call(handler, event)

    def _call(self, handler: Callable[..., Any], event: JsObject) -> None:
        invocation = context.current.get()
        if hasattr(invocation, "metered"):
            task = asyncio.Task(self._metered(invocation, handler, event), loop=asyncio.get_running_loop())
            self._running.add(task)
            return task.add_done_callback(self._running.discard)
        try:
            result = handler(event)
        except Exception as error:
            return self._failed(event, error)
        if asyncio.iscoroutine(result):
            asyncio.ensure_future(result)

    async def _metered(self, invocation: Any, handler: Callable[..., Any], event: JsObject) -> None:
        """A listener's run, on the budget of the event that began to listen, and behind its object's gate."""
        gate = invocation.gate
        if gate:
            gate.begins()
        try:
            await invocation.metered(_result(handler, event))
        except OutOfSteps as error:
            invocation.log("error", f"Worker exceeded CPU time limit. {error}")
            self._failed(event, JsException("Error", "Worker exceeded CPU time limit."))
        except Exception as error:
            invocation.log("error", remote_error(error).message)
            self._failed(event, error)
        finally:
            if gate:
                gate.ends()

    def _failed(self, event: JsObject, error: Exception) -> None:
        """A listener has raised."""
        raise NotImplementedError


async def _result(handler: Callable[..., Any], event: JsObject) -> Any:
    return await settled(handler(event))
