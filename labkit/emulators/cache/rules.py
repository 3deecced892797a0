"""What the Cache API refuses, and in which words."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from labkit.workers.bindings import js_error, unknown_option, warn
from labkit.workers.ffi import JsException
from labkit.workers.js.requests import Request, fields
from labkit.workers.js.responses import Response

QUERY_OPTIONS = ("ignoreMethod", "ignoreSearch", "ignoreVary")


def is_get(request: Request, options: Any) -> bool:
    """Whether the request can have a stored response at all."""
    given = fields(options)
    for name in given:
        if name in ("ignoreSearch", "ignoreVary"):
            raise js_error("Error", f"The '{name}' field on 'CacheQueryOptions' is not implemented.")
        if name not in QUERY_OPTIONS:
            unknown_option("Cache", name, QUERY_OPTIONS)
    return request.method == "GET" or bool(given.get("ignoreMethod"))


def check_key(request: Request) -> None:
    """A URL with a name or a password in it is no key."""
    if urlsplit(request.url).username is not None:
        raise js_error("TypeError", "Invalid URL. Cache API keys must be fully-qualified, valid URLs.")


def check_storable(request: Request, response: Response) -> None:
    """What the runtime refuses to store, in its words."""
    if response.type == "error":
        raise js_error("TypeError", "Cache is unable to store an error response")
    if request.method != "GET":
        raise js_error("TypeError", "Cannot cache response to non-GET request.")
    if response.status == 206:
        raise js_error("TypeError", "Cannot cache response to a range request (206 Partial Content).")
    if "*" in response.headers._values.get("vary", ""):
        raise js_error("TypeError", "Cannot cache response with 'Vary: *' header.")
    if response.status == 101:
        raise js_error("TypeError", "Cannot cache WebSocket upgrade response.")


def warn_of_python(value: Any) -> None:
    """The caches are not wrapped as bindings are, so Python's own requests and responses mean nothing to them."""
    if hasattr(value, "js_object"):
        kind = type(value).__name__
        warn(f"The Cache API wants JavaScript's {kind}, and got Python's: pass its .js_object.")


def wrong_parameter(method: str, owner: str, position: int, wanted: str) -> JsException:
    return js_error(
        "TypeError", f"Failed to execute '{method}' on '{owner}': parameter {position} is not of type '{wanted}'."
    )


def not_implemented(method: str, owner: str = "Cache") -> JsException:
    return js_error("Error", f"Failed to execute '{method}' on '{owner}': the method is not implemented.")
