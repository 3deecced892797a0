"""Between stored bytes and what a Worker passes and gets: the types of `get`, the shapes of `list` and bulk reads."""

from __future__ import annotations

import re
from typing import Any

from labkit import facts
from labkit.emulators.javascript import as_utf8, text_of
from labkit.emulators.kv.rules import KINDS, refusal
from labkit.emulators.kv.store import Entry, Page
from labkit.workers.bindings import from_platform, js_error, warn
from labkit.workers.ffi import JsException
from labkit.workers.js.json_parsing import load
from labkit.workers.js.streams import ReadableStream

_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")


async def bytes_of(value: Any) -> bytes:
    """What is stored of a value that `checked` let pass."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, ReadableStream):
        return await value._bytes()
    if value is None or isinstance(value, str | int | float):
        return as_utf8(text_of(value)).encode()
    words = "KV put() accepts only strings, ArrayBuffers, ArrayBufferViews, and ReadableStreams as values."
    raise js_error("TypeError", words)


def converted(value: bytes | None, kind: str) -> Any:
    """The value as the type that a read asks for. What is not there is None, whatever the type."""
    if value is None:
        return None
    match kind:
        case "text":
            return value.decode(errors="replace")
        case "json":
            return from_platform(load(value.decode(errors="replace")))
        case "arrayBuffer":
            return memoryview(value)
        case "stream":
            return ReadableStream.of(value)
    first = ", ".join(f'"{kind}"' for kind in KINDS[:-1])
    raise js_error("TypeError", f'Unknown response type. Possible types are {first}, and "{KINDS[-1]}".')


def metadata(entry: Entry) -> Any:
    return None if entry.metadata is None else load(entry.metadata)


def bulk_values(entries: list[Entry], kind: str) -> dict[str, Any]:
    """The values of a bulk read by key, in the order asked for."""
    size, limit = sum(len(entry.value or b"") for entry in entries), facts.value("kv.bulk_get_bytes")
    values = {entry.key: _bulk_value(entry, kind or "text") for entry in entries}
    if size > limit:
        raise refusal("GET_BULK", 413, f"Total size of request exceeds the limit of {limit // 2**20}MB")
    return without_indices(values)


def _bulk_value(entry: Entry, kind: str) -> Any:
    try:
        return converted(entry.value, kind)
    except JsException:
        words = f"At least one of the requested keys corresponds to a non-{kind} value"
        raise refusal("GET_BULK", 400, words) from None


def without_indices(values: dict[str, Any]) -> dict[str, Any]:
    """The runtime builds the result from a plain object's named properties, and keys like "7" are not among them."""
    lost = [name for name in values if _INDEX.fullmatch(name) and int(name) < 2**32 - 1]
    if lost:
        warn(f"A bulk read leaves out keys that look like array indices: {', '.join(lost)}. Read them one by one.")
    return {name: value for name, value in values.items() if name not in lost}


def listing(page: Page) -> dict[str, Any]:
    """A page as `list` returns it: `cursor` is there only where there is more."""
    more = {} if page.cursor is None else {"cursor": page.cursor}
    return {"keys": [_row(entry) for entry in page.keys], "list_complete": not more, **more, "cacheStatus": None}


def _row(entry: Entry) -> dict[str, Any]:
    row: dict[str, Any] = {"name": entry.key}
    if entry.expiration is not None:
        row["expiration"] = entry.expiration
    if entry.metadata is not None:
        row["metadata"] = metadata(entry)
    return row
