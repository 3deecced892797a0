"""What may be bound to a statement, and what it is to SQLite."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from labkit.emulators.d1.words import type_error
from labkit.emulators.javascript import as_utf8, text_of
from labkit.workers.bindings import SAFE_INTEGER, checked
from labkit.workers.ffi import JsException


def bound(value: Any) -> Any:
    """A value as it travels: None, text, bytes, or a number, which is REAL to SQLite. Refuses everything else."""
    kind = type(value)
    if kind is str:
        return as_utf8(value)
    if kind is int and -SAFE_INTEGER < value < SAFE_INTEGER:
        return float(value)
    if kind is float:
        return _real(value)
    if value is None:
        return None
    return _converted(checked(value))


def _converted(value: Any) -> Any:
    if value is None or isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return as_utf8(value)
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, int) and abs(value) >= SAFE_INTEGER:
        raise type_error("bigint", str(value))
    if isinstance(value, int | float):
        return _real(value)
    if isinstance(value, list) and all(_is_byte(each) for each in value):
        return bytes(int(each) for each in value)
    raise type_error("function" if callable(value) else "object", _words(value))


def _real(value: float) -> float | None:
    """The number; JSON has no word for one that is not finite."""
    return float(value) if math.isfinite(value) else None


def _is_byte(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 256


def _words(value: Any) -> str:
    """String(value), with the words that JavaScript has for a date and an error."""
    if isinstance(value, datetime):
        return value.strftime("%a %b %d %Y %H:%M:%S GMT+0000 (Coordinated Universal Time)")
    return str(value) if isinstance(value, JsException) else text_of(value)
