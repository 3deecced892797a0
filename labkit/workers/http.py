"""`pyodide.http`: the response of a fetch, and the errors that fetching raises."""

from __future__ import annotations

import json
from typing import Any

from labkit.workers.buffers import ArrayBuffer
from labkit.workers.js.responses import Response as JsResponse
from labkit.workers.proxies import JsException


class HttpStatusError(OSError):
    """What `raise_for_status` raises for a 4xx or 5xx."""

    def __init__(self, status: int, status_text: str, url: str):
        self.status, self.status_text, self.url = status, status_text, url
        side = "Client" if status < 500 else "Server"
        super().__init__(f"{status} {side} Error: {status_text} for url: {url}")


class BodyUsedError(OSError):
    """A body that was read before."""

    def __init__(self, *args: Any):
        super().__init__("Response body is already used")


class AbortError(OSError):
    """A fetch or a read that JavaScript gave up. The message is that of its error."""

    __module__ = "pyodide.http"  # as tracebacks name it

    def __init__(self, reason: JsException):
        super().__init__(reason.message)


class FetchResponse:
    """A response as Pyodide shows it. `js_response` is JavaScript's, and holds the state."""

    __slots__ = ("_url", "js_response", "abort_controller", "abort_signal")

    def __init__(self, url: str, js_response: JsResponse, abort_controller: Any = None, abort_signal: Any = None):
        self._url = url
        self.js_response = js_response
        self.abort_controller = abort_controller
        self.abort_signal = abort_signal

    @property
    def body_used(self) -> bool:
        return self.js_response.bodyUsed

    @property
    def headers(self) -> dict[str, str]:
        return dict(self.js_response.headers._items())

    @property
    def ok(self) -> bool:
        return self.js_response.ok

    @property
    def redirected(self) -> bool:
        return self.js_response.redirected

    @property
    def status(self) -> int:
        return self.js_response.status

    @property
    def status_text(self) -> str:
        return self.js_response.statusText

    @property
    def type(self) -> str:
        return self.js_response.type

    @property
    def url(self) -> str:
        return self.js_response.url

    def raise_for_status(self) -> None:
        if 400 <= self.status < 600:
            raise HttpStatusError(self.status, self.status_text, self.url)

    def abort(self, reason: Any = None) -> None:
        if self.abort_controller is None:
            raise ValueError("abort_controller is not set")
        self.abort_controller.abort(reason)

    def clone(self) -> FetchResponse:
        """The same response twice. The second is Pyodide's, without `form_data` and `blob`: so it is in Workers."""
        self._raise_if_failed()
        return FetchResponse(self._url, self.js_response.clone(), self.abort_controller, self.abort_signal)

    def _raise_if_failed(self) -> None:
        if self.js_response.bodyUsed:
            raise BodyUsedError

    async def _content(self) -> bytes:
        self._raise_if_failed()
        try:
            return await self.js_response._bytes()
        except JsException as error:
            raise AbortError(error) from None

    async def buffer(self) -> ArrayBuffer:
        return ArrayBuffer.new(await self._content())

    async def text(self) -> str:
        return (await self._content()).decode("utf-8-sig", errors="replace")

    async def string(self) -> str:
        return await self.text()

    async def json(self, **kwargs: Any) -> Any:
        return json.loads(await self.text(), **kwargs)

    async def memoryview(self) -> memoryview:
        return memoryview(await self._content())

    async def bytes(self) -> bytes:
        return await self._content()
