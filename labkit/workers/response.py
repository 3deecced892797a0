"""`Response` and `FetchResponse` as the SDK has them, around `js.Response`."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any, cast

from labkit.workers import http
from labkit.workers.blob import Blob, from_js
from labkit.workers.formdata import FormData
from labkit.workers.js.headers import Headers
from labkit.workers.js.responses import Response as JsResponse
from labkit.workers.proxies import JsException, JsProxy, jsnull
from labkit.workers.types import Body
from labkit.workers.utils import js_headers, python_error, read_headers

ACCEPTED = frozenset(
    {
        "Blob",
        "ArrayBuffer",
        "TypedArray",
        "DataView",
        "Uint8Array",
        "Uint8ClampedArray",
        "Int8Array",
        "Uint16Array",
        "Int16Array",
        "Uint32Array",
        "Int32Array",
        "Float16Array",
        "Float32Array",
        "Float64Array",
        "BigInt64Array",
        "BigUint64Array",
        "FormData",
        "ReadableStream",
        "URLSearchParams",
        "Response",
    }
)
"""The JavaScript classes that a Response takes as its body."""


class FetchResponse(http.FetchResponse):
    """A response with the SDK's additions to Pyodide's."""

    __slots__ = ()

    @property
    def body(self) -> Any:
        """The body as a stream, or None."""
        found = self.js_response.body
        return None if found is jsnull else found

    @property
    def js_object(self) -> JsResponse:
        return self.js_response

    @property
    def headers(self) -> Any:
        """A copy of the headers, without case: changing it changes nothing."""
        return read_headers(self.js_response.headers)

    @property
    def _body(self) -> Any:
        """For the lab: bytes, a stream, or None, without counting as a read."""
        return self.js_response._body

    async def formData(self) -> FormData:
        return await self.form_data()

    async def form_data(self) -> FormData:
        self._raise_if_failed()
        try:
            return FormData(await self.js_response.formData())
        except JsException as error:
            raise python_error(error) from error

    async def blob(self) -> Blob:
        self._raise_if_failed()
        return from_js(await self.js_response.blob())

    def replace_body(self, body: Body) -> Response:
        """A response with the same status and headers, and this body. bytes become their repr: as in the SDK."""
        content = body.js_object if isinstance(body, FormData) else body
        return Response(JsResponse.new(repr(content) if isinstance(content, bytes) else content, self.js_response))

    @staticmethod
    def redirect(url: str, status: HTTPStatus | int = HTTPStatus.FOUND) -> JsResponse:
        """A redirection: JavaScript's own Response, not this class."""
        try:
            return JsResponse.redirect(url, int(status))
        except JsException as error:
            raise python_error(error) from error

    @staticmethod
    def from_json(
        data: str | dict[str, Any] | list[Any] | JsProxy,
        status: HTTPStatus | int = HTTPStatus.OK,
        status_text: str = "",
        headers: Any = None,
    ) -> Response:
        """A response whose body is the data as JSON, written by Python's json."""
        options = _init(status, status_text, headers)
        try:
            if isinstance(data, JsProxy):
                return Response(JsResponse.json(cast(Any, data), options))
            given: Headers = options.setdefault("headers", _json_headers())
            if not given.has("content-type"):
                given.set("content-type", "application/json")
            return Response(JsResponse.new(json.dumps(data), options))
        except JsException as error:
            raise python_error(error) from error

    def json(self, *args: Any, **kwargs: Any) -> Any:
        """The parsed body of a response; and called on the class, `from_json`."""
        if isinstance(self, Response):
            return super().json()
        data: Any = self
        return Response.from_json(data, *args, **kwargs)


class Response(FetchResponse):
    """The answer to a request."""

    __slots__ = ()

    def __init__(
        self,
        body: Body | JsResponse | None = None,
        status: HTTPStatus | int | None = None,
        status_text: str = "",
        headers: Any = None,
        web_socket: Any = None,
    ):
        if isinstance(body, JsResponse):
            if status is not None or status_text or headers is not None:
                raise ValueError("Expected no options when constructing Response from a js.Response")
            super().__init__(body.url, body)
            return
        content = body.js_object if isinstance(body, FormData) else body
        if content is not None and not isinstance(content, (str, bytes)):
            _refuse_unsupported(content)
        super().__init__("", JsResponse.new(content, _init(status, status_text, headers, web_socket)))

    def __repr__(self) -> str:
        response = self.js_response
        parts = [f"status={response.status}"]
        if response.statusText:
            parts.append(f"status_text={response.statusText!r}")
        if "content-type" in response.headers._values:
            parts.append(f"content_type={response.headers._values['content-type']!r}")
        if response.url:
            parts.append(f"url={response.url!r}")
        if response.type != "default":
            parts.append(f"type={response.type!r}")
        return f"Response({', '.join(parts)})"


def _refuse_unsupported(body: Any) -> None:
    name = type(body).name if isinstance(body, JsProxy) else type(body).__name__
    if not isinstance(body, JsProxy) or name not in ACCEPTED:
        raise TypeError(f"Unsupported type in Response: {name}")


def _init(status: Any, status_text: str = "", headers: Any = None, web_socket: Any = None) -> dict[str, Any]:
    """The options for JavaScript's constructor. What is empty is left out, so a status of 0 means 200."""
    init: dict[str, Any] = {}
    if status:
        init["status"] = status.value if isinstance(status, HTTPStatus) else status
    if status_text:
        init["statusText"] = status_text
    if headers:
        init["headers"] = js_headers(headers)
    if web_socket:
        init["webSocket"] = web_socket
    return init


def _json_headers() -> Headers:
    return Headers._changeable({"content-type": "application/json"})


def as_response(value: Any) -> Response:
    """What a Worker's fetch handler returned, as a Response; the runtime's TypeError if it is none."""
    if isinstance(value, Response):
        return value
    if isinstance(value, JsResponse):
        return Response(value)
    if isinstance(value, http.FetchResponse):
        return Response(value.js_response)
    message = "Incorrect type for Promise: the Promise did not resolve to 'Response'."
    raise JsException("TypeError", message)
