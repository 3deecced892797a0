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
    headers, content = headers_of(response), response._body or b""
    if packs(scope, response, headers):
        content = gzip.compress(content, mtime=0)
    headers = framed(scope, response, headers, len(content))
    await _send(scope, send, response.status, headers, b"" if scope.get("method") == "HEAD" else content)


async def say(scope: Scope, send: Send, status: int, text: str) -> None:
    """Send a sentence of the server's own."""
    content = text.encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(content)).encode())]
    await _send(scope, send, status, headers, content)


def headers_of(response: Response) -> Lines:
    """The header lines, each cookie on its own."""
    lines = response.js_object.headers._items()
    return [(name.encode(), value.encode()) for name, value in lines if name not in HOP_BY_HOP]


def framed(scope: Scope, response: Response, headers: Lines, size: int | None) -> Lines:
    """The header lines with the body's length, if it is known.

    What the Worker says of it counts for a HEAD alone, where there is no body to measure: as in kj's HTTP server.
    """
    said = dict(headers).get(b"content-length", b"")
    lines = [line for line in headers if line[0] != b"content-length"]
    length = b"" if size is None else b"%d" % size
    if scope.get("method") == "HEAD":
        length = said if said.isdigit() and len(said) < 16 else length if size else b""
    return [*lines, (b"content-length", length)] if length and response.status not in NULL_BODY else lines


async def _send(scope: Scope, send: Send, status: int, headers: Lines, content: bytes) -> None:
    kind = "websocket.http.response" if scope["type"] == "websocket" else "http.response"
    await send({"type": f"{kind}.start", "status": status, "headers": headers})
    await send({"type": f"{kind}.body", "body": content})


def packs(scope: Scope, response: Response, headers: Lines) -> bool:
    """Whether the body is packed with gzip on its way, as its content-encoding says, unless the Worker has done it.

    Where the visitor takes no gzip, or it is another encoding, it goes as it is, and the header goes.
    """
    is_packed = response.js_object.encodeBody == "manual"
    if is_packed or response.status in NULL_BODY or b"content-encoding" not in dict(headers):
        return False
    if (b"content-encoding", b"gzip") in headers and _takes_gzip(scope):
        return True
    headers[:] = [line for line in headers if line[0] != b"content-encoding"]
    return False


def _takes_gzip(scope: Scope) -> bool:
    """Whether the visitor names gzip, and not with a weight of 0 (RFC 9110, 12.5.3)."""
    taken = b",".join(value for name, value in scope["headers"] if name == b"accept-encoding").lower()
    for coding in taken.replace(b" ", b"").split(b","):
        name, _, weight = coding.partition(b";q=")
        if name == b"gzip":
            return not weight or weight.strip(b"0.") != b""
    return False
