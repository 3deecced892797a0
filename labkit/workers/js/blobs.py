"""`js.Blob` and `js.File`: bytes with a type, and with a name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from labkit.workers.buffers import ArrayBuffer, JsBuffer, Uint8Array
from labkit.workers.context import current
from labkit.workers.js.conversions import text
from labkit.workers.js.streams import ReadableStream
from labkit.workers.proxies import JsBuiltin, JsException


class Blob(JsBuiltin):
    """Immutable bytes. `type` is in lower case, and empty where nobody said."""

    __slots__ = ("_data", "type")

    def __init__(self, parts: Iterable[Any] = (), options: Any = None):
        given = _given(options)
        self._data = b"".join(_octets(part) for part in parts)
        self.type = text(given["type"]).lower() if given.get("type") is not None else ""

    @property
    def size(self) -> int:
        return len(self._data)

    def _as_body(self) -> tuple[bytes, str | None]:
        return self._data, self.type or None

    async def text(self) -> str:
        return self._data.decode(errors="replace")

    async def arrayBuffer(self) -> ArrayBuffer:
        return ArrayBuffer.new(self._data)

    async def bytes(self) -> Uint8Array:
        return Uint8Array.new(self._data)

    def stream(self) -> ReadableStream:
        return ReadableStream.of(self._data)

    def slice(self, start: int | None = None, end: int | None = None, type: Any = None) -> Blob:
        return Blob.new([self._data[start or 0 : end]], {"type": type})


class File(Blob):
    """A Blob with a name. `lastModified` is in milliseconds since 1970."""

    __slots__ = ("name", "lastModified")

    def __init__(self, parts: Iterable[Any], name: str, options: Any = None):
        super().__init__(parts, options)
        modified = _given(options).get("lastModified")
        self.name = text(name)
        self.lastModified = _milliseconds() if modified is None else int(modified)


def _given(options: Any) -> dict[str, Any]:
    given = options._properties() if hasattr(options, "_properties") else options or {}
    if given.get("endings") is not None:
        raise JsException("Error", "The 'endings' field on 'Options' is not implemented.")
    return given


def _milliseconds() -> int:
    found = current.get()
    return 0 if found is None else int(found.now() * 1000)


def _octets(part: Any) -> bytes:
    if isinstance(part, Blob):
        return part._data
    if isinstance(part, JsBuffer):
        return part.to_bytes()
    return bytes(part) if isinstance(part, (bytes, bytearray, memoryview)) else text(part).encode()
