"""The WebSockets of an object that may hibernate: its tags, its automatic answer, and an event for what each one hears.

They belong to the object and outlive its instance; its machine they do not. What is heard while nothing runs begins an
instance. Events of one socket begin in the order of arrival, and do not wait for one another's end. An event that
fails leaves its socket open.

Sources: https://developers.cloudflare.com/durable-objects/best-practices/websockets/, .../api/state/, workerd's
`io/hibernation-manager.c++`, and runs of workerd (1.20260426). As documented, and unlike that workerd, a goodbye is
answered by itself, so that `webSocketClose` finds its socket closed.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from labkit import facts
from labkit.emulators.durable_objects.auto_response import AutoResponse, event_timeout
from labkit.workers.bindings import js_error
from labkit.workers.buffers import ArrayBuffer
from labkit.workers.js.conversions import text
from labkit.workers.js.sockets import WebSocket
from labkit.workers.objects import JsArray, JsObject
from labkit.workers.proxies import jsnull

if TYPE_CHECKING:
    from labkit.emulators.durable_objects.durable_object import DurableObject
    from labkit.workers.js.dates import Date

TOO_LARGE = (
    "WebSocket protocol error; protocolError.statusCode = 1009; protocolError.description = Message is too large"
)
MESSAGE = {"do.websocket_messages": 1}


class Sockets:
    """What `ctx` answers about the sockets of an object; the public names are JavaScript's."""

    __slots__ = ("owner", "tags", "automatic", "timeout_ms")

    def __init__(self, owner: DurableObject):
        self.owner = owner
        self.tags: dict[WebSocket, tuple[str, ...]] = {}  # in the order of acceptance
        self.automatic = AutoResponse(owner.world)
        self.timeout_ms: int | None = None

    def __len__(self) -> int:
        """How many connections the object has, the ones of the standard API too."""
        return len(self.tags) + (len(self.owner.instance.gates.sockets) if self.owner.instance else 0)

    def acceptWebSocket(self, ws: Any = None, tags: Any = None) -> None:
        """Let the object hear a socket, also after it has hibernated."""
        socket = _socket("acceptWebSocket", ws)
        named = distinct_tags(tags)
        limit = facts.value("durable_objects.sockets")
        if len(self.tags) >= limit:
            raise js_error("Error", f"only {limit} websockets can be accepted on a single Durable Object instance")
        socket._hibernate(self._hear)
        self.tags[socket] = named

    def getWebSockets(self, tag: Any = None) -> JsArray:
        """All sockets, the newest first; or those with a tag, the oldest first."""
        if tag is None:
            return JsArray(reversed(self.tags))
        wanted = text(tag)
        return JsArray(socket for socket, tags in self.tags.items() if wanted in tags)

    def getTags(self, ws: Any = None) -> JsArray:
        """The tags of a socket. Refuses one that the object does not have."""
        socket = _socket("getTags", ws)
        if socket._manner == "accept":
            raise js_error("Error", "only hibernatable websockets can have tags.")
        if socket._manner != "hibernate":
            said = "you must call 'acceptWebSocket()' before attempting to access the tags of a WebSocket."
            raise js_error("Error", said)
        return JsArray(self.tags.get(socket, ()))

    def setWebSocketAutoResponse(self, *pair: Any) -> None:
        """Answer a message that is exactly the pair's request, without waking the object; without a pair, no more."""
        self.automatic.set(*pair)

    def getWebSocketAutoResponse(self) -> Any:
        return self.automatic.pair()

    def getWebSocketAutoResponseTimestamp(self, ws: Any = None) -> Date | Any:
        """When a socket was last answered by itself, as a Date; jsnull where it never was."""
        return self.automatic.timestamp(_socket("getWebSocketAutoResponseTimestamp", ws))

    def setHibernatableWebSocketEventTimeout(self, timeout_ms: Any = 0) -> None:
        """Let no event of a socket take longer, in milliseconds; 0 and nothing mean for ever."""
        self.timeout_ms = event_timeout(timeout_ms) or None

    def getHibernatableWebSocketEventTimeout(self) -> Any:
        return jsnull if self.timeout_ms is None else self.timeout_ms

    # What the instance asks.

    @property
    def keeps_awake(self) -> bool:
        """Whether a socket of the standard API is open, which only the instance's memory keeps."""
        return self.owner.instance is not None and bool(self.owner.instance.gates.sockets)

    def forget(self) -> None:
        """The instance goes out of memory: the sockets of the standard API end with it."""
        if self.owner.instance is not None:
            kept, self.owner.instance.gates.sockets = self.owner.instance.gates.sockets, set()
            for socket in kept:
                socket._vanish()

    def cut(self) -> None:
        """The machine is gone, or the instance was reset: every connection ends, and each peer hears 1006."""
        self.forget()
        sockets, self.tags = self.tags, {}
        for socket in sockets:
            socket._vanish()

    # What the sockets hear.

    def _hear(self, socket: WebSocket, event: JsObject) -> None:
        """One event of a socket, as it arrives."""
        if socket not in self.tags:
            return
        if event.type == "close":
            return self._event(socket, "webSocketClose", (socket, event.code, event.reason, event.wasClean))
        size = len(event.data) if isinstance(event.data, bytes) else len(event.data.encode())
        if size > facts.value("durable_objects.websocket_message_bytes"):
            return self._too_large(socket)
        if self.automatic.answers(socket, event.data):
            with self.owner.world.trace.event("durable_objects", "auto_response", self.owner.place) as answered:
                answered.detail["object"] = self.owner.label
            return
        data = ArrayBuffer.new(event.data) if isinstance(event.data, bytes) else event.data
        self._event(socket, "webSocketMessage", (socket, data))

    def _too_large(self, socket: WebSocket) -> None:
        socket.close(1009, "Message is too large")
        socket._heard_goodbye = True
        self._event(socket, "webSocketError", (socket, js_error("Error", TOO_LARGE)))

    def _event(self, socket: WebSocket, method: str, args: tuple[Any, ...]) -> None:
        run = self._run(socket, method, args)
        self.owner.world.timeline.spawn(run, name=f"{method} of {self.owner.label}", detached=True)

    async def _run(self, socket: WebSocket, method: str, args: tuple[Any, ...]) -> None:
        """Call a handler. Whatever comes of it, nobody but the log is told."""
        units = MESSAGE if method == "webSocketMessage" else {}
        seconds = None if self.timeout_ms is None else self.timeout_ms / 1000
        try:
            async with asyncio.timeout(seconds):
                await self.owner.run(method, args, operation=method, units=units)
        except Exception as error:
            self.owner.objects.host.log(self.owner.place, error)
        finally:
            if method != "webSocketMessage":
                self.tags.pop(socket, None)


def _socket(method: str, value: Any) -> WebSocket:
    """The socket that a method was given. Refuses everything else."""
    if isinstance(value, WebSocket):
        return value
    said = f"Failed to execute '{method}' on 'DurableObjectState': parameter 1 is not of type 'WebSocket'."
    raise js_error("TypeError", said)


def distinct_tags(given: Any) -> tuple[str, ...]:
    """The tags without repetitions. Refuses a Python list, an eleventh tag, and one of more than 256 bytes."""
    if given is None:
        return ()
    if not isinstance(given, JsArray):
        said = "Failed to execute 'acceptWebSocket' on 'DurableObjectState': parameter 2 is not of type 'Array'."
        raise js_error("TypeError", said)
    most, longest = facts.value("durable_objects.tags"), facts.value("durable_objects.tag_characters")
    seen: dict[str, None] = {}
    for each in given:
        tag = text(each)
        if len(seen) >= most:
            raise js_error("Error", f"a Hibernatable WebSocket cannot have more than {most} tags")
        if len(tag.encode()) > longest:
            raise js_error("Error", f'"{tag}" is longer than the max tag length ({longest} characters).')
        seen[tag] = None
    return tuple(seen)
