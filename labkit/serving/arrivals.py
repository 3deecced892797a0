"""What comes in over the wire, as the request of a visitor at a place: ASGI's scope and body in, a Request out."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from labkit import facts
from labkit.errors import LabError
from labkit.network import places
from labkit.visitor import as_request
from labkit.workers.ffi import JsException
from labkit.workers.request import Request

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Any], Awaitable[None]]

ENTRANCE = "cf-lab-colo"
"""The header or query parameter that names the place where this request enters; the Worker does not see it."""


class Refused(Exception):
    """The request gets this status and sentence, and no Worker's response."""

    def __init__(self, status: int, sentence: str):
        super().__init__(sentence)
        self.status, self.sentence = status, f"{sentence}\n"


async def body(scope: Scope, receive: Receive, limit: int | None = None) -> bytes | None:
    """The whole body; None where the request has none. Refuses one that is too large, and one that breaks off.

    `limit` is in bytes, a Worker's where it is left out.
    """
    names = {name for name, _ in scope["headers"]}
    if scope["method"] in ("GET", "HEAD") or not names & {b"content-length", b"transfer-encoding"}:
        return None
    most: int = facts.value("workers.body_bytes") if limit is None else limit
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ConnectionError("The visitor left before the body had come.")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            raise Refused(413, f"Payload Too Large: a body has at most {most:,} bytes.")
        if not message.get("more_body"):
            return b"".join(parts)


def arrival(scope: Scope, content: bytes | None, usual: places.Place) -> tuple[Request, places.Place]:
    """The request as the Worker gets it, and the place it enters at. Refuses what no visitor can send."""
    headers = [(name.decode("latin-1"), value.decode("utf-8", "replace")) for name, value in scope["headers"]]
    named = dict(headers)
    entrance, query = _without_entrance(scope["query_string"])
    colo = named.get(ENTRANCE, entrance)
    place = usual if colo is None else _place(colo)
    scheme = "https" if scope["scheme"] in ("https", "wss") else "http"
    host, path = _target(scope, named.get("host"))
    url = f"{scheme}://{host}{path}{query}"
    dropped = _dropped(content, named)
    sent = [line for line in headers if line[0] not in dropped]
    method = scope.get("method", "GET")
    try:
        return as_request(url, "", place, None, method=method, headers=sent, body=content, json=None), place
    except (JsException, TypeError, AttributeError) as error:
        raise Refused(400, f"{method} {url}: no Worker can be asked this. {error}") from None


def _target(scope: Scope, named: str | None) -> tuple[str, str]:
    """The host and the path that are asked for. A whole URL says its own host (RFC 9112, 3.2.2)."""
    target = scope["raw_path"].decode("latin-1")
    server, port = scope["server"]
    host: str = named or f"{f'[{server}]' if ':' in server else server}:{port}"
    if whole := _WHOLE.fullmatch(target):
        host, target = whole[1], whole[2] or "/"
    if not target.startswith("/"):
        raise Refused(400, f"{target!r} is no path on a host.")
    if _NO_HOST.search(host):
        raise Refused(400, f"{host!r} is no host.")
    return host, target


_WHOLE = re.compile(r"https?://([^/]+)(/.*)?", re.IGNORECASE)
_NO_HOST = re.compile(r"[/?#@\\]")
"""Signs that would let a Host header say more of the URL than its host."""


def _dropped(content: bytes | None, named: Mapping[str, str]) -> set[str]:
    """The headers that the Worker does not see: the lab's own, and lengths of what it does not get."""
    if content is None:
        return {ENTRANCE, "content-length", "transfer-encoding"}
    return {ENTRANCE, "content-length"} if "transfer-encoding" in named else {ENTRANCE}


def entrance(scope: Scope, usual: places.Place) -> places.Place:
    """The place that a header names, or the usual one."""
    named = [value.decode("latin-1") for name, value in scope["headers"] if name == ENTRANCE.encode()]
    return _place(named[-1]) if named else usual


def _place(code: str) -> places.Place:
    try:
        return places.place(code.upper())
    except LabError as error:
        raise Refused(400, f"{ENTRANCE}: {error}") from None


def _without_entrance(query: bytes) -> tuple[str | None, str]:
    """The place that a query names, and the rest of the query with its question mark."""
    parts = query.decode("latin-1").split("&")
    found = [part.partition("=")[2] for part in parts if part.startswith(f"{ENTRANCE}=")]
    rest = "&".join(part for part in parts if not part.startswith(f"{ENTRANCE}="))
    return (found[-1] if found else None), (f"?{rest}" if rest else "")
