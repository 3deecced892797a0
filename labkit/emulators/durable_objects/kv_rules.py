"""What the key-value methods accept, and the words they refuse the rest with.

Words: recorded from workerd, and those of the limits from its `io/actor-storage.c++`, which production's key-value
backend enforces and the local runtime does not.
"""

from __future__ import annotations

from typing import Any

from labkit import facts
from labkit.emulators.durable_objects.kv_table import Range
from labkit.emulators.javascript import int32, text_of
from labkit.workers.bindings import js_error
from labkit.workers.ffi import JsException

TOO_BIG = "string or blob too big: SQLITE_TOOBIG"
NO_VALUE = "put() called with undefined value."
NOT_A_PAIR = (
    "put() may only be called with a single key-value pair and optional options as put(key, value, options) or with "
    "multiple key-value pairs and optional options as put(entries, options)"
)
BOTH_STARTS = "list() cannot be called with both start and startAfter values."
LIST_OPTIONS = ("start", "startAfter", "end", "prefix", "reverse", "limit")
_LAST = "\U0010ffff"


def wrong_parameter(method: str, position: int, wanted: str, owner: str = "DurableObjectStorage") -> JsException:
    words = f"Failed to execute '{method}' on '{owner}': parameter {position} is not of type '{wanted}'."
    return js_error("TypeError", words)


def is_options(value: Any) -> bool:
    """Whether the runtime takes it for an options object: anything but text, numbers and bools."""
    return not isinstance(value, str | int | float)


def check_count(count: int) -> None:
    """The limit on the keys of one call."""
    most = facts.value("durable_objects.keys_per_call")
    if count > most:
        raise js_error("RangeError", f"Maximum number of key value pairs is {most}. {count} pairs were provided.")


def check_size(key: str, value: bytes, sqlite: bool) -> None:
    """The limits on a key and its value: together in SQLite, each on its own in the key-value backend."""
    size = len(key.encode(errors="replace"))
    if sqlite:
        if size + len(value) > facts.value("durable_objects.row_bytes"):
            raise js_error("Error", TOO_BIG)
        return
    check_key(size)
    most = facts.value("durable_objects.value_bytes")
    if len(value) > most + facts.value("durable_objects.value_overhead"):
        words = f"Values cannot be larger than {most} bytes. A value of size {len(value)} was provided."
        raise js_error("RangeError", words)


def check_key(size: int) -> None:
    """The limit on a key of the key-value backend."""
    most = facts.value("durable_objects.key_bytes")
    if size > most:
        raise js_error("RangeError", f"Keys cannot be larger than {most} bytes. A key of size {size} was provided.")


def range_of(options: dict[str, Any]) -> Range | None:
    """What a list asks for; None where no key can be meant."""
    text = {name: text_of(options[name]) for name in ("start", "startAfter", "end", "prefix") if name in options}
    if "start" in text and "startAfter" in text:
        raise js_error("TypeError", BOTH_STARTS)
    limit = int32(options["limit"]) if "limit" in options else None
    if limit is not None and limit <= 0:
        raise js_error("TypeError", "List limit must be positive.")
    start = text["startAfter"] + "\0" if "startAfter" in text else text.get("start", "")
    bounds = _within(text.get("prefix", ""), start, text.get("end"))
    if bounds is None:
        return None
    return Range(*bounds, bool(options.get("reverse")), -1 if limit is None else limit)


def _within(prefix: str, start: str, end: str | None) -> tuple[str, str | None] | None:
    """The part of a range whose keys have the prefix: its start and its end, which is None where there is none."""
    start = max(start, prefix)
    if prefix:
        if not start.startswith(prefix):
            return None
        beyond = _after(prefix)
        end = beyond if end is None or (beyond is not None and beyond < end) else end
    return None if end is not None and end <= start else (start, end)


def _after(prefix: str) -> str | None:
    """The first text that comes after all those with the prefix, in the order of UTF-8."""
    kept = prefix.rstrip(_LAST)
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    return kept[:-1] + chr(0xE000 if following == 0xD800 else following)
