"""What a Request and a Response share: headers, and a body that can be read once."""

from __future__ import annotations

from typing import Any

from labkit.workers.buffers import ArrayBuffer, Uint8Array
from labkit.workers.js.blobs import Blob
from labkit.workers.js.conversions import text
from labkit.workers.js.forms import FormData, read_form
from labkit.workers.js.headers import Headers
from labkit.workers.js.json_text import parse_json
from labkit.workers.js.streams import ReadableStream
from labkit.workers.proxies import JsBuiltin, JsException, jsnull

Content = bytes | ReadableStream | None

USED = "Body has already been used. It can only be used once. Use tee() first if you need to read it twice."


def content_of(value: Any) -> tuple[Content, str | None]:
    """A body as it is carried, and the content type that its kind implies.

    What is neither text, bytes, a form nor a stream becomes the text that JavaScript makes of it.
    """
    if isinstance(value, str):
        return value.encode(errors="surrogatepass"), "text/plain;charset=UTF-8"
    if isinstance(value, bytes):
        return value, None
    if value is None or value is jsnull:
        return None, None
    as_body = getattr(value, "_as_body", None)
    return as_body() if as_body is not None else content_of(text(value))


class Body(JsBuiltin):
    """A message with headers and a body. `_body` is bytes, a stream, or None where there is none."""

    __slots__ = ("headers", "_body", "_used")
    headers: Headers
    _body: Content
    _used: bool

    def _carry(self, value: Any) -> None:
        """Take the value as the body, and name its type unless the headers do."""
        self._used = False
        self._body, kind = content_of(value)
        if kind is not None and "content-type" not in self.headers._values:
            self.headers._values["content-type"] = kind

    @property
    def bodyUsed(self) -> bool:
        return self._used or (isinstance(self._body, ReadableStream) and self._body._disturbed)

    @property
    def body(self) -> Any:
        """The body as a stream, or jsnull."""
        if self._body is None:
            return jsnull
        if isinstance(self._body, bytes):
            used, self._body = self._used, ReadableStream.of(self._body)
            self._body._disturbed = used
        return self._body

    async def _bytes(self) -> bytes:
        """The whole body, which is used from now on."""
        body = self._body
        if body is None:
            return b""
        if self.bodyUsed:
            raise JsException("TypeError", USED)
        if isinstance(body, ReadableStream):
            return await body._bytes()
        self._used = True
        return body

    def _copied_content(self) -> Content:
        """The content for a clone: a stream is divided between the two."""
        if self.bodyUsed:
            raise JsException("TypeError", USED)
        if isinstance(self._body, ReadableStream):
            self._body, other = self._body.tee()
            return other
        return self._body

    @property
    def _kind(self) -> str:
        return self.headers._values.get("content-type", "")

    async def text(self) -> str:
        return (await self._bytes()).decode("utf-8-sig", errors="replace")

    async def arrayBuffer(self) -> ArrayBuffer:
        return ArrayBuffer.new(await self._bytes())

    async def bytes(self) -> Uint8Array:
        return Uint8Array.new(await self._bytes())

    async def json(self) -> Any:
        return parse_json(await self.text())

    async def blob(self) -> Blob:
        kind = self._kind.lower()
        return Blob.new([await self._bytes()], {"type": kind})

    async def formData(self) -> FormData:
        return read_form(await self._bytes(), self._kind)
