"""The visitor's end of a WebSocket: `ws = await lab.websocket("/room/a")`.

What is awaited here drives the lab's time, as `lab.fetch` does. Whoever bridges it to something real takes `on_message`
and `on_close` and speaks with `say` and `bye`, which do not wait, so that nothing stays under way meanwhile.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine, Generator
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

from labkit.errors import LabError, Stuck
from labkit.network import places
from labkit.submission import Submission
from labkit.visitor import Visitors, as_request
from labkit.workers.buffers import ArrayBuffer
from labkit.workers.js.sockets import WebSocket
from labkit.workers.objects import JsObject
from labkit.workers.proxies import JsException, jsnull
from labkit.workers.response import Response

if TYPE_CHECKING:
    from labkit.workers.request import Request

SHOWN = 300
"""Characters of a refusal's body that an error shows."""


class Message(NamedTuple):
    """What came, and when, in seconds since the lab's start."""

    time: float
    data: str | bytes


class ClientSocket:
    """An open connection. `messages` is all that has come so far, `closed` the code and reason once it has ended.

    `response` is the answer to the upgrade, `colo` the place where the connection enters the network.
    """

    def __init__(self, visitors: Visitors, socket: WebSocket, response: Response, colo: str):
        self.response, self.colo = response, colo
        self.messages: list[Message] = []
        self.closed: tuple[int, str] | None = None
        self._visitors, self._socket, self._taken = visitors, socket, 0
        self._timeline = visitors.world.timeline
        self._waiting: list[asyncio.Future[None]] = []
        self._on_message: Callable[[str | bytes], None] | None = None
        self._on_close: Callable[[int, str], None] | None = None
        visitors.sockets.add(self)
        socket.adopt(self._hear)

    def send(self, data: str | bytes) -> Submission:
        """Send text or bytes; await it. It arrives after the way there."""
        return self._submit(self._soon(partial(self.say, data)), "send")

    def receive(self) -> Submission:
        """Await it for the next message that was not received yet: simulated time passes until it comes."""
        return _Receiving(self._timeline, self._next(), "receive")

    def close(self, code: int = 1000, reason: str = "") -> Submission:
        """Say goodbye, and await that the other end has heard it."""
        return self._submit(self._goodbye(code, reason), "close")

    def __aiter__(self) -> ClientSocket:
        return self

    async def __anext__(self) -> str | bytes:
        if self.closed and self._taken == len(self.messages):
            raise StopAsyncIteration
        try:
            return await self.receive()
        except Closed:
            raise StopAsyncIteration from None

    # For whoever bridges it, without waiting.

    def say(self, data: str | bytes) -> None:
        """Send text or bytes, from code that runs on the lab's time."""
        if not isinstance(data, str | bytes):
            raise LabError(f"send({data!r}): a WebSocket carries text or bytes.")
        self._check_open()
        self._socket.send(data if isinstance(data, str) else ArrayBuffer.new(data))

    def bye(self, code: int | None = 1000, reason: str | None = "") -> None:
        """Say goodbye, from code that runs on the lab's time. Refuses a code that no client may send; None is none."""
        try:
            self._socket.close(code, reason)
        except JsException as error:
            raise LabError(f"close({code!r}, {reason!r}): {error}") from None

    def on_message(self, heard: Callable[[str | bytes], None]) -> None:
        """Call a function with each message as it comes, and now with those that nobody has received."""
        self._on_message = heard
        waiting, self._taken = self.messages[self._taken :], len(self.messages)
        for message in waiting:
            heard(message.data)

    def on_close(self, heard: Callable[[int, str], None]) -> None:
        """Call a function with the code and the reason as the connection ends, or now if it has."""
        self._on_close = heard
        if self.closed:
            heard(*self.closed)

    def vanish(self) -> None:
        """The device is gone without a goodbye: the other end hears that nobody said one."""
        self._socket._vanish()
        self._visitors.sockets.discard(self)

    def drop(self) -> None:
        """The PoP that it enters at is gone: both ends learn of it after a while."""
        self._socket._connection.break_up(self._socket)

    # What happens to it.

    def _hear(self, socket: WebSocket, event: JsObject) -> None:
        if event.type == "close":
            self._end(event.code, event.reason)
        elif self._on_message:
            self.messages.append(Message(self._timeline.now, event.data))
            self._taken = len(self.messages)
            self._on_message(event.data)
        else:
            self.messages.append(Message(self._timeline.now, event.data))
            self._wake()

    def _end(self, code: int, reason: str) -> None:
        self.closed = (code, reason)
        self._visitors.sockets.discard(self)
        self._wake()
        if self._on_close:
            self._on_close(code, reason)

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def _next(self) -> str | bytes:
        while self._taken == len(self.messages):
            self._check_open()
            await self._change()
        self._taken += 1
        return self.messages[self._taken - 1].data

    async def _goodbye(self, code: int, reason: str) -> None:
        self.bye(code, reason)
        while not self.closed:
            await self._change()

    def _change(self) -> asyncio.Future[None]:
        future = self._timeline.create_future()
        self._waiting.append(future)
        return future

    async def _soon(self, act: Callable[[], None]) -> None:
        act()

    def _submit(self, coroutine: Coroutine[Any, Any, Any], name: str) -> Submission:
        return self._timeline.submit(coroutine, name=name)

    def _check_open(self) -> None:
        if self._visitors.world.timeline is not self._timeline:
            raise Closed("The lab went back to a snapshot, and this connection is not in it: open another.")
        if self.closed:
            code, reason = self.closed
            raise Closed(f"The connection is closed: {code}{f' {reason}'.rstrip('. ')}.")

    def __repr__(self) -> str:
        state = f"closed {self.closed[0]}" if self.closed else "open"
        return f"<WebSocket at {self.colo}, {state}, {len(self.messages)} messages>"


class Closed(LabError):
    """The connection has ended, so that nothing can be sent and nothing more comes."""


class _Receiving(Submission):
    """The wait for a message, which says so where none will ever come."""

    def __await__(self) -> Generator[Any, Any, Any]:
        try:
            return (yield from super().__await__())
        except Stuck:
            raise NO_MESSAGE() from None

    def drive(self) -> Any:
        try:
            return super().drive()
        except Stuck:
            raise NO_MESSAGE() from None


NO_MESSAGE = partial(
    Stuck,
    "No message will come: the connection is open, and nothing that the lab will do from here on sends one.",
    where="labkit/websocket.py",
)


def opened(
    visitors: Visitors, url: Any, host: str, home: places.Place, *, country: str | None = None, headers: Any = None
) -> Submission:
    """Await it for the open connection. `url` is as for `lab.fetch`; its scheme may be ws or wss too."""
    try:
        url = re.sub("^ws", "http", url) if isinstance(url, str) else url
        request = as_request(url, host, home, country, method=None, headers=headers, body=None, json=None)
    except (JsException, TypeError, AttributeError) as error:
        raise LabError(f"websocket({url!r}): no visitor can send this. {error}") from None
    request.js_object.headers._values["upgrade"] = "websocket"
    return visitors.world.timeline.submit(_connect(visitors, request, home), name=f"websocket {request.url}")


async def _connect(visitors: Visitors, request: Request, home: places.Place) -> ClientSocket:
    """The connection. Refuses an answer that is not 101."""
    answer = await upgraded(visitors, request, home)
    if isinstance(answer, ClientSocket):
        return answer
    body = (await answer.text())[:SHOWN]
    hint = " lab.logs says why." if answer.status >= 500 else ""
    raise LabError(f"{request.url} answered {answer.status} and no WebSocket: {body or 'an empty body'}.{hint}")


async def upgraded(visitors: Visitors, request: Request, home: places.Place) -> ClientSocket | Response:
    """The connection, after an upgrade the way any request goes; the response where the Worker opens none."""
    response = await visitors.visit(request, home.code)
    socket, colo = response.js_object.webSocket, request.cf.colo
    if socket is jsnull:
        return response
    socket._stretch(_last_mile(visitors, home.code, colo))
    return ClientSocket(visitors, socket, response, colo)


def _last_mile(visitors: Visitors, home: str, colo: str) -> Callable[[], float]:
    """The way between a device near `home` and the place where its connection enters."""
    world = visitors.world

    def seconds() -> float:
        links, random = world.links, world.random
        if links is None:
            return 0.0
        if world.faults and world.faults.is_dead(colo):
            return inf
        return links.last_mile(random) / 2 + (links.one_way(home, colo, random) if colo != home else 0.0)

    return seconds
