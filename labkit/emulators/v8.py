"""Values as the platform keeps them: V8's serialization, so that limits and sizes count the bytes that it counts.

`encoded` takes what `labkit.workers.bindings.checked` lets pass and refuses, in V8's words, what it cannot clone;
`decoded` gives plain values back. Format: https://github.com/v8/v8/blob/main/src/objects/value-serializer.cc
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from labkit.workers.bindings import SAFE_INTEGER, js_error
from labkit.workers.ffi import JsException, JsMap
from labkit.workers.js.responses import Response

HEADER = b"\xff\x0f"
_SMALL = 2**30
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")
_BYTE_VIEW = b"V" + b"B"  # a Uint8Array over the buffer before it


def encoded(value: Any) -> bytes:
    """The value's bytes. DataCloneError for what cannot be copied."""
    out = bytearray(HEADER)
    _write(out, value)
    return bytes(out)


def decoded(data: bytes) -> Any:
    """The value that was encoded, as plain Python."""
    return _Reader(data).value()


def _write(out: bytearray, value: Any) -> None:
    match value:
        case None:
            out += b"0"
        case bool():
            out += b"T" if value else b"F"
        case int() | float():
            _write_number(out, value)
        case str():
            _write_text(out, value)
        case dict():
            _write_object(out, value)
        case list():
            _write_all(out, b"A", value, b"$")
            out += b"\x00" + _varint(len(value))
        case set():
            _write_all(out, b"'", list(value), b",", counted=False)
            out += _varint(len(value))
        case datetime():
            out += b"D" + struct.pack("<d", round((value - _EPOCH) / timedelta(milliseconds=1)))
        case bytes():
            size = _varint(len(value))
            out += b"B" + size + value + _BYTE_VIEW + b"\x00" + size + b"\x00"
        case JsException():
            out += b"rm"
            _write_text(out, value.message)
            out += b"."
        case _:
            raise js_error("DataCloneError", _not_cloned(value))


def _not_cloned(value: Any) -> str:
    if isinstance(value, Response) or isinstance(getattr(value, "js_object", None), Response):
        return "ReadableStream can only be serialized for RPC."
    shown = "function(){}" if callable(value) else "[object Map]" if isinstance(value, JsMap) else "[object Object]"
    return f"{shown} could not be cloned."


def _write_number(out: bytearray, value: float) -> None:
    if isinstance(value, int) and -_SMALL <= value < _SMALL:
        out += b"I" + _varint(value * 2 if value >= 0 else -value * 2 - 1)
    elif isinstance(value, int) and abs(value) > SAFE_INTEGER:
        size = -(-value.bit_length() // 64) * 8
        out += b"Z" + _varint(size << 1 | (value < 0)) + abs(value).to_bytes(size, "little")
    else:
        out += b"N" + struct.pack("<d", value)


def _write_text(out: bytearray, text: str) -> None:
    """One byte a character where all fit Latin-1, two otherwise."""
    try:
        data, tag = text.encode("latin-1"), b'"'
    except UnicodeEncodeError:
        data, tag = text.encode("utf-16-le", "surrogatepass"), b"c"
    out += tag + _varint(len(data)) + data


def _write_object(out: bytearray, fields: dict[str, Any]) -> None:
    """Keys that are array indices come first, in their order, as in every JavaScript object."""
    indices = sorted((key for key in fields if _INDEX.fullmatch(key) and int(key) < 2**32 - 1), key=int)
    out += b"o"
    for key in [*indices, *(key for key in fields if key not in indices)] if indices else fields:
        _write_number(out, int(key)) if key in indices else _write_text(out, key)
        _write(out, fields[key])
    out += b"{" + _varint(len(fields))


def _write_all(out: bytearray, start: bytes, items: list[Any], end: bytes, *, counted: bool = True) -> None:
    out += start + (_varint(len(items)) if counted else b"")
    for item in items:
        _write(out, item)
    out += end


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


class _Reader:
    """Takes a value apart again."""

    def __init__(self, data: bytes):
        self.data, self.at = data, len(HEADER)

    def take(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]

    def varint(self) -> int:
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7

    def skip(self, count: int) -> None:
        """Pass over some numbers."""
        for _ in range(count):
            self.varint()

    def value(self) -> Any:
        return self.READ[self.take(1)](self)

    def until(self, end: bytes) -> list[Any]:
        """The values up to a mark."""
        found = []
        while self.data[self.at : self.at + 1] != end:
            found.append(self.value())
        self.at += 1
        return found

    def integer(self) -> int:
        value = self.varint()
        return -(value >> 1) - 1 if value & 1 else value >> 1

    def big(self) -> int:
        mark = self.varint()
        value = int.from_bytes(self.take(mark >> 1), "little")
        return -value if mark & 1 else value

    def object(self) -> dict[str, Any]:
        items = self.until(b"{")
        self.varint()
        return {str(key): item for key, item in zip(items[::2], items[1::2], strict=True)}

    def array(self) -> list[Any]:
        self.varint()
        items = self.until(b"$")
        self.skip(2)
        return items

    def set(self) -> set[Any]:
        items = self.until(b",")
        self.varint()
        return set(items)

    def date(self) -> datetime:
        return _EPOCH + timedelta(milliseconds=struct.unpack("<d", self.take(8))[0])

    def bytes(self) -> bytes:
        found = self.take(self.varint())
        self.take(len(_BYTE_VIEW))
        self.skip(3)
        return found

    def error(self) -> JsException:
        self.take(1)
        message = self.value()
        self.take(1)
        return JsException("Error", message)

    READ: dict[bytes, Callable[[_Reader], Any]] = {
        b"0": lambda _: None,
        b"T": lambda _: True,
        b"F": lambda _: False,
        b"I": integer,
        b"N": lambda self: struct.unpack("<d", self.take(8))[0],
        b"Z": big,
        b'"': lambda self: self.take(self.varint()).decode("latin-1"),
        b"c": lambda self: self.take(self.varint()).decode("utf-16-le", "surrogatepass"),
        b"o": object,
        b"A": array,
        b"'": set,
        b"D": date,
        b"B": bytes,
        b"r": error,
    }
