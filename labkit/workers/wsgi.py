"""`workers.wsgi`: Flask, Django and other WSGI apps as Workers.

The request's body is read before the app is called. The response is a stream that asks the app for its next part when
the client reads.
"""

from __future__ import annotations

import io
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from labkit.workers.entrypoints import WorkerEntrypoint
from labkit.workers.gateway import NULL_BODY_STATUSES, BaseOptions
from labkit.workers.js.requests import Request as JsRequest
from labkit.workers.js.responses import Response as JsResponse
from labkit.workers.js.streams import ReadableStream
from labkit.workers.request import Request


@dataclass(frozen=True, kw_only=True)
class Options(BaseOptions):
    """Options of the WSGI adapter."""


DEFAULT_OPTIONS = Options()

_PORTS = {"https": "443", "http": "80"}


def build_environ(req: Request | JsRequest, env: Any, body: bytes | io.IOBase) -> dict[str, Any]:
    """The WSGI environ of a request; the Worker's bindings are under "workers.env"."""
    request = req.js_object if isinstance(req, Request) else req
    url = urlsplit(request.url)
    environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(url.path or "/").encode().decode("latin-1"),
        "QUERY_STRING": url.query,
        "SERVER_NAME": url.hostname,
        "SERVER_PORT": str(url.port or _PORTS[url.scheme]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": io.BytesIO(body) if isinstance(body, bytes) else body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "workers.env": env,
    }
    if isinstance(body, bytes) and body:
        environ["CONTENT_LENGTH"] = str(len(body))
    for name, value in request.headers._items():
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    return environ


class Reply:
    """What an app says about its response before it sends the body."""

    def __init__(self) -> None:
        self.status = ""
        self.headers: list[tuple[str, str]] = []
        self.written: list[bytes] = []

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        """WSGI's start_response."""
        if self.status and exc_info is None:
            raise AssertionError("start_response() called more than once")
        if self.status:
            raise exc_info[1].with_traceback(exc_info[2])
        self.status, self.headers = status, headers
        return self.written.append


def process_request(
    app: Any, req: Request | JsRequest, env: Any, body: bytes | io.IOBase, options: Options = DEFAULT_OPTIONS
) -> JsResponse:
    """The app's response, its first part already asked for: an app may start its response as late as then."""
    reply = Reply()
    result = app(build_environ(req, env, body), reply.start)
    parts = iter(result)
    first = next((part for part in parts if part), b"")
    if not reply.status:
        _close(result)
        raise RuntimeError("The WSGI application did not call start_response()")
    code, _, words = reply.status.partition(" ")
    init = {"status": int(code), "statusText": words, "headers": reply.headers, **options.response_init()}
    if int(code) in NULL_BODY_STATUSES:
        _close(result)
        return JsResponse.new(None, init)
    return JsResponse.new(ReadableStream.of(_produce([*reply.written, first], parts, result)), init)


async def _produce(known: list[bytes], parts: Iterable[bytes], result: Any) -> AsyncIterator[bytes]:
    try:
        for part in known:
            yield part
        for part in parts:
            yield part
    finally:
        _close(result)


def _close(result: Any) -> None:
    close = getattr(result, "close", None)
    if close is not None:
        close()


async def fetch(
    app: Any, req: Request | JsRequest, env: Any, ctx: Any = None, *, options: Options | None = None
) -> JsResponse:
    """The app's response to the request, as JavaScript's Response."""
    request = req.js_object if isinstance(req, Request) else req
    return process_request(app, req, env, await request._bytes(), options or DEFAULT_OPTIONS)


def entrypoint(app: Any, *, options: Options | None = None) -> type[WorkerEntrypoint]:
    """The `Default` class of a Worker that is this app."""

    class Default(WorkerEntrypoint):
        async def fetch(self, request: Request) -> JsResponse:
            return await fetch(app, request, self.env, options=options)

    return Default
