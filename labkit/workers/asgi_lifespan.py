"""The lifespan of an ASGI app: started before a request, shut down after it, and optional."""

from __future__ import annotations

import asyncio
from typing import Any

from labkit.steps import OutOfSteps
from labkit.workers.asgi_call import call
from labkit.workers.asgi_log import logger

ASGI = {"spec_version": "2.0", "version": "3.0"}


class Lifespan:
    """One start and stop of an app. `state` is what its start-up left for the requests."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.state: dict[str, Any] = {}
        self._messages: asyncio.Queue = asyncio.Queue()
        self._started: asyncio.Future[bool] = loop.create_future()
        self._stopped: asyncio.Future[None] = loop.create_future()
        self._stopped.add_done_callback(_heard)  # whether or not anybody asks how it went
        self._running: asyncio.Future[None] | None = None

    @classmethod
    async def start(cls, app: Any) -> Lifespan:
        """Run the app's start-up. An app without a lifespan is served all the same; a failed one is a RuntimeError."""
        self = cls()
        self._messages.put_nowait({"type": "lifespan.startup"})
        self._running = asyncio.ensure_future(self._run(app))
        await self._started
        return self

    async def shutdown(self) -> None:
        if self._started.result():
            self._messages.put_nowait({"type": "lifespan.shutdown"})
            await self._stopped

    async def _run(self, app: Any) -> None:
        try:
            scope = {"type": "lifespan", "asgi": ASGI, "state": self.state}
            await call(app, scope, self._messages.get, self._send)
        except Exception as error:
            if self._started.done():
                logger.exception("Exception in ASGI lifespan application", exc_info=error)
        except OutOfSteps as error:
            return (self._stopped if self._started.done() else self._started).set_exception(error)
        if not self._started.done():
            self._started.set_result(False)
        elif not self._stopped.done():
            self._stopped.set_result(None)

    async def _send(self, message: dict[str, Any]) -> None:
        phase, _, outcome = message["type"].removeprefix("lifespan.").partition(".")
        future: asyncio.Future = self._started if phase == "startup" else self._stopped
        if future.done():
            return
        if outcome == "complete":
            future.set_result(True)
        elif outcome == "failed":
            future.set_exception(RuntimeError(message.get("message") or f"ASGI lifespan {phase} failed"))
        else:
            raise RuntimeError(f"Unexpected lifespan event {message['type']}")


def _heard(future: asyncio.Future) -> None:
    if not future.cancelled():
        future.exception()
