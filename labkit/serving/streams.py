"""A Response whose body comes in parts, sent while it comes: server-sent events, downloads, what an app yields."""

from __future__ import annotations

import asyncio
import logging
import zlib
from contextlib import suppress
from typing import Any

from labkit.serving import answers
from labkit.serving.arrivals import Refused, Scope, Send
from labkit.workers.response import Response

END = object()


class Stream:
    """What `Visitors.visit` is given to `hear`. Parts wait in a queue of the loop outside for the visitor to take them.

    A context manager: what goes wrong once the response has begun can no longer be said, and cuts the connection.
    """

    def __init__(self, scope: Scope, send: Send):
        self.scope, self.send, self.has_begun = scope, send, False
        self._parts: asyncio.Queue[Any] = asyncio.Queue()
        self._sending: asyncio.Future[None] = asyncio.ensure_future(self._send_all())

    def hear(self, part: Response | bytes) -> None:
        """The Response, and then the parts of its body."""
        self.has_begun = True
        self._parts.put_nowait(part)

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
        pack, is_bare = _packer(self.scope, response, headers), self.scope["method"] == "HEAD"
        await self.send({"type": "http.response.start", "status": response.status, "headers": headers})
        while (part := await self._parts.get()) is not END:
            if not is_bare:
                await self._send_part(pack.compress(part) + pack.flush(zlib.Z_SYNC_FLUSH) if pack else part)
        await self._send_part(pack.flush() if pack and not is_bare else b"", more=False)

    async def _send_part(self, part: bytes, *, more: bool = True) -> None:
        await self.send({"type": "http.response.body", "body": part, "more_body": more})


def _packer(scope: Scope, response: Response, headers: answers.Lines) -> Any:
    """What packs the body with gzip, part by part, where its headers say so and the Worker has not done it."""
    return zlib.compressobj(wbits=31) if answers.packs(scope, response, headers) else None


def _is_told(record: logging.LogRecord) -> bool:
    """uvicorn calls a response that breaks off an error of ours; it is the Worker's, and in the lab's log."""
    return "without completing response" not in str(record.msg)


logging.getLogger("uvicorn.error").addFilter(_is_told)
