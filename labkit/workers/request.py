"""`Request` as the SDK has it, around `js.Request`."""

from __future__ import annotations

import json
from http import HTTPMethod
from typing import TYPE_CHECKING, Any

from labkit.workers.blob import Blob, from_js
from labkit.workers.buffers import ArrayBuffer
from labkit.workers.formdata import FormData
from labkit.workers.js.requests import Request as JsRequest
from labkit.workers.proxies import JsException, jsnull
from labkit.workers.utils import js_headers, python_error, read_headers

if TYPE_CHECKING:
    from typing import Unpack

    from labkit.workers.types import FetchKwargs

_methods = HTTPMethod.__members__


class Request:
    """A request. `js_object` is JavaScript's, and holds the state."""

    __slots__ = ("_js_request",)

    def __init__(self, input: Request | str | JsRequest, **other_options: Unpack[FetchKwargs]):
        if isinstance(input, JsRequest):
            if other_options:
                raise ValueError("Expected no options when constructing Request from a js.Request")
            self._js_request = input
            return
        options: dict[str, Any] = dict(other_options)
        if "headers" in options:
            options["headers"] = js_headers(options["headers"])
        if isinstance(options.get("method"), HTTPMethod):
            options["method"] = options["method"].value
        if isinstance(options.get("body"), FormData):
            options["body"] = options["body"].js_object
        self._js_request = JsRequest.new(input._js_request if isinstance(input, Request) else input, options)

    def __repr__(self) -> str:
        return f"Request(method={self._js_request.method!r}, url={self._js_request.url!r})"

    @property
    def js_object(self) -> JsRequest:
        return self._js_request

    @property
    def body(self) -> Any:
        """The body as a stream, or jsnull where there is none."""
        return self._js_request.body

    @property
    def body_used(self) -> bool:
        return self._js_request.bodyUsed

    @property
    def cf(self) -> Any:
        """What Cloudflare knows about the visitor, by attribute: `request.cf.colo`. None for a request made here."""
        found = self._js_request.cf
        return None if found is jsnull else found

    @property
    def cache(self) -> str | None:
        return self._js_request.cache

    @property
    def credentials(self) -> str:
        return self._absent("credentials")

    @property
    def destination(self) -> str:
        return self._absent("destination")

    @property
    def headers(self) -> Any:
        """A copy of the headers, without case: changing it changes nothing."""
        return read_headers(self._js_request.headers)

    @property
    def integrity(self) -> str:
        return self._js_request.integrity

    @property
    def is_history_navigation(self) -> bool:
        return self._absent("isHistoryNavigation")

    @property
    def keepalive(self) -> bool:
        return self._js_request.keepalive

    @property
    def method(self) -> HTTPMethod:
        return _methods[self._js_request.method]

    @property
    def mode(self) -> str:
        return self._absent("mode")

    @property
    def redirect(self) -> str:
        return self._js_request.redirect

    @property
    def referrer(self) -> str:
        return self._absent("referrer")

    @property
    def referrer_policy(self) -> str:
        return self._absent("referrerPolicy")

    @property
    def url(self) -> str:
        return self._js_request.url

    def _absent(self, name: str) -> Any:
        """A browser's property, which Workers do not have."""
        raise AttributeError(name)

    def _raise_if_failed(self) -> None:
        if self._js_request.bodyUsed:
            raise OSError("Body already used")

    async def buffer(self) -> ArrayBuffer:
        self._raise_if_failed()
        return await self._js_request.arrayBuffer()

    async def bytes(self) -> bytes:
        self._raise_if_failed()
        return await self._js_request._bytes()

    async def text(self) -> str:
        self._raise_if_failed()
        return await self._js_request.text()

    async def json(self, **kwargs: Any) -> Any:
        return json.loads(await self.text(), **kwargs)

    async def blob(self) -> Blob:
        self._raise_if_failed()
        return from_js(await self._js_request.blob())

    async def form_data(self) -> FormData:
        self._raise_if_failed()
        try:
            return FormData(await self._js_request.formData())
        except JsException as error:
            raise python_error(error) from error

    def clone(self) -> Request:
        self._raise_if_failed()
        return Request(self._js_request.clone())
