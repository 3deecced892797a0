"""`Blob` and `File` as the SDK has them, around `js.Blob` and `js.File`."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, TypeAlias

from labkit.workers.buffers import JsBuffer
from labkit.workers.js import blobs

BlobValue: TypeAlias = "str | bytes | JsBuffer | blobs.Blob | Blob | File"


class BlobEnding(StrEnum):
    """What becomes of line ends. The runtime refuses both: it has no such option."""

    TRANSPARENT = "transparent"
    NATIVE = "native"


class Blob:
    """Bytes with a content type, from one part or several."""

    def __init__(
        self,
        blob_parts: Iterable[BlobValue] | BlobValue,
        content_type: str | None = None,
        endings: BlobEnding | str | None = None,
    ):
        parts, inherited = _parts(blob_parts)
        self._js_blob = blobs.Blob.new(parts, {"type": content_type or inherited, "endings": endings})

    @property
    def size(self) -> int:
        return self._js_blob.size

    @property
    def content_type(self) -> str:
        return self._js_blob.type

    @property
    def js_object(self) -> blobs.Blob:
        return self._js_blob

    async def text(self) -> str:
        return await self._js_blob.text()

    async def bytes(self) -> bytes:
        return self._js_blob._data

    def slice(self, start: int | None = None, end: int | None = None, content_type: str | None = None) -> Blob:
        """A part of the bytes. The content type is lost, as it is in the SDK."""
        return Blob([self._js_blob.slice(start, end, content_type)])


class File(Blob):
    """A Blob with a name, and the time of its last change in milliseconds since 1970."""

    def __init__(
        self,
        blob_parts: Iterable[BlobValue] | BlobValue,
        filename: str,
        content_type: str | None = None,
        endings: BlobEnding | str | None = None,
        last_modified: int | None = None,
    ):
        parts, inherited = _parts(blob_parts)
        if last_modified is None and len(parts) == 1 and isinstance(parts[0], blobs.File):
            last_modified = parts[0].lastModified
        options = {"type": content_type or inherited, "endings": endings, "lastModified": last_modified}
        self._js_blob = blobs.File.new(parts, filename, options)

    @property
    def name(self) -> str:
        return self._js_blob.name

    @property
    def last_modified(self) -> int:
        return self._js_blob.lastModified


def from_js(value: Any) -> Any:
    """The SDK's class around a JavaScript Blob or File; anything else as it is."""
    if not isinstance(value, blobs.Blob):
        return value
    made = object.__new__(File if isinstance(value, blobs.File) else Blob)
    made._js_blob = value
    return made


def _parts(given: Any) -> tuple[list[Any], str | None]:
    """The parts for JavaScript, and the type to inherit from a Blob that stands alone."""
    if isinstance(given, (str, bytes, JsBuffer)) or not isinstance(given, Iterable):
        part = _part(given)
        return [part], part.type if isinstance(part, blobs.Blob) else None
    return [_part(part) for part in given], None


def _part(value: Any) -> Any:
    if isinstance(value, Blob):
        return value._js_blob
    if isinstance(value, (str, blobs.Blob, JsBuffer)):
        return value
    try:
        return bytes(memoryview(value))
    except TypeError:
        raise TypeError(f"Don't know how to handle {type(value)} for Blob()") from None
