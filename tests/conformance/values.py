"""Values as a recording writes them, and as a Python Worker holds them.

A recording marks what JSON has no word for with a single key that begins with `$` (README.md lists
them). `decode` turns such a value into what the Worker would pass; `encode` turns what the Worker got
into the recording's form, so that both sides are compared, and printed, alike.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

MISSING = object()
"""JavaScript's `undefined`: what a reference to an absent field gives. It is left out, not sent as None."""


def decode(value: Any, kept: dict[str, Any]) -> Any:
    """The Python value of a recorded argument; `kept` holds what earlier steps kept by name."""
    if isinstance(value, list):
        return [None if item is MISSING else item for item in (decode(each, kept) for each in value)]
    if isinstance(value, int) and abs(value) >= 2**53 - 1:
        return float(value)  # a recorded number is no BigInt, which such an int would be
    if not isinstance(value, dict):
        return value
    mark = next(iter(value), "")
    if mark == "$ref":
        return follow(value["$ref"], kept)
    if mark in _FROM_MARK:
        return _FROM_MARK[mark](value[mark], kept)
    fields = {name: decode(each, kept) for name, each in value.items()}
    return {name: each for name, each in fields.items() if each is not MISSING}


def decode_arguments(args: list[Any], kept: dict[str, Any]) -> list[Any]:
    """The arguments of a call. A trailing `undefined` is an argument that was not given."""
    decoded = [decode(each, kept) for each in args]
    while decoded and decoded[-1] is MISSING:
        decoded.pop()
    return [None if each is MISSING else each for each in decoded]


def encode(value: Any, like: Any, run: Callable[[Any], Any]) -> Any:
    """A Python value in the recording's form; `run` drives the reading of a stream.

    Python has one type where JavaScript has two (a `Map` and an object are both `JsDict`), so `like`, the
    recorded value, says which of the two to write.
    """
    if isinstance(value, dict):
        return _encode_dict(value, like, run)
    if isinstance(value, list | tuple):
        likes = like if isinstance(like, list) and len(like) == len(value) else [None] * len(value)
        return [encode(each, other, run) for each, other in zip(value, likes, strict=True)]
    if isinstance(value, bytes | bytearray | memoryview):
        return {"$bytes": _to_base64(bytes(value))}
    if isinstance(value, datetime):
        return {"$date": value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")}
    if value is None or isinstance(value, str | int | float):
        return value
    return _encode_object(value, run)


def encode_error(error: Exception) -> dict[str, str]:
    """An exception's name and message as JavaScript would print them."""
    if hasattr(error, "name") and hasattr(error, "message"):
        return {"name": error.name, "message": error.message}
    return {"name": type(error).__name__, "message": str(error)}


def canonical(value: Any) -> str:
    """One text for equal values, whatever the order of their fields. True is not 1, and 1.0 is 1."""
    return json.dumps(_one_number_type(value), sort_keys=True, ensure_ascii=False)


def _encode_dict(value: dict[str, Any], like: Any, run: Callable[[Any], Any]) -> dict[str, Any]:
    likes = like if isinstance(like, dict) else {}
    if "$map" in likes:
        recorded = dict(likes["$map"])
        return {"$map": [[key, encode(each, recorded.get(key), run)] for key, each in value.items()]}
    return {key: encode(each, likes.get(key), run) for key, each in value.items()}


def _encode_object(value: Any, run: Callable[[Any], Any]) -> dict[str, Any]:
    raw = getattr(value, "js_object", value)
    if _constructor(raw) in ("HeadResult", "GetResult"):
        return {"$r2": _encode_r2(raw, run)}
    if _constructor(value) == "ReadableStream":
        return {"$stream": _to_base64(run(_read(value)))}
    return {"$opaque": True}


def _encode_r2(found: Any, run: Callable[[Any], Any]) -> dict[str, Any]:
    """An R2 object: what does not depend on time or chance, and its content where it has one."""
    fields = {name: getattr(found, name) for name in ("key", "size", "etag", "httpEtag", "storageClass")}
    for name in ("httpMetadata", "customMetadata", "range", "checksums"):
        member = getattr(found, name)
        member = member.toJSON() if name == "checksums" else member
        fields[name] = None if member is None else encode(member.to_py(), None, run)
    for name in ("range", "checksums"):  # undefined has no word in JSON
        fields[name] = fields[name] and {key: each for key, each in fields[name].items() if each is not None}
    fields["hasBody"] = hasattr(found, "body")
    return fields | ({"body": _to_base64(run(found.arrayBuffer()).to_bytes())} if fields["hasBody"] else {})


def _one_number_type(value: Any) -> Any:
    """The same value with whole floats as integers: JavaScript does not tell them apart."""
    if isinstance(value, dict):
        return {key: _one_number_type(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_one_number_type(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _constructor(value: Any) -> str | None:
    return getattr(getattr(value, "constructor", None), "name", None)


async def _read(stream: Any) -> bytes:
    from workers import Response

    return bytes(await Response(stream).bytes())


def _stream_of(data: bytes) -> Any:
    from workers import Response

    return Response(data).body


def _headers_of(pairs: dict[str, str]) -> Any:
    from js import Headers

    return Headers.new(pairs.items())


def follow(path: str, kept: dict[str, Any]) -> Any:
    """What `x` or `x.field.0` names among the kept results."""
    name, *fields = path.split(".")
    value = kept.get(name, MISSING)
    for field in fields:
        value = _field(value, field)
    return value


def _field(value: Any, field: str) -> Any:
    if isinstance(value, dict):
        return value.get(field, MISSING)
    if isinstance(value, list):
        return value[int(field)] if int(field) < len(value) else MISSING
    return getattr(value, field, MISSING)


def _to_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _to_datetime(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


_FROM_MARK: dict[str, Callable[[Any, dict[str, Any]], Any]] = {
    "$bytes": lambda text, _: base64.b64decode(text),
    "$stream": lambda text, _: _stream_of(base64.b64decode(text)),
    "$date": lambda text, _: _to_datetime(text),
    "$headers": lambda pairs, _: _headers_of(pairs),
    "$map": lambda pairs, kept: {decode(key, kept): decode(each, kept) for key, each in pairs},
    "$repeat": lambda pair, _: pair[0] * pair[1],
    "$zeros": lambda size, _: bytes(size),
    "$function": lambda name, _: {"double": lambda number: number * 2, "join": lambda *words: " ".join(words)}[name],
}
