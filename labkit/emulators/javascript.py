"""JavaScript's own conversions, which bindings apply to what they are given: String(), int32, JSON.stringify.

The rules are ECMAScript's, and the words of refusals those of workerd.
"""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any

from labkit.workers.bindings import SAFE_INTEGER, js_error
from labkit.workers.js.conversions import number_text


def text_of(value: Any) -> str:
    """String(value): None is "null", True "true", 5.0 "5", a list its items with commas."""
    match value:
        case str():
            return value
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return number_text(value)
        case list():
            return ",".join("" if item is None else text_of(item) for item in value)
        case bytes():
            return ",".join(map(str, value))
        case dict():
            return "[object Object]"
        case set():
            return "[object Set]"
    return str(value)


def as_utf8(text: str) -> str:
    """The text as it arrives in UTF-8: half a surrogate pair becomes three signs of what cannot be read."""
    return text if text.isascii() else paired(text).encode(errors="surrogatepass").decode(errors="replace")


def paired(text: str) -> str:
    """The text as JavaScript has it: two halves of a surrogate pair are one character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def int32(value: Any) -> int:
    """The 32-bit integer that an option's value becomes: "120" is 120, 60.7 is 60, None, NaN and "abc" are 0.

    A number outside the range is refused: a date in milliseconds where seconds are wanted, for one.
    """
    number = number_of(value)
    if not math.isfinite(number):
        return 0
    if not -(2**31) <= number <= 2**31 - 1:
        raise js_error("TypeError", "Value out of range. Must be between -2147483648 and 2147483647 (inclusive).")
    return int(number)


def number_of(value: Any) -> float:
    """Number(value), NaN for what has none."""
    match value:
        case None:
            return 0
        case bool() | int() | float():
            return value
        case datetime():
            return value.timestamp() * 1000
        case str() | list():
            return _number_of_text(text_of(value).strip())
    return math.nan


def _number_of_text(text: str) -> float:
    if not text:
        return 0
    if "_" in text:  # Python's, not JavaScript's
        return math.nan
    try:
        return int(text, 0) if text[:2].lower() in ("0x", "0o", "0b") else float(text)
    except ValueError:
        return math.nan


def json_text(value: Any) -> str:
    """JSON.stringify of what a Worker passed: dates as text, bytes as an object, no big integers.

    Half a surrogate pair is \\ud800.
    """
    text = _JSON.encode(_json_ready(value))
    return text if text.isascii() else text.encode(errors="backslashreplace").decode()


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def _json_ready(value: Any) -> Any:
    match value:
        case bool() | str() | None:
            return value
        case int() if abs(value) > SAFE_INTEGER:
            raise js_error("TypeError", "Do not know how to serialize a BigInt")
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {key: _json_ready(item) for key, item in value.items()}
        case list():
            return [_json_ready(item) for item in value]
        case bytes():
            return {str(index): byte for index, byte in enumerate(value)}
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case int():
            return value
    return {}
