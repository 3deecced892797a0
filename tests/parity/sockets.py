"""A visitor's WebSockets on the lab: plays a case's steps and writes down what each socket heard.

`host/inside/sockets.mjs` does the same on the real runtime.
"""

from __future__ import annotations

import asyncio
import base64
from typing import Any
from urllib.parse import urljoin

from labkit.lab import Lab
from labkit.workers.ffi import to_js
from tests.parity.cases import Request

PATIENCE = 2
"""Seconds after which a socket has heard nothing."""

Transcript = list[tuple[str, Any]]


async def converse(lab: Lab, request: Request) -> Transcript:
    """The transcript of a request's steps: a socket's label and what it heard, in the order of the steps."""
    visitor = _Visitor(lab, request)
    for step in ({"open": request.url}, *request.websocket):
        await visitor.take(step)
    for on, socket in visitor.sockets.items():
        while not socket.heard.empty():
            visitor.transcript.append((on, {"unread": socket.heard.get_nowait()}))
    return visitor.transcript


class _Visitor:
    def __init__(self, lab: Lab, request: Request):
        self.lab, self.request = lab, request
        self.sockets: dict[str, _Socket] = {}
        self.transcript: Transcript = []

    async def take(self, step: dict[str, Any]) -> None:
        """One step, whose kind is the key that names it."""
        on = step.get("on", "")
        kind = next(key for key in step if key not in ("on", "reason"))
        await getattr(self, f"_{kind}")(on, step[kind], step)

    async def _open(self, on: str, path: str, _: Any) -> None:
        response = await self._ask(path, [("upgrade", "websocket")])
        end = response.js_object.webSocket
        if end is not None and response.status == 101:
            self.sockets[on] = _Socket(end)
        else:
            self.transcript.append((on, {"status": response.status, "body": await response.text()}))

    async def _fetch(self, on: str, path: str, _: Any) -> None:
        response = await self._ask(path, [])
        self.transcript.append((on, {"fetched": await response.text()}))

    async def _receive(self, on: str, count: int, _: Any) -> None:
        for _each in range(count):
            self.transcript.append((on, await self.sockets[on].next()))

    async def _send(self, on: str, message: str, _: Any) -> None:
        self.sockets[on].end.send(message)

    async def _send_base64(self, on: str, message: str, _: Any) -> None:
        self.sockets[on].end.send(to_js(base64.b64decode(message)))

    async def _close(self, on: str, code: int, step: dict[str, Any]) -> None:
        self.sockets[on].end.close(code, step.get("reason"))

    async def _pause(self, _on: str, seconds: float, _: Any) -> None:
        await asyncio.sleep(seconds)

    async def _ask(self, path: str, more: list[tuple[str, str]]) -> Any:
        headers = [*self.request.headers, *more]
        return await self.lab.fetch(urljoin(self.request.url, path), headers=headers, colo=self.request.colo)


class _Socket:
    """The visitor's end of a connection, and what it has heard and nobody has read."""

    def __init__(self, end: Any):
        self.end = end
        self.heard: asyncio.Queue[Any] = asyncio.Queue()
        end.adopt(lambda _, event: self.heard.put_nowait(_described(event)))

    async def next(self) -> Any:
        try:
            return await asyncio.wait_for(self.heard.get(), PATIENCE)
        except TimeoutError:
            return {"nothing": True}


def _described(event: Any) -> Any:
    if event.type == "close":
        return {"closed": [event.code, event.reason, event.wasClean]}
    if event.type == "error":
        return {"error": True}
    return event.data if isinstance(event.data, str) else {"bytes": bytes(event.data).hex()}
