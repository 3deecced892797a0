"""`workers.fetch`: a request that leaves the Worker."""

from __future__ import annotations

from http import HTTPMethod
from typing import TYPE_CHECKING, Any

from labkit.workers.context import here
from labkit.workers.http import AbortError
from labkit.workers.js.requests import Request as JsRequest
from labkit.workers.promises import settled
from labkit.workers.proxies import JsException
from labkit.workers.request import Request
from labkit.workers.response import Response, as_response

if TYPE_CHECKING:
    from typing import Unpack

    from labkit.workers.types import FetchKwargs


async def fetch(resource: str | Request | JsRequest, **other_options: Unpack[FetchKwargs]) -> Response:
    """Send a request out of the Worker, and return what came back. What fails before an answer is an OSError."""
    options: dict[str, Any] = dict(other_options)
    fetcher = options.pop("fetcher", None) or here("fetch").fetch
    request = outgoing(resource, options)
    try:
        return as_response(await settled(fetcher(request)))
    except JsException as error:
        raise AbortError(error) from None


def outgoing(resource: Any, options: dict[str, Any]) -> Request:
    """The request that `fetch(resource, **options)` sends, for a binding's own `fetch` too; AbortError if invalid."""
    if isinstance(resource, Request):
        if not options:
            return _taken(resource)
        resource = resource.js_object
    try:
        request = JsRequest.new(resource, {name: _to_js(value) for name, value in options.items()})
        if not request.url.startswith(("http:", "https:")):
            raise JsException("TypeError", f"Fetch API cannot load: {request.url}")
        return Request(request)
    except JsException as error:
        raise AbortError(error) from None


def _taken(request: Request) -> Request:
    """The request as it leaves: its body is used from now on."""
    return outgoing(request.js_object, {"redirect": None})


def _to_js(value: Any) -> Any:
    return value.value if isinstance(value, HTTPMethod) else getattr(value, "js_object", value)
