"""`js.WebSocketPair`: two sockets, each the other's peer. What one sends, the other hears, in order and after the way.

An end receives in one of three manners: `accept` (listeners), `_hibernate` (a Durable Object's `acceptWebSocket`: every
event goes to the runtime's function) and `adopt` (the same for the runtime's own ends: an ASGI app, a visitor).
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable
from contextvars import Context, copy_context
from copy import deepcopy
from typing import Any

from labkit.workers import context
from labkit.workers.buffers import ArrayBuffer, JsBuffer
from labkit.workers.js.blobs import Blob
from labkit.workers.js.connections import Connection, Outbox, Way
from labkit.workers.js.conversions import text
from labkit.workers.js.goodbyes import cut_off, goodbye
from labkit.workers.js.listeners import EventTarget
from labkit.workers.js.requests import fields
from labkit.workers.js.serialized import serialized_bytes
from labkit.workers.objects import JsMap, JsObject
from labkit.workers.proxies import JsBuiltin, JsException, jsnull

CONNECTING, OPEN, CLOSING, CLOSED = 0, 1, 2, 3
ATTACHMENT_BYTES = 16384
_IN_USE = (
    "Cannot call `acceptWebSocket()` on this WebSocket because its pair has already been accepted or used in a "
    "Response."
)

Sink = Callable[["WebSocket", JsObject], None]


def _refuse(name: str, message: str) -> None:
    raise JsException(name, message)


class WebSocket(EventTarget):
    """One end of a connection. `readyState` is 1 open, 2 closing, 3 closed."""

    CONNECTING = READY_STATE_CONNECTING = CONNECTING
    OPEN = READY_STATE_OPEN = OPEN
    CLOSING = READY_STATE_CLOSING = CLOSING
    CLOSED = READY_STATE_CLOSED = CLOSED
    __slots__ = (
        *("binaryType", "url", "protocol", "extensions", "_peer", "_connection", "_sink", "_manner", "_context"),
        *("_half_open", "_keeper", "_inbox", "_outbox", "_said_goodbye", "_heard_goodbye", "_is_broken"),
        *("_attachment", "_leaves", "__weakref__"),
    )

    def __init__(self):
        super().__init__()
        self.binaryType = "blob"
        self.url: Any = jsnull
        self.protocol = self.extensions = ""
        self._peer: WebSocket = self
        self._connection = Connection()
        self._sink: Sink | None = None
        self._manner = ""  # how it receives, once it does: "accept", "hibernate" or "adopt"
        self._context = Context()  # in which it is heard
        self._half_open = False
        self._keeper: Any = None  # whose memory the listeners are in
        self._inbox: list[JsObject] = []
        self._outbox = Outbox(self._leave)
        self._said_goodbye = self._heard_goodbye = self._is_broken = False
        self._attachment: Any = jsnull
        self._leaves: list[Callable[[], None]] | None = []  # while it is open: whom to tell when it is no more

    @property
    def readyState(self) -> int:
        return OPEN + self._said_goodbye + self._heard_goodbye

    # How it receives.

    def accept(self, options: Any = None, **keywords: Any) -> None:
        """Begin to receive through listeners: what came earlier is heard now.

        With `allowHalfOpen`, a goodbye is not answered by itself.
        """
        if self._manner == "hibernate":
            _refuse("TypeError", "Can't accept() WebSocket after enabling hibernation.")
        if self._manner:
            return
        self._half_open = bool(fields(options or keywords).get("allowHalfOpen"))
        self._context = copy_context()
        here = context.current.get()
        self._keeper = getattr(here, "gate", None) or getattr(here, "isolate", None)
        if self._keeper is not None:
            self._keeper.keep(self)
        self._begin("accept")

    def adopt(self, sink: Sink) -> None:
        """Begin to receive through a function of (socket, event) in place of listeners."""
        self._sink = sink
        self._begin("adopt")

    def _hibernate(self, sink: Sink) -> None:
        """As `adopt`, for an object that may hibernate. Refuses an end that is in use, in the runtime's words."""
        if self._manner:
            _refuse("Error", "Cannot call `acceptWebSocket()` if the WebSocket was already accepted via `accept()`")
        if self._peer._manner:
            _refuse("Error", _IN_USE)
        self._sink = sink
        self._begin("hibernate")

    def _begin(self, manner: str) -> None:
        self._manner = manner
        self._connection.loop = self._connection.loop or asyncio._get_running_loop()
        waiting, self._inbox = self._inbox, []
        for event in waiting:
            self._connection.carry(self, event, stretch=False)

    # What it says.

    def send(self, message: Any) -> None:
        """Send text, or bytes that `to_js` made. What a broken connection is given is lost without a word."""
        self._refuse_unaccepted()
        if self._said_goodbye:
            _refuse("TypeError", "Can't call WebSocket send() after close().")
        data = message.to_bytes() if isinstance(message, JsBuffer) else text(message)
        self._say(JsObject({"type": "message", "data": data}))

    def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Say goodbye; the peer hears it, and then this end does. Closing twice is no error."""
        event = goodbye(code, reason)
        self._refuse_unaccepted()
        if not self._said_goodbye:
            self._said_goodbye = True
            self._say(event)
            self._end_if_over()

    def _refuse_unaccepted(self) -> None:
        if not self._manner:
            message = (
                "You must call one of accept() or state.acceptWebSocket() on this WebSocket before sending messages."
            )
            _refuse("TypeError", message)

    def _say(self, event: JsObject) -> None:
        """Let the event leave, once the writes of the object that says it are confirmed."""
        self._outbox.put(getattr(context.current.get(), "gate", None), event)

    def _leave(self, event: JsObject) -> None:
        if not self._is_broken:
            self._connection.carry(self._peer, event)

    def _stretch(self, way: Way) -> None:
        """Let the connection pass over one way more: its ends move apart."""
        self._connection.ways.append(way)

    # Attachments.

    def serializeAttachment(self, attachment: Any) -> None:
        """Keep a value with the socket, through hibernation too: at most 16,384 bytes."""
        if isinstance(attachment, (dict, list, tuple, set)):
            _refuse("DataCloneError", "[object Object] could not be cloned.")
        if isinstance(attachment, JsMap):  # what `to_js` makes of a dict without a dict_converter
            _refuse("DataCloneError", "[object Map] could not be cloned.")
        size = serialized_bytes(attachment)
        if size > ATTACHMENT_BYTES:
            message = f"A WebSocket 'attachment' cannot be larger than {ATTACHMENT_BYTES} bytes."
            _refuse("Error", f"{message}'attachment' was {size} bytes.")
        self._attachment = deepcopy(attachment)

    def deserializeAttachment(self) -> Any:
        return deepcopy(self._attachment)

    # What it hears.

    def _arrive(self, event: JsObject) -> None:
        """Hear an event that has come all the way, now or after `accept`."""
        if not self._manner:
            self._inbox.append(event)
        elif not self._heard_goodbye:
            self._hear(event)

    def _hear(self, event: JsObject) -> None:
        if event.type == "close":
            self._heard_goodbye = True
            self._is_broken = not event.wasClean
            if event.wasClean and not self._said_goodbye and not self._half_open:
                self._said_goodbye = True
                self._leave(event)
        self._dispatch(event)
        self._end_if_over()

    def _end_if_over(self) -> None:
        self._tell_end()
        if self._heard_goodbye and (self._said_goodbye or self._is_broken) and self._keeper is not None:
            keeper, self._keeper = self._keeper, None
            keeper.release(self)

    def _tell_end(self) -> None:
        if self.readyState != OPEN:
            waiting, self._leaves = self._leaves or (), None
            for tell in waiting:
                tell()

    def _vanish(self) -> None:
        """The machine of this end is gone: it hears nothing more, and the peer that nobody said goodbye."""
        lose = getattr(self._context.get(context.current), "lose", None)
        if lose is not None:
            lose()
        for task in self._running:
            task.cancel()
        if self.readyState != CLOSED:
            self._leave(cut_off())
        self._heard_goodbye = self._said_goodbye = self._is_broken = True
        self._outbox.clear()
        self._tell_end()

    def _lose(self) -> None:
        """Nothing has come from the other end for too long."""
        if not self._heard_goodbye:
            self._hear(cut_off())

    def _dispatch(self, event: JsObject) -> None:
        if self._sink is not None:
            return self._sink(self, event)
        if event.type == "message" and isinstance(event.data, bytes):
            event.data = ArrayBuffer.new(event.data) if self.binaryType == "arraybuffer" else Blob.new([event.data])
        self._tell(event)

    def _failed(self, event: JsObject, error: Exception) -> None:
        """A listener that raises ends the connection; only the error listener is told why."""
        if event.type == "error" or self._heard_goodbye:
            return
        trace = "".join(traceback.format_exception(error))
        self._leave(cut_off())
        self._heard_goodbye = self._said_goodbye = self._is_broken = True
        self._dispatch(JsObject({"type": "error", "message": f"Uncaught PythonError: {trace}", "error": error}))
        self._end_if_over()


class WebSocketPair(JsBuiltin):
    """`client, server = WebSocketPair.new().object_values()`."""

    __slots__ = ("_ends",)

    def __init__(self):
        client, server = WebSocket.new(), WebSocket.new()
        client._peer, server._peer = server, client
        server._connection = client._connection
        self._ends = {"0": client, "1": server}

    def _properties(self) -> dict[str, WebSocket]:
        return self._ends

    def __iter__(self):
        return iter(self._ends.values())
