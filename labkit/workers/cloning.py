"""Structured clone, as RPC does it: the value on its way, or the refusal of what no copy can exist of.

A Request, a Response or a stream moves, and its sender can no longer read it; a function crosses as it is, for the
other side to make a stub of.
"""

from __future__ import annotations

from datetime import datetime
from types import NoneType
from typing import Any

from labkit.workers.bindings import checked
from labkit.workers.js.headers import Headers as JsHeaders
from labkit.workers.js.requests import Request as JsRequest
from labkit.workers.js.responses import Response as JsResponse
from labkit.workers.js.streams import ReadableStream
from labkit.workers.proxies import JsException, JsProxy


def to_rpc(value: Any) -> Any:
    """The value on its way: a copy, or the refusal of what cannot be copied."""
    return _cloned(checked(value))


def _cloned(value: Any) -> Any:
    match value:
        case str() | bool() | int() | float() | bytes() | datetime() | NoneType() | JsException():
            return value
        case dict():
            return {key: _cloned(item) for key, item in value.items()}
        case list():
            return [_cloned(item) for item in value]
        case set():
            return {_cloned(item) for item in value}
    return moved(getattr(value, "js_object", value))


def moved(value: Any) -> Any:
    """A message or a stream for its new owner, or a function; DataCloneError for everything else."""
    if isinstance(value, JsRequest):
        return JsRequest.new(value)
    if isinstance(value, JsResponse):
        return value._handed_over()
    if isinstance(value, JsHeaders):
        return value._copy()
    if isinstance(value, ReadableStream) or callable(value):
        return value
    name = getattr(type(value), "_js_name", None) or (type(value).__name__ if isinstance(value, JsProxy) else None)
    if name is not None:
        message = f'Could not serialize object of type "{name}". This type does not support serialization.'
        raise JsException("DataCloneError", message)
    raise JsException(
        "DataCloneError",
        "Proxy could not be serialized because it is not a valid RPC receiver type. The Proxy must emulate either a "
        "plain object or an RpcTarget, as indicated by the Proxy's prototype chain.",
    )
