"""What a bucket gives: an object as JavaScript has it (`HeadResult`, `GetResult`) and as the SDK shows it in Python.

The SDK's wrapper converts what it is asked for, and keeps it: `o.bodyUsed` stays what it was when first read, while
`o["bodyUsed"]` is asked anew. In a listing the objects are not wrapped.
"""

from __future__ import annotations

from types import CoroutineType, MethodType
from typing import Any

from labkit.emulators.r2.objects import HTTP_FIELDS, Stored
from labkit.emulators.r2.ranges import Span
from labkit.workers.buffers import ArrayBuffer, Uint8Array
from labkit.workers.js.blobs import Blob
from labkit.workers.js.body import USED
from labkit.workers.js.dates import Date
from labkit.workers.js.headers import Headers
from labkit.workers.js.json_text import parse_json
from labkit.workers.js.streams import ReadableStream
from labkit.workers.objects import JsObject
from labkit.workers.proxies import JsBuiltin, JsException, JsProxy
from labkit.workers.rpc import python_from_rpc, python_to_rpc


class Checksums(JsBuiltin):
    """The checksums that the service keeps: each an ArrayBuffer, or None."""

    __slots__ = ("_known",)

    def __init__(self, known: Any):
        self._known = known

    def __getattr__(self, name: str) -> Any:
        if name not in _HASHES:
            raise AttributeError(name)
        digest = self._known.get(name)
        return None if digest is None else ArrayBuffer.new(digest)

    def toJSON(self) -> JsObject:
        """All of them in hex."""
        return JsObject((name, self._known[name].hex() if name in self._known else None) for name in _HASHES)


_STORED: Any = object()
"""Metadata as it is stored."""
_HASHES = ("md5", "sha1", "sha256", "sha384", "sha512")


class HeadResult(JsBuiltin):
    """An object without its content, as `head`, `put` and `list` give it.

    `span` is what a read gave, None where nothing was read; without `http` and `custom`, as in a listing that was not
    asked to include them, the metadata is not known.
    """

    __slots__ = ("_stored", "_span", "_http", "_custom")

    def __init__(self, stored: Stored, span: Span | None = None, http: Any = _STORED, custom: Any = _STORED):
        self._stored, self._span = stored, span
        self._http = stored.http if http is _STORED else http
        self._custom = stored.custom if custom is _STORED else custom

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    @property
    def key(self) -> str:
        return self._stored.key

    @property
    def version(self) -> str:
        return self._stored.version

    @property
    def size(self) -> int:
        return self._stored.size

    @property
    def etag(self) -> str:
        return self._stored.etag

    @property
    def httpEtag(self) -> str:
        return self._stored.http_etag

    @property
    def uploaded(self) -> Date:
        return Date.new(round(self._stored.uploaded * 1000))

    @property
    def checksums(self) -> Checksums:
        return Checksums.new(self._stored.checksums)

    @property
    def storageClass(self) -> str:
        return self._stored.storage_class

    @property
    def ssecKeyMd5(self) -> None:
        return None

    @property
    def httpMetadata(self) -> JsObject | None:
        if self._http is None:
            return None
        fields = {name: self._http.get(name) for name in HTTP_FIELDS}
        if fields["cacheExpiry"] is not None:
            fields["cacheExpiry"] = Date.new(fields["cacheExpiry"])
        return JsObject(fields)

    @property
    def customMetadata(self) -> JsObject | None:
        return None if self._custom is None else JsObject(self._custom)

    @property
    def range(self) -> JsObject | None:
        if self._span is None:
            return None
        return JsObject({"offset": self._span.offset, "length": self._span.length, "suffix": None})

    def writeHttpMetadata(self, headers: Any = None) -> None:
        """Set the headers that the object was stored with."""
        if not isinstance(headers, Headers):
            raise JsException(
                "TypeError",
                "Failed to execute 'writeHttpMetadata' on 'HeadResult': parameter 1 is not of type 'Headers'.",
            )
        if self._http is None:
            raise JsException(
                "TypeError",
                f"HTTP metadata unknown for key `{self.key}`. "
                "Did you forget to add 'httpMetadata' to `include` when listing?",
            )
        for name, header in HTTP_FIELDS.items():
            value = self._http.get(name)
            if value is not None:
                headers.set(header, Date.new(value).toUTCString() if name == "cacheExpiry" else value)


class GetResult(HeadResult):
    """An object with its content, which can be read once."""

    __slots__ = ("_body", "_used")
    _span: Span

    def __init__(self, stored: Stored, span: Span):
        super().__init__(stored, span)
        self._body: ReadableStream | None = None
        self._used = False  # read whole, before anybody asked for the stream

    @property
    def body(self) -> ReadableStream:
        if self._body is None:
            self._body = ReadableStream.of(b"" if self._used else self._span.of(self._stored.content))
            self._body._locked = self._body._disturbed = self._used
        return self._body

    @property
    def bodyUsed(self) -> bool:
        return self._used if self._body is None else self._body._disturbed

    async def _bytes(self) -> bytes:
        if self.bodyUsed:
            raise JsException("TypeError", USED)
        if self._body is not None:
            return await self._body._bytes()
        self._used = True
        return self._span.of(self._stored.content)

    async def arrayBuffer(self, *ignored: Any) -> ArrayBuffer:
        return ArrayBuffer.new(await self._bytes())

    async def bytes(self, *ignored: Any) -> Uint8Array:
        return Uint8Array.new(await self._bytes())

    async def text(self, *ignored: Any) -> str:
        return (await self._bytes()).decode(errors="replace").removeprefix("\ufeff")

    async def json(self, *ignored: Any) -> Any:
        return parse_json(await self.text())

    async def blob(self, *ignored: Any) -> Blob:
        return Blob.new([await self._bytes()], {"type": self._stored.http.get("contentType") or ""})


class _Wrapper:
    """A JavaScript object as the SDK shows it: attributes are converted when first read, and kept."""

    def __init__(self, raw: JsProxy):
        self.js_object = raw

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = self.__dict__[name] = _shown(getattr(self.js_object, name))
        return found

    def __getitem__(self, name: str) -> Any:
        return _shown(getattr(self.js_object, name))

    def __dir__(self) -> list[str]:
        return [name for name in dir(type(self.js_object)) if name[0] != "_" and name not in dir(JsProxy)]


class R2Checksums(_Wrapper):
    """`checksums` of an object: `md5`, `sha1` ... as memoryviews, and `toJSON()` in hex."""


class R2Object(_Wrapper):
    """An object without its content: `key`, `size`, `etag`, `uploaded`, `httpMetadata`, `customMetadata` ..."""

    def __repr__(self) -> str:
        stored: Stored = self.js_object._stored  # type: ignore[attr-defined]
        return f"<{type(self).__name__} {stored.key!r}, {stored.size:,} bytes, etag {stored.etag}>"


class R2ObjectBody(R2Object):
    """An object with its content: also `body`, `text()`, `json()`, `arrayBuffer()`, `bytes()`, `blob()`."""


def _shown(value: Any) -> Any:
    if type(value) is MethodType:
        return _method(value)
    return R2Checksums(value) if isinstance(value, Checksums) else python_from_rpc(value)


def _method(method: Any) -> Any:
    """The method with its arguments and its result converted."""

    def call(*args: Any, **keywords: Any) -> Any:
        given = {name: python_to_rpc(value) for name, value in keywords.items()} if keywords else {}
        result = method(*map(python_to_rpc, args), **given) if args or given else method()
        return _awaited(result) if type(result) is CoroutineType else python_from_rpc(result)

    return call


async def _awaited(result: Any) -> Any:
    found = await result
    return found if type(found) is str else python_from_rpc(found)
