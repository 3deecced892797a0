"""The ASGI application between the wire and the lab: each request is a visitor's, and takes its time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any

from labkit.network.places import Place
from labkit.serving import answers, handlers
from labkit.serving.arrivals import Receive, Refused, Scope, Send, arrival, body, entrance
from labkit.serving.bridge import Bridge
from labkit.serving.pace import Pace, Work
from labkit.serving.s3 import Endpoint, arrived
from labkit.serving.streams import Stream
from labkit.visitor import Visitors
from labkit.websocket import ClientSocket, upgraded
from labkit.workers.response import Response

BEGINS = ("http.response.start", "websocket.http.response.start", "websocket.accept")
GOING_AWAY, RESTART = 1001, 1012


class App:
    """What uvicorn calls for each request and each WebSocket. `log` is told a line about each request.

    What comes in at the port of `s3` is the S3 endpoint's, all else the Worker's.
    """

    def __init__(self, visitors: Visitors, pace: Pace, place: Place, log: Callable[[str], Any], s3: Endpoint | None):
        self.visitors, self.pace, self.place, self.log, self.s3 = visitors, pace, place, log, s3
        self.is_stopping = False
        self._exchanges: set[asyncio.Task[Any]] = set()
        self._waited_for: set[Work] = set()
        self._bridges: set[Bridge] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._exchanges.add(task)
        send = self._noted(scope, receive, send)
        try:
            await self._handle(scope, receive, send)
        except Refused as refused:
            await answers.say(scope, send, refused.status, refused.sentence)
        except OSError:  # the visitor has left: there is nobody to answer
            pass
        finally:
            self._exchanges.discard(task)

    async def stop(self, grace: float) -> None:
        """Say goodbye to every WebSocket, let requests end for some real seconds, and cut what is left."""
        self.is_stopping = True
        self.hang_up(GOING_AWAY)
        if self._exchanges:
            await asyncio.wait(self._exchanges, timeout=grace)
        for work in list(self._waited_for):
            work.cut()
        if self._exchanges:
            await asyncio.wait(self._exchanges, timeout=1)

    def hang_up(self, code: int = RESTART) -> None:
        """End every WebSocket."""
        for bridge in list(self._bridges):
            bridge.hang_up(code)

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.is_stopping:
            raise Refused(503, "This server is stopping.")
        if self.s3 is not None and scope["server"][1] == self.s3.port:
            await self._s3(self.s3, scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["path"] in handlers.HANDLERS:
            make = partial(handlers.call, scope, self.visitors.worker)
            await answers.say(scope, send, *await self._outcome(make, scope["path"], receive))
        else:
            await self._http(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, place = arrival(scope, await body(scope, receive), self.place)
        async with Stream(scope, send, self.pace) as stream:
            visit = partial(self.visitors.visit, request, place.code, ear=stream)
            response = await self._outcome(visit, request.url, receive)
            await (stream.end() if stream.has_begun else answers.answer(scope, send, response))

    async def _s3(self, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            raise Refused(400, "The S3 endpoint has no WebSockets.")
        place = entrance(scope, self.place)
        call = await arrived(endpoint, scope, receive, place)
        visit = partial(endpoint.visit, self.visitors, call, place)
        await answers.answer(scope, send, await self._outcome(visit, call.path, receive))

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # that it wants to connect
        request, place = arrival(scope, None, self.place)
        visit = partial(upgraded, self.visitors, request, place)
        answer: ClientSocket | Response = await self._outcome(visit, request.url, receive)
        if isinstance(answer, Response):
            return await answers.answer(scope, send, answer)
        bridge = Bridge(answer, self.pace, receive, send)
        self._bridges.add(bridge)
        try:
            await bridge.run()
        finally:
            self._bridges.discard(bridge)

    async def _outcome(self, make: Callable[[], Coroutine[Any, Any, Any]], name: str, receive: Receive) -> Any:
        """What work on the lab's time comes to. It ends where the visitor leaves before."""
        work = await self.pace.begin(make, name)
        left = asyncio.ensure_future(_left(receive))
        self._waited_for.add(work)
        try:
            await asyncio.wait({work.answer, left}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            left.cancel()
            self._waited_for.discard(work)
            if not work.answer.done():
                work.cut()
        if left.done() and work.answer.cancelled():
            raise ConnectionError("The visitor has left.")
        return _result(work.answer)

    def _noted(self, scope: Scope, receive: Receive, send: Send) -> Send:
        """`send`, which tells the log when a response begins, and stays until a refused upgrade's connection has gone.

        uvicorn complains of an application that is back before that.
        """
        began = asyncio.get_running_loop().time()

        async def noted(message: Any) -> None:
            if message["type"] in BEGINS:
                self.log(_line(scope, message.get("status", 101), asyncio.get_running_loop().time() - began))
            await send(message)
            if message["type"] == "websocket.http.response.body":
                with suppress(TimeoutError):
                    await asyncio.wait_for(_gone(receive), 1)

        return noted


async def _left(receive: Receive) -> None:
    while not (await receive())["type"].endswith(".disconnect"):
        pass


async def _gone(receive: Receive) -> None:
    """That the response has ended the connection, and that the connection has ended."""
    await _left(receive)
    await _left(receive)


def _result(answer: asyncio.Future[Any]) -> Any:
    if answer.cancelled():
        raise Refused(503, "This request was cut off: the server stopped, or the lab went back to a snapshot.")
    if error := answer.exception():
        raise Refused(502, str(error) or type(error).__name__)
    return answer.result()


def _line(scope: Scope, status: int, seconds: float) -> str:
    """What the log says of a request, as `wrangler dev` says it."""
    words = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
    path = scope["raw_path"].decode("latin-1")  # as it was sent: what it stands for may be a terminal's own signs
    return f"{scope.get('method', 'GET')} {path} {status} {words} ({seconds * 1000:.0f} ms)"
