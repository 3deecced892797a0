"""`workers.asgi`: FastAPI, Starlette and other ASGI apps as Workers, as the SDK 1.9.5 runs them.

The app's lifespan runs around every request, as it does in the SDK. A body that comes in one piece makes a plain
Response; one that comes in several makes a stream, and the app goes on while the client reads. There are no threads:
a `def` endpoint, `StaticFiles` and uploads run where they are called (`asgi_threads`). What the SDK logs of an app
is in the Worker's log (`asgi_log`).
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from labkit.steps import OutOfSteps
from labkit.workers.asgi_call import call
from labkit.workers.asgi_lifespan import ASGI, Lifespan
from labkit.workers.asgi_log import logger
from labkit.workers.asgi_threads import without_threads
from labkit.workers.buffers import Uint8Array
from labkit.workers.context import wait_until
from labkit.workers.entrypoints import WorkerEntrypoint
from labkit.workers.gateway import NULL_BODY_STATUSES, BaseOptions
from labkit.workers.js.requests import Request as JsRequest
from labkit.workers.js.responses import Response as JsResponse
from labkit.workers.js.transforms import TransformStream, WritableStreamDefaultWriter
from labkit.workers.proxies import jsnull
from labkit.workers.request import Request


@dataclass(frozen=True, kw_only=True)
class Options(BaseOptions):
    """Options of the ASGI adapter."""


DEFAULT_OPTIONS = Options()


def request_to_scope(req: Request | JsRequest, env: Any, ws: bool = False, state: Any = None) -> dict[str, Any]:
    """The ASGI scope of a request; the Worker's bindings are under "env"."""
    request = req.js_object if isinstance(req, Request) else req
    url = urlsplit(request.url)
    scope = {
        "type": "websocket" if ws else "http",
        "asgi": ASGI,
        "http_version": "1.1",
        "method": req.method,
        "scheme": url.scheme,
        "path": unquote(url.path),
        "raw_path": url.path.encode(),
        "query_string": url.query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in request.headers._items()],
        "env": env,
    }
    return scope if state is None else scope | {"state": dict(state)}


class Exchange:
    """One request and its response, as an app receives and sends them. `response` is known from the first body on."""

    def __init__(self, body: list[bytes], options: Options):
        self.response: asyncio.Future[JsResponse] = asyncio.get_running_loop().create_future()
        self.writer: WritableStreamDefaultWriter | None = None
        parts = [(part, True) for part in body] + [(b"", False)]
        self._messages = deque({"type": "http.request", "body": part, "more_body": more} for part, more in parts)
        self._finished = asyncio.Event()
        self._options = options
        self._start: dict[str, Any] = {}

    async def receive(self) -> dict[str, Any]:
        if self._messages:
            return self._messages.popleft()
        await self._finished.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body":
            await self._send_body(message.get("body", b""), message.get("more_body", False))

    async def _send_body(self, body: bytes, more: bool) -> None:
        if self.writer is None and not more:
            self._respond(None if self._start["status"] in NULL_BODY_STATUSES else bytes(body))
        else:
            await self._stream(body)
        if more:
            return
        if self.writer is not None:
            await self.writer.close()
        self._finished.set()

    async def _stream(self, body: bytes) -> None:
        writer = self.writer or self._begin_stream()
        if body:
            await writer.write(Uint8Array.new(body))

    def _begin_stream(self) -> WritableStreamDefaultWriter:
        pipe = TransformStream.new()
        writer = self.writer = pipe.writable.getWriter()
        self._respond(pipe.readable)
        return writer

    def _respond(self, body: Any) -> None:
        headers = [(name.decode(), value.decode()) for name, value in self._start.get("headers", [])]
        init = {"status": self._start["status"], "headers": headers, **self._options.response_init()}
        self.response.set_result(JsResponse.new(body, init))

    async def run(self, app: Any, scope: dict[str, Any]) -> None:
        """Call the app; its exception is the response's, unless that has begun."""
        try:
            await call(app, scope, self.receive, self.send)
            if not self.response.done():
                raise RuntimeError("The application did not generate a response")
        except (Exception, OutOfSteps) as error:
            self._failed(error)
        self._finished.set()

    def _failed(self, error: Exception | OutOfSteps) -> None:
        """Tell whoever waits for the response, or the log; beyond the CPU limit that is the runtime's to tell."""
        if not self.response.done():
            self.response.set_exception(error)
            return
        if isinstance(error, OutOfSteps):
            if self.writer is not None:
                self.writer.abort("Worker exceeded CPU time limit.")
            raise error
        if self.writer is not None:
            self.writer.close()
        logger.exception("Exception in ASGI application after response started", exc_info=error)


async def fetch(
    app: Any, req: Request | JsRequest, env: Any, ctx: Any = None, *, options: Options | None = None
) -> JsResponse:
    """The app's response to the request, as JavaScript's Response."""
    without_threads()
    lifespan = await Lifespan.start(app)
    exchange = Exchange(await _body(req), options or DEFAULT_OPTIONS)
    running = asyncio.ensure_future(exchange.run(app, request_to_scope(req, env, state=lifespan.state)))
    try:
        response = await exchange.response
    except Exception:
        await running
        logger.exception("ASGI request failed")
        await lifespan.shutdown()
        raise
    if exchange.writer is None:
        await running
        await lifespan.shutdown()
    else:
        wait_until(asyncio.ensure_future(_finish(running, lifespan)))
    return response


async def _body(req: Request | JsRequest) -> list[bytes]:
    """The body as it comes, chunk by chunk."""
    body = req.body
    return [] if body is None or body is jsnull else [chunk.to_bytes() async for chunk in body]


async def _finish(running: asyncio.Future, lifespan: Lifespan) -> None:
    """Wait for the app, then shut it down, unless its lab was dropped: there is no time any more to do it in."""
    try:
        await running
    except GeneratorExit:
        raise
    except BaseException:
        await lifespan.shutdown()
        raise
    await lifespan.shutdown()


async def websocket(app: Any, req: Request | JsRequest, env: Any = None) -> JsResponse:
    """The 101 response that connects the client to the app."""
    from labkit.workers.asgi_socket import connect

    without_threads()
    return connect(app, request_to_scope(req, {} if env is None else env, ws=True))


def entrypoint(app: Any, *, options: Options | None = None) -> type[WorkerEntrypoint]:
    """The `Default` class of a Worker that is this app."""

    class Default(WorkerEntrypoint):
        async def fetch(self, request: Request) -> JsResponse:
            if (request.headers.get("upgrade") or "").lower() == "websocket":
                return await websocket(app, request, self.env)
            return await fetch(app, request, self.env, self.ctx, options=options)

    return Default


def __getattr__(name: str) -> Any:
    """`asgi.env`, the FastAPI dependency that hands an endpoint the Worker's bindings."""
    if name != "env":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import fastapi  # pyright: ignore[reportMissingImports]  # only a Worker that uses it has it

    async def env(request: fastapi.Request) -> Any:
        return request.scope["env"]

    env.__annotations__["request"] = fastapi.Request
    return fastapi.Depends(env)
