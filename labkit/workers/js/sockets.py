"""`js.WebSocketPair`: two sockets, each the other's peer. What one sends, the other hears on its next turn.

A Durable Object's hibernation and the lab's own clients take a socket with `adopt` instead of `accept`: then every
event goes to their function, and the listeners stay silent.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from labkit.workers.bindings import warn
from labkit.workers.buffers import ArrayBuffer, JsBuffer
from labkit.workers.js.blobs import Blob
from labkit.workers.js.conversions import text
from labkit.workers.js.serialized import serialized_bytes
from labkit.workers.objects import JsObject
from labkit.workers.proxies import JsBuiltin, JsException, JsProxy, jsnull

OPEN, CLOSING, CLOSED = 1, 2, 3
ATTACHMENT_BYTES = 16384
_REASON_BYTES = 123
_RESERVED_CODES = (1004, 1005, 1006, 1015)
_NO_CODE = 1005
_ABNORMAL = 1006

Sink = Callable[["WebSocket", JsObject], None]


def _refuse(name: str, message: str) -> None:
    raise JsException(name, message)


class WebSocket(JsBuiltin):
    """One end of a connection. `readyState` is 1 open, 2 closing, 3 closed."""

    __slots__ = (
        *("readyState", "binaryType", "url", "protocol", "extensions", "onmessage", "onclose", "onerror", "onopen"),
        *("_peer", "_listeners", "_sink", "_accepted", "_inbox", "_attachment", "__weakref__"),
    )

    def __init__(self):
        self.readyState = OPEN
        self.binaryType = "blob"
        self.url: Any = jsnull
        self.protocol = self.extensions = ""
        self.onmessage = self.onclose = self.onerror = self.onopen = None
        self._peer: WebSocket = self
        self._listeners: list[tuple[str, Any]] = []
        self._sink: Sink | None = None
        self._accepted = False
        self._inbox: list[JsObject] = []
        self._attachment: Any = jsnull

    def accept(self, options: Any = None) -> None:
        """Begin to receive: what came earlier is heard now."""
        if self._sink is not None:
            message = "Cannot call `accept()` if the WebSocket was already accepted via `acceptWebSocket()`"
            _refuse("TypeError", message)
        self._begin()

    def adopt(self, sink: Sink) -> None:
        """Begin to receive through a function of (socket, event) in place of listeners."""
        if self._accepted:
            message = "Cannot call `acceptWebSocket()` if the WebSocket was already accepted via `accept()`"
            _refuse("TypeError", message)
        self._sink = sink
        self._begin()

    def _begin(self) -> None:
        self._accepted = True
        waiting, self._inbox = self._inbox, []
        for event in waiting:
            self._soon(event)

    def send(self, message: Any) -> None:
        """Send text, or bytes that `to_js` made."""
        self._refuse_unaccepted()
        if self.readyState != OPEN:
            _refuse("TypeError", "Can't call WebSocket send() after close().")
        data = message.to_bytes() if isinstance(message, JsBuffer) else text(message)
        self._peer._soon(JsObject({"type": "message", "data": data}))

    def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Say goodbye; the peer hears it, and then this end does. Closing twice is no error."""
        self._refuse_unaccepted()
        if self.readyState != OPEN:
            return
        _check_close(code, reason)
        self.readyState = CLOSING
        self._peer._soon(_closing(_NO_CODE if code is None else int(code), reason or "", True))

    def _refuse_unaccepted(self) -> None:
        if not self._accepted:
            message = (
                "You must call one of accept() or state.acceptWebSocket() on this WebSocket before sending messages."
            )
            _refuse("TypeError", message)

    def addEventListener(self, kind: str, listener: Any, options: Any = None) -> None:
        """Call the listener for each event of the kind. A plain Python function is gone before the first event."""
        if not isinstance(listener, JsProxy):
            warn(f"addEventListener({kind!r}, ...) loses a plain function at once: wrap it in create_proxy.")
            return
        self._listeners.append((kind, listener))

    def removeEventListener(self, kind: str, listener: Any, options: Any = None) -> None:
        self._listeners = [known for known in self._listeners if known != (kind, listener)]

    def serializeAttachment(self, attachment: Any) -> None:
        """Keep a value with the socket, through hibernation too: at most 16,384 bytes."""
        if isinstance(attachment, (dict, list, tuple, set)):
            _refuse("DataCloneError", "[object Object] could not be cloned.")
        size = serialized_bytes(attachment)
        if size > ATTACHMENT_BYTES:
            message = f"A WebSocket 'attachment' cannot be larger than {ATTACHMENT_BYTES} bytes."
            _refuse("Error", f"{message}'attachment' was {size} bytes.")
        self._attachment = deepcopy(attachment)

    def deserializeAttachment(self) -> Any:
        return deepcopy(self._attachment)

    def _soon(self, event: JsObject) -> None:
        """Hear the event on the next turn, or after `accept`."""
        if self._accepted:
            asyncio.get_running_loop().call_soon(self._hear, event)
        else:
            self._inbox.append(event)

    def _hear(self, event: JsObject) -> None:
        if self.readyState == CLOSED:
            return
        if event.type == "close":
            self._closed(event)
        else:
            self._dispatch(event)

    def _closed(self, event: JsObject) -> None:
        """Both ends hear the same goodbye; the one that is closed already hears nothing more."""
        self.readyState = CLOSED
        self._peer._soon(event)
        self._dispatch(event)

    def _dispatch(self, event: JsObject) -> None:
        if self._sink is not None:
            self._sink(self, event)
            return
        if event.type == "message" and isinstance(event.data, bytes):
            kind = ArrayBuffer if self.binaryType == "arraybuffer" else None
            event.data = kind.new(event.data) if kind else Blob.new([event.data])
        handlers = [listener for kind, listener in self._listeners if kind == event.type]
        own = getattr(self, f"on{event.type}", None)
        for handler in [own, *handlers] if own else handlers:
            self._call(handler, event)

    def _call(self, handler: Callable, event: JsObject) -> None:
        try:
            result = handler(event)
        except Exception as error:
            self._fail(event, error)
            return
        if asyncio.iscoroutine(result):
            asyncio.ensure_future(result)

    def _fail(self, event: JsObject, error: Exception) -> None:
        """A listener that raises ends the connection; only the error listener is told why."""
        if event.type == "error":
            return
        trace = "".join(traceback.format_exception(error))
        self.readyState = CLOSED
        self._peer._soon(_closing(_ABNORMAL, "WebSocket disconnected without sending Close frame.", False))
        self._dispatch(JsObject({"type": "error", "message": f"Uncaught PythonError: {trace}", "error": error}))


class WebSocketPair(JsBuiltin):
    """`client, server = WebSocketPair.new().object_values()`."""

    __slots__ = ("_ends",)

    def __init__(self):
        client, server = WebSocket.new(), WebSocket.new()
        client._peer, server._peer = server, client
        self._ends = {"0": client, "1": server}

    def _properties(self) -> dict[str, WebSocket]:
        return self._ends

    def __iter__(self):
        return iter(self._ends.values())


def _closing(code: int, reason: str, was_clean: bool) -> JsObject:
    return JsObject({"type": "close", "code": code, "reason": reason, "wasClean": was_clean})


def _check_close(code: int | None, reason: str | None) -> None:
    if code is None and reason is not None:
        _refuse("InvalidAccessError", "If you specify a WebSocket close reason, you must also specify a code.")
    if code is not None and (not 1000 <= code < 5000 or code in _RESERVED_CODES):
        _refuse("InvalidAccessError", f"Invalid WebSocket close code: {code}.")
    if reason is not None and len(reason.encode()) > _REASON_BYTES:
        _refuse("SyntaxError", "WebSocket close reason must not be longer than 123 bytes when UTF-8 encoded.")
