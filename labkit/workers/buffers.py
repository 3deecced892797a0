"""Bytes on JavaScript's side: ArrayBuffer and Uint8Array."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from labkit.workers.proxies import JsProxy


class JsBuffer(JsProxy):
    """An ArrayBuffer or a typed array: bytes on JavaScript's side. Structured clones make it a memoryview."""

    __slots__ = ("_data",)

    def __init__(self, data: bytes | int | Iterable[int] = b""):
        self._data = bytearray(data)

    @property
    def byteLength(self) -> int:
        return len(self._data)

    @property
    def nbytes(self) -> int:
        return len(self._data)

    @property
    def buffer(self) -> JsBuffer:
        return self

    def _plain(self) -> memoryview:
        return memoryview(bytes(self._data))

    def _as_body(self) -> tuple[bytes, None]:
        return bytes(self._data), None

    def to_bytes(self) -> bytes:
        return bytes(self._data)

    def to_memoryview(self) -> memoryview:
        return memoryview(self._data)

    def to_string(self, encoding: str = "utf-8") -> str:
        return self._data.decode(encoding)

    def slice(self, start: int = 0, end: int | None = None) -> JsBuffer:
        return type.__call__(type(self), self._data[start:end])

    def __reduce__(self):
        return _buffer, (type(self), bytes(self._data))


def _buffer(kind: type, data: bytes) -> JsBuffer:
    return type.__call__(kind, data)


class ArrayBuffer(JsBuffer):
    """Raw bytes, without items of its own."""

    __slots__ = ()
    needs_new = True


class Uint8Array(JsBuffer):
    """Bytes with items."""

    __slots__ = ()
    needs_new = True

    @property
    def length(self) -> int:
        return len(self._data)

    def set(self, source: Iterable[int], offset: int = 0) -> None:
        data = bytes(source)
        self._data[offset : offset + len(data)] = data

    def subarray(self, start: int = 0, end: int | None = None) -> JsBuffer:
        return self.slice(start, end)

    def __getitem__(self, index):
        return self._data[index]

    def __setitem__(self, index, value) -> None:
        self._data[index] = value

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator[int]:
        return iter(self._data)
