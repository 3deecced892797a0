"""A WebSocket that goes with a response, from the code that answers to whoever asked for the upgrade."""

from __future__ import annotations

from labkit.workers.js.connections import Way
from labkit.workers.js.requests import Request
from labkit.workers.js.responses import Response
from labkit.workers.proxies import JsException, jsnull

NOT_ASKED_FOR = (
    "Worker tried to return a WebSocket in a response to a request which did not contain the header "
    '"Upgrade: websocket".'
)


def crossed(request: Request, answer: Response, *ways: Way) -> None:
    """Take the socket of an answer along over these ways, if it has one. Refuses one that nobody asked for."""
    if answer.webSocket is jsnull:
        return
    asked = request.headers.get("upgrade")
    if not isinstance(asked, str) or asked.lower() != "websocket":
        raise JsException("TypeError", NOT_ASKED_FOR)
    for way in ways:
        answer.webSocket._stretch(way)
