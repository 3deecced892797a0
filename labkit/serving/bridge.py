"""A real WebSocket and a visitor's, tied together: what one hears, the other says."""

from __future__ import annotations

import asyncio
from typing import Any

from labkit.errors import LabError
from labkit.serving.answers import Lines, headers_of
from labkit.serving.arrivals import Receive, Send
from labkit.serving.pace import Pace
from labkit.websocket import ClientSocket
from labkit.workers.js.goodbyes import ABNORMAL, NO_CODE


class Bridge:
    """A connection through the server. What the lab says waits in a queue of the loop outside."""

    def __init__(self, socket: ClientSocket, pace: Pace, receive: Receive, send: Send):
        self.socket, self.pace, self.receive, self.send = socket, pace, receive, send
        self._out: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._is_over = False  # whether the lab's side knows that it ends

    async def run(self) -> None:
        """Accept, and carry messages until either side has ended."""
        protocol, headers = _handshake(headers_of(self.socket.response))
        try:
            await self.send({"type": "websocket.accept", "subprotocol": protocol, "headers": headers})
            self.socket.on_message(self._heard)
            self.socket.on_close(self._closed)
            await self._carry()
        finally:
            if not self._is_over:  # the wire broke while we spoke
                self.socket.vanish()
                self.pace.wake()

    async def _carry(self) -> None:
        halves = [asyncio.ensure_future(half) for half in (self._inwards(), self._outwards())]
        try:
            await asyncio.wait(halves, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for half in halves:
                half.cancel()
            await asyncio.gather(*halves, return_exceptions=True)

    def hang_up(self, code: int) -> None:
        """End it on both sides, from the middle."""
        self.socket.bye(code)
        self._closed(code, "")

    async def _inwards(self) -> None:
        """From the wire to the lab."""
        while True:
            message = await self.receive()
            await self.pace.catch_up()
            if message["type"] == "websocket.disconnect":
                return self._left(message)
            try:
                self.socket.say(message["text"] if message.get("text") is not None else message["bytes"])
            except LabError:  # it has ended in the lab, and the wire is about to hear
                continue
            self.pace.wake()

    def _left(self, message: Any) -> None:
        """The visitor said goodbye, or is gone without: then uvicorn gives no reason."""
        self._is_over, code = True, message.get("code")
        if message.get("reason") is None:
            self.socket.vanish()
        elif code == NO_CODE:
            self.socket.bye(None, None)
        else:
            self.socket.bye(code, message["reason"])
        self.pace.wake()

    async def _outwards(self) -> None:
        """From the lab to the wire."""
        while True:
            message = await self._out.get()
            if message.get("code") == ABNORMAL:  # nobody said goodbye, and neither do we: the connection is cut
                return
            await self.send(message)
            if message["type"] == "websocket.close":
                return

    def _heard(self, data: str | bytes) -> None:
        self._out.put_nowait({"type": "websocket.send", "text" if isinstance(data, str) else "bytes": data})

    def _closed(self, code: int, reason: str) -> None:
        """A goodbye without a code goes out without one."""
        self._is_over = True
        self._out.put_nowait({"type": "websocket.close", "code": None if code == NO_CODE else code, "reason": reason})


def _handshake(headers: Lines) -> tuple[str | None, Lines]:
    """The subprotocol that the Worker has chosen, and its other headers but those of the handshake itself."""
    chosen = dict(headers).get(b"sec-websocket-protocol")
    rest = [line for line in headers if not line[0].startswith(b"sec-websocket-")]
    return (chosen.decode() if chosen else None), rest
