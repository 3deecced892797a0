"""A Worker's Response as it goes over the wire: ASGI's messages."""

from __future__ import annotations

import gzip

from labkit.serving.arrivals import Scope, Send
from labkit.workers.js.responses import NULL_BODY
from labkit.workers.response import Response

HOP_BY_HOP = frozenset("connection keep-alive proxy-connection te trailer transfer-encoding upgrade".split())
"""Headers of one connection, which are the server's own business."""

Lines = list[tuple[bytes, bytes]]


async def answer(scope: Scope, send: Send, response: Response) -> None:
    """Send a response that has come whole."""
    headers = headers_of(response)
    content = response._body or b""
    if packs(scope, response, headers):
        content = gzip.compress(content, mtime=0)
    is_asked_without = scope.get("method") == "HEAD"
    if response.status not in NULL_BODY and not (
        is_asked_without and (not content or _has(headers, b"content-length"))
    ):
        headers = [line for line in headers if line[0] != b"content-length"]
        headers.append((b"content-length", str(len(content)).encode()))
    await _send(scope, send, response.status, headers, b"" if is_asked_without else content)


async def say(scope: Scope, send: Send, status: int, text: str) -> None:
    """Send a sentence of the server's own."""
    content = text.encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(content)).encode())]
    await _send(scope, send, status, headers, content)


def headers_of(response: Response) -> Lines:
    """The header lines, each cookie on its own."""
    lines = response.js_object.headers._items()
    return [(name.encode(), value.encode()) for name, value in lines if name not in HOP_BY_HOP]


async def _send(scope: Scope, send: Send, status: int, headers: Lines, content: bytes) -> None:
    kind = "websocket.http.response" if scope["type"] == "websocket" else "http.response"
    await send({"type": f"{kind}.start", "status": status, "headers": headers})
    await send({"type": f"{kind}.body", "body": content})


def packs(scope: Scope, response: Response, headers: Lines) -> bool:
    """Whether the body is packed with gzip on its way, as its content-encoding says, unless the Worker has done it.

    Where the visitor takes no gzip, or it is another encoding, it goes as it is, and the header goes.
    """
    if response.js_object.encodeBody == "manual" or not _has(headers, b"content-encoding"):
        return False
    taken = b",".join(value for name, value in scope["headers"] if name == b"accept-encoding")
    if (b"content-encoding", b"gzip") in headers and b"gzip" in taken:
        return True
    headers[:] = [line for line in headers if line[0] != b"content-encoding"]
    return False


def _has(headers: Lines, wanted: bytes) -> bool:
    return any(name == wanted for name, _ in headers)
