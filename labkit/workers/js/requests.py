"""`js.Request`: a method, a URL, headers, a body, and what Cloudflare knows about the visitor."""

from __future__ import annotations

from typing import Any

from labkit.workers.bindings import unknown_option
from labkit.workers.js.body import Body, Content
from labkit.workers.js.conversions import text
from labkit.workers.js.headers import Headers
from labkit.workers.js.url_parsing import InvalidUrl, normalised
from labkit.workers.objects import JsObject
from labkit.workers.proxies import JsException, JsProxy

METHODS = frozenset(
    {
        "ACL",
        "BIND",
        "CHECKOUT",
        "COPY",
        "DELETE",
        "GET",
        "HEAD",
        "LINK",
        "LOCK",
        "MERGE",
        "MKACTIVITY",
        "MKCOL",
        "MOVE",
        "NOTIFY",
        "OPTIONS",
        "PATCH",
        "POST",
        "PROPFIND",
        "PROPPATCH",
        "PURGE",
        "PUT",
        "QUERY",
        "REBIND",
        "REPORT",
        "SEARCH",
        "SUBSCRIBE",
        "TRACE",
        "UNBIND",
        "UNLINK",
        "UNLOCK",
        "UNSUBSCRIBE",
    }
)
OPTIONS = frozenset(
    {
        "method",
        "headers",
        "body",
        "redirect",
        "cf",
        "signal",
        "cache",
        "credentials",
        "duplex",
        "integrity",
        "keepalive",
        "mode",
        "priority",
        "referrer",
        "referrerPolicy",
        "encodeResponseBody",
        "fetcher",
    }
)


def fields(init: Any) -> dict[str, Any]:
    """An init object as a dict, be it JavaScript's or Python's."""
    if isinstance(init, JsProxy):
        return init._properties()
    return init or {}


class Request(Body):
    """A request. `cf` is a plain object or None, `signal` None."""

    __slots__ = ("method", "url", "redirect", "cf", "signal", "cache")
    integrity = ""
    keepalive = False

    def __init__(self, input: Any, init: Any = None):
        given = fields(init)
        if isinstance(input, Request):
            self._inherit(input, given)
        else:
            self._start(input)
        for name, value in given.items():
            self._set(name, value)
        if "headers" in given or not isinstance(input, Request):
            self.headers = Headers.of(given.get("headers"))
        body = given.get("body")
        if body is not None:
            self._carry(body)
        if self._body is not None and self.method in ("GET", "HEAD"):
            raise JsException("TypeError", "Request with a GET or HEAD method cannot have a body.")

    def _start(self, url: Any) -> None:
        try:
            self.url = normalised(text(url))
        except InvalidUrl:
            raise JsException("TypeError", f"Invalid URL: {text(url)}") from None
        self.method = "GET"
        self.redirect = "follow"
        self.cf = self.signal = self.cache = self._body = None
        self._used = False

    def _inherit(self, other: Request, given: dict[str, Any]) -> None:
        """Become the other request; its body moves here unless a new one is given."""
        self._copy_from(other)
        self._body = None
        if given.get("body") is not None or other._body is None:
            return
        if other.bodyUsed:
            raise JsException("TypeError", "Cannot reconstruct a Request with a used body.")
        self._body, other._used = other._body, True

    def _copy_from(self, other: Request) -> None:
        self.url, self.method, self.redirect = other.url, other.method, other.redirect
        self.cf, self.signal, self.cache = other.cf, other.signal, other.cache
        self.headers, self._used = other.headers._copy(), False

    def _set(self, name: str, value: Any) -> None:
        """Take one option of the init object. `headers` and `body` need the rest, and come later."""
        if value is None:
            return
        match name:
            case "method":
                self.method = text(value).upper()
                if self.method not in METHODS:
                    raise JsException("TypeError", f"Invalid HTTP method string: {text(value)}")
            case "redirect":
                self.redirect = _redirect(value)
            case "cache":
                self.cache = _cache(value)
            case "cf":
                self.cf = JsObject(value) if isinstance(value, dict) else value
            case "signal":
                self.signal = value
            case _ if name not in OPTIONS:
                unknown_option("Request", name, OPTIONS)

    @classmethod
    def arrived(
        cls, method: str, url: str, headers: dict[str, str], content: Content = None, cf: Any = None
    ) -> Request:
        """A request from outside, whose parts need no checks: a normal URL and lower-case header names."""
        self = cls.__new__(cls)
        self.method, self.url, self.redirect = method, url, "follow"
        self.headers, self.cf = Headers.arrived(headers), cf
        self.signal = self.cache = None
        self._body, self._used = content, False
        return self

    def clone(self) -> Request:
        """The same request twice, both readable."""
        content = self._copied_content()
        other = Request.__new__(Request)
        other._copy_from(self)
        other._body = content
        return other


def _redirect(value: Any) -> str:
    if value not in ("follow", "manual"):
        raise JsException(
            "TypeError",
            'Invalid redirect value, must be one of "follow" or "manual" ("error" won\'t be implemented since it does '
            'not make sense at the edge; use "manual" and check the response status code).',
        )
    return value


def _cache(value: Any) -> str:
    if value not in ("no-store", "no-cache", "reload"):
        raise JsException("TypeError", f"Unsupported cache mode: {text(value)}")
    return value
