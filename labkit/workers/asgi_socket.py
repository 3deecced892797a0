"""A WebSocket between a client and an ASGI app."""

from __future__ import annotations

import asyncio
from typing import Any

from labkit.steps import OutOfSteps
from labkit.workers.asgi_call import call
from labkit.workers.asgi_log import logger
from labkit.workers.buffers import Uint8Array
from labkit.workers.context import wait_until
from labkit.workers.js.responses import Response as JsResponse
from labkit.workers.js.sockets import OPEN, WebSocket, WebSocketPair
from labkit.workers.objects import JsObject

_NORMAL, _FAILED = 1000, 1011


class Connection:
    """The server's end of the pair, as an app receives from it and sends to it."""

    def __init__(self, socket: WebSocket):
        self._socket = socket
        self._messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._messages.put_nowait({"type": "websocket.connect"})
        socket.adopt(self._hear)

    def _hear(self, socket: WebSocket, event: JsObject) -> None:
        if event.type == "close":
            self._messages.put_nowait({"type": "websocket.disconnect", "code": event.code, "reason": event.reason})
        elif event.type == "message":
            key = "text" if isinstance(event.data, str) else "bytes"
            self._messages.put_nowait({"type": "websocket.receive", key: event.data})

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.send":
            self._say(message.get("bytes"), message.get("text"))
        elif message["type"] == "websocket.close":
            self._socket.close(message.get("code", _NORMAL), message.get("reason") or "")
        elif message["type"] != "websocket.accept":  # the pair is accepted already
            logger.warning(" == Not implemented %s", message["type"])

    def _say(self, data: bytes | None, text: str | None) -> None:
        if data is not None:
            self._socket.send(Uint8Array.new(data))
        if text is not None:
            self._socket.send(text)

    async def run(self, app: Any, scope: dict[str, Any]) -> None:
        """Call the app. However it ends, the client does not wait for more."""
        try:
            await call(app, scope, self._messages.get, self.send)
        except OutOfSteps:
            self._end(_FAILED)
            raise
        except Exception:
            self._end(_FAILED)
            logger.exception("Unhandled exception in background task")
        self._end(_NORMAL)

    def _end(self, code: int) -> None:
        if self._socket.readyState == OPEN:
            self._socket.close(code, "")


def connect(app: Any, scope: dict[str, Any]) -> JsResponse:
    """Start the app on a new pair of sockets, and answer with the client's."""
    client, server = WebSocketPair.new()
    wait_until(asyncio.ensure_future(Connection(server).run(app, scope)))
    return JsResponse.new(None, {"status": 101, "webSocket": client})
