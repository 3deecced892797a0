"""How many bytes a value takes when the runtime serializes it (V8's format): what limits on values count."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from labkit.workers.objects import plain
from labkit.workers.proxies import JsNull

_HEADER = 2
_TAG = 1
_DOUBLE = 8
_ARRAY_TAIL = 1
_SMALL_INTEGER = 2**30


def serialized_bytes(value: Any) -> int:
    """The size of the value with the format's header."""
    return _HEADER + _size(plain(value))


def _size(value: Any) -> int:
    if value is None or isinstance(value, (bool, JsNull)):
        return _TAG
    if isinstance(value, int) and abs(value) < _SMALL_INTEGER:
        return _TAG + _varint(abs(value) * 2)
    if isinstance(value, (int, float, datetime)):
        return _TAG + _DOUBLE
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, (bytes, memoryview)):
        return _TAG + _varint(len(value)) + len(value)
    if not isinstance(value, (dict, list, set, tuple)):
        return _TAG
    if isinstance(value, dict):
        inside = sum(_size(key) + _size(item) for key, item in value.items())
    else:
        inside = sum(_size(item) for item in value)
    if isinstance(value, (list, tuple)):
        inside += _ARRAY_TAIL + _varint(len(value))
    return 2 * _TAG + _varint(len(value)) + inside


def _text(value: str) -> int:
    """One byte a character where all fit Latin-1, two otherwise."""
    try:
        size = len(value.encode("latin-1"))
    except UnicodeEncodeError:
        size = len(value.encode("utf-16-le", "surrogatepass"))
    return _TAG + _varint(size) + size


def _varint(value: int) -> int:
    return max(1, -(-value.bit_length() // 7))
