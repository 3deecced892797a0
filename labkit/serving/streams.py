"""A Response whose body comes in parts, sent while it comes: server-sent events, downloads, what an app yields."""

from __future__ import annotations

import asyncio
import logging
import zlib
from contextlib import suppress
from typing import Any

from labkit.serving import answers
from labkit.serving.arrivals import Refused, Scope, Send
from labkit.serving.pace import Pace
from labkit.workers.response import Response

END = object()
AHEAD = 2**20
"""Bytes that may be on their way to a visitor who does not read them; the Worker waits before it sends more."""


class Stream:
    """Who hears what `Visitors.visit` sends. Parts wait in a queue of the loop outside for the visitor to take them.

    A context manager: what goes wrong once the response has begun can no longer be said, and cuts the connection.
    """

    def __init__(self, scope: Scope, send: Send, pace: Pace):
        self.scope, self.send, self.pace, self.has_begun = scope, send, pace, False
        self._ahead = 0
        self._room: asyncio.Future[None] | None = None
        self._parts: asyncio.Queue[Any] = asyncio.Queue()
        self._sending: asyncio.Future[None] = asyncio.ensure_future(self._send_all())

    def hear(self, part: Response | bytes) -> None:
        """The Response, and then the parts of its body."""
        self.has_begun = True
        self._parts.put_nowait(part)

    async def room(self, part: bytes) -> None:
        """Wait, on the lab's time, until the part may be on its way."""
        while self._ahead >= AHEAD:
            self._room = asyncio.get_running_loop().create_future()
            with self.pace.held():
                await self._room
        self._ahead += len(part)

    async def end(self) -> None:
        """There are no more parts; wait until all have gone."""
        self._parts.put_nowait(END)
        await self._sending

    async def __aenter__(self) -> Stream:
        return self

    async def __aexit__(self, kind: Any, error: BaseException | None, _: Any) -> None:
        self._sending.cancel()
        with suppress(asyncio.CancelledError):
            await self._sending
        if self.has_begun and isinstance(error, Refused):
            raise ConnectionError(error.sentence) from None

    async def _send_all(self) -> None:
        response = await self._parts.get()
        headers = answers.headers_of(response)
        pack = zlib.compressobj(wbits=31) if answers.packs(self.scope, response, headers) else None
        headers = answers.framed(self.scope, response, headers, None if pack else response.js_object._body._length)
        await self.send({"type": "http.response.start", "status": response.status, "headers": headers})
        is_bare, more = self.scope["method"] == "HEAD", True
        while more:
            content, more = await self._next()
            if pack:
                content = pack.compress(content) + pack.flush(zlib.Z_SYNC_FLUSH if more else zlib.Z_FINISH)
            body = b"" if is_bare else content
            await self.send({"type": "http.response.body", "body": body, "more_body": more})

    async def _next(self) -> tuple[bytes, bool]:
        """All parts that have come since, and whether there will be more; the Worker may send as much again."""
        parts = [await self._parts.get()]
        while not self._parts.empty():
            parts.append(self._parts.get_nowait())
        if more := parts[-1] is not END:
            parts.append(END)
        content = b"".join(parts[:-1])
        self._ahead -= len(content)
        if self._room and not self._room.done():
            self._room.set_result(None)
            self.pace.wake()
        return content, more


def _is_told(record: logging.LogRecord) -> bool:
    """uvicorn calls a response that breaks off an error of ours; it is the Worker's, and in the lab's log."""
    return "without completing response" not in str(record.msg)


logging.getLogger("uvicorn.error").addFilter(_is_told)
