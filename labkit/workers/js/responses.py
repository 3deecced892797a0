"""`js.Response`: a status, headers and a body."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from labkit.workers.js.body import USED, Body, Content
from labkit.workers.js.conversions import text
from labkit.workers.js.headers import Headers
from labkit.workers.js.json_text import write_json
from labkit.workers.js.requests import fields
from labkit.workers.js.url_parsing import InvalidUrl, normalised
from labkit.workers.proxies import JsException, jsnull

NULL_BODY = frozenset((101, 204, 205, 304))
REDIRECTS = (301, 302, 303, 307, 308)

_CLASSES = {2: "Successful", 3: "Redirection", 4: "Client Error", 5: "Server Error"}
_OTHER_WORDS = {
    306: "Redirection",
    413: "Payload Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    418: "I'm a teapot",
    422: "Unprocessable Entity",
    425: "Client Error",
}


@lru_cache
def reason(status: int) -> str:
    """The words of a status, as the runtime writes them."""
    from http import HTTPStatus

    if status in _OTHER_WORDS:
        return _OTHER_WORDS[status]
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return _CLASSES.get(status // 100, "")


class Response(Body):
    """A response. `encodeBody` is "automatic" or "manual"; `webSocket` is jsnull except in an upgrade."""

    __slots__ = ("status", "_reason", "webSocket", "url", "redirected", "type", "cf", "encodeBody")

    def __init__(self, body: Any = None, init: Any = None):
        given = init._as_init() if isinstance(init, Response) else fields(init)
        socket = given.get("webSocket")
        self.webSocket: Any = jsnull if socket is None else socket
        self.status = self._checked_status(given.get("status", 200))
        self._reason = given.get("statusText")
        if self._reason is not None and ("\n" in self._reason or "\r" in self._reason):
            raise JsException("TypeError", "Invalid statusText")
        self.headers = Headers.of(given.get("headers"))
        self.url, self.redirected, self.type = "", False, "default"
        self.cf = given.get("cf")
        self.encodeBody = given.get("encodeBody", "automatic")
        if self.status in NULL_BODY:
            self._refuse_body(body)
        else:
            self._carry(body)

    def _checked_status(self, value: Any) -> int:
        status = value if type(value) is int else _integer(value)
        if self.webSocket is not jsnull:
            if status != 101:
                raise JsException("RangeError", "Responses with a WebSocket must have status code 101.")
        elif not 200 <= status <= 599:
            message = "Responses may only be constructed with status codes in the range 200 to 599, inclusive."
            raise JsException("RangeError", message)
        return status

    def _refuse_body(self, body: Any) -> None:
        self._body, self._used = None, False
        if body not in (None, jsnull, "", b""):
            message = "Response with null body status (101, 204, 205, or 304) cannot have a body."
            raise JsException("TypeError", message)

    def _as_init(self) -> dict[str, Any]:
        return {"status": self.status, "statusText": self._reason, "headers": self.headers, "cf": self.cf}

    @classmethod
    def arrived(
        cls, status: int, headers: dict[str, str], content: Content = None, url: str = "", cookies: Any = ()
    ) -> Response:
        """A response from outside, whose parts need no checks: lower-case header names, immutable."""
        self = cls.__new__(cls)
        self.status, self._reason = status, None
        self.headers = Headers.arrived(headers, cookies)
        self.webSocket, self.cf, self.encodeBody = jsnull, None, "automatic"
        self.url, self.redirected, self.type = url, False, "default"
        self._body, self._used = content, False
        return self

    @property
    def statusText(self) -> str:
        return reason(self.status) if self._reason is None else self._reason

    @property
    def ok(self) -> bool:
        return 200 <= self.status <= 299

    def _handed_over(self) -> Response:
        """The same response for a new owner: the body moves, and counts as used here."""
        if self.bodyUsed:
            raise JsException("TypeError", USED)
        other, self._used = self._twin(self._body), self._body is not None
        return other

    def clone(self) -> Response:
        """The same response twice, both readable."""
        return self._twin(self._copied_content())

    def _twin(self, content: Content) -> Response:
        other = Response.__new__(Response)
        for name in Response.__slots__:
            setattr(other, name, getattr(self, name))
        other.headers, other._body, other._used = self.headers._copy(), content, False
        return other

    def json(self, *args: Any, **keywords: Any) -> Any:
        """The parsed body of an object; and called on the class, a response whose body is the data as JSON."""
        return Body.json(self) if isinstance(self, Response) else _of_json(self, *args, **keywords)

    @staticmethod
    def redirect(url: Any, status: int = 302) -> Response:
        """A redirection with immutable headers."""
        if status not in REDIRECTS:
            raise JsException(
                "RangeError",
                f"{status} is not a redirect status code. It must be one of: 301, 302, 303, 307, or 308.",
            )
        try:
            location = normalised(text(url))
        except InvalidUrl:
            raise JsException("TypeError", f"Unable to parse URL: {text(url)}") from None
        return Response.arrived(status, {"location": location})

    @staticmethod
    def error() -> Response:
        made = Response.arrived(0, {})
        made.type = "error"
        return made


def _of_json(data: Any, init: Any = None, **keywords: Any) -> Response:
    given = dict(fields(init) or keywords)
    headers = given["headers"] = Headers.of(given.get("headers"))
    if not headers.has("content-type"):
        headers.set("content-type", "application/json")
    return Response.new(write_json(data), given)


def _integer(value: Any) -> int:
    """A status as JavaScript reads it: text and fractions become whole numbers, nonsense becomes 0."""
    try:
        return int(float(value))
    except (TypeError, ValueError):
        return 0
