"""`js.WebSocketRequestResponsePair`: what a Durable Object's sockets answer by themselves, and with what."""

from __future__ import annotations

from typing import Any

from labkit.workers.js.conversions import text
from labkit.workers.proxies import JsBuiltin, JsException

_absent = object()


class WebSocketRequestResponsePair(JsBuiltin):
    """A request and its response, both text."""

    __slots__ = ("_request", "_response")

    def __init__(self, request: Any = _absent, response: Any = _absent, *_: Any):
        for number, given in enumerate((request, response), 1):
            if given is _absent:
                said = f"constructor parameter {number} is not of type 'string'."
                raise JsException("TypeError", f"Failed to construct 'WebSocketRequestResponsePair': {said}")
        self._request, self._response = text(request), text(response)

    @property
    def request(self) -> str:
        return self._request

    @property
    def response(self) -> str:
        return self._response
