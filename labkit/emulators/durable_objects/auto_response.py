"""The one message that an object's sockets answer by themselves, and how long their events may take."""

from __future__ import annotations

import math
from typing import Any
from weakref import WeakKeyDictionary

from labkit import facts
from labkit.workers.bindings import js_error
from labkit.workers.js.dates import Date
from labkit.workers.js.request_response_pair import WebSocketRequestResponsePair
from labkit.workers.js.sockets import WebSocket
from labkit.workers.proxies import jsnull
from labkit.world import World

NOT_A_PAIR = (
    "Failed to execute 'setWebSocketAutoResponse' on 'DurableObjectState': parameter 1 is not of type "
    "'WebSocketRequestResponsePair'."
)


class AutoResponse:
    """A request and the response to it, for all sockets of an object, and when each was last answered so."""

    def __init__(self, world: World):
        self.world = world
        self.texts: tuple[str, str] | None = None
        self._answered: WeakKeyDictionary[WebSocket, float] = WeakKeyDictionary()

    def set(self, pair: Any = None) -> None:
        """Take a pair, or none. Refuses texts of more than 2,048 bytes."""
        if pair is None:
            self.texts = None
            return
        if not isinstance(pair, WebSocketRequestResponsePair):
            raise js_error("TypeError", NOT_A_PAIR)
        for what, said in (("Request", pair.request), ("Response", pair.response)):
            self._refuse_long(what, len(said.encode()))
        self.texts = (pair.request, pair.response)

    def pair(self) -> Any:
        """A pair of its own for each who asks; jsnull where none is set."""
        return jsnull if self.texts is None else WebSocketRequestResponsePair.new(*self.texts)

    def timestamp(self, socket: WebSocket) -> Any:
        """When a socket was last answered, as a Date; jsnull where it never was."""
        moment = self._answered.get(socket)
        return jsnull if moment is None else Date.new(int(moment * 1000))

    def answers(self, socket: WebSocket, data: Any) -> bool:
        """Answer the message if it is the request to the letter; whether it was."""
        if self.texts is None or data != self.texts[0]:
            return False
        self._answered[socket] = self.world.unix
        if not socket._said_goodbye:
            socket.send(self.texts[1])
        return True

    def _refuse_long(self, what: str, size: int) -> None:
        limit = facts.value("durable_objects.auto_response_bytes")
        if size > limit:
            said = f"{what} cannot be larger than {limit} bytes. A {what.lower()} of size {size} was provided."
            raise js_error("RangeError", said)


def event_timeout(value: Any) -> int:
    """Milliseconds as the runtime takes them: a whole number from 0 to seven days. Refuses the rest in its words."""
    number = _number(value)
    if math.isnan(number) or math.isinf(number):
        raise js_error("TypeError", "The value cannot be converted because it is not an integer.")
    if number <= -1:
        said = "The value cannot be converted because it is negative and this API expects a positive number."
        raise js_error("TypeError", said)
    if number > 2**32 - 1:
        raise js_error("TypeError", "Value out of range. Must be less than or equal to 4294967295.")
    limit = facts.value("durable_objects.event_timeout_ms")
    if int(number) > limit:
        raise js_error("Error", f"Event timeout should not exceed {limit} ms.")
    return int(number)


def _number(value: Any) -> float:
    """`Number(value)`, for what a Worker may reasonably give."""
    if value is None or value is jsnull:
        return 0.0
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan
