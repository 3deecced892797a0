"""What a Worker passes to a bucket, as the emulator needs it: keys, values, metadata, conditions, ranges, checksums.

The words are those of the runtime, which refuses before it asks the service.
"""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import Any

from labkit.emulators.javascript import number_of, text_of
from labkit.emulators.r2 import conditions, ranges
from labkit.emulators.r2.conditions import ALWAYS, ANY, Conditions, Etag
from labkit.emulators.r2.objects import HASHES, HTTP_FIELDS, STANDARD, STORAGE_CLASSES
from labkit.emulators.r2.ranges import Span
from labkit.errors import NotEmulated
from labkit.workers.bindings import SAFE_INTEGER, checked, complain, js_error
from labkit.workers.ffi import JsException
from labkit.workers.js.blobs import Blob
from labkit.workers.js.dates import Date
from labkit.workers.js.headers import Headers
from labkit.workers.js.streams import ReadableStream
from labkit.workers.proxies import jsnull

_DIGEST_BYTES = {"md5": 16, "sha1": 20, "sha256": 32, "sha384": 48, "sha512": 64}


def wrong_parameter(method: str, position: int, wanted: str, kind: str = "R2Bucket") -> JsException:
    return js_error(
        "TypeError", f"Failed to execute '{method}' on '{kind}': parameter {position} is not of type '{wanted}'."
    )


def wrong_field(kind: str, name: str, wanted: str) -> JsException:
    """What the runtime throws for an option of another type."""
    return js_error(
        "TypeError",
        f"Incorrect type for the '{name}' field on '{kind}': the provided value is not of type '{wanted}'.",
    )


def wrong_element(at: int, wanted: str) -> JsException:
    words = f"Incorrect type for array element {at}: the provided value is not of type '{wanted}'."
    return js_error("TypeError", words)


def key_of(key: Any) -> str:
    """The key as text; a number becomes its digits, a list its items with commas."""
    return key if isinstance(key, str) else text_of(checked(key))


def value_of(value: Any, method: str, kind: str = "R2Bucket") -> bytes | ReadableStream:
    """The second argument of a method that takes a value to be stored, as bytes or a stream."""
    if isinstance(value, str):
        return value.encode(errors="surrogatepass")
    found = checked(getattr(value, "js_object", value))
    if isinstance(found, Blob):
        return found._data
    if isinstance(found, (bytes, ReadableStream)):
        return found
    raise wrong_parameter(method, 2, "ReadableStream or ArrayBuffer or ArrayBufferView or string or Blob", kind)


async def content_of(value: bytes | ReadableStream) -> bytes:
    """The bytes to be stored. Refuses a stream whose length nobody knows beforehand."""
    if isinstance(value, bytes):
        return value
    if value._length is None:
        raise js_error(
            "TypeError",
            "Provided readable stream must have a known length (request/response body or readable half of "
            "FixedLengthStream)",
        )
    if value.locked:
        raise js_error("TypeError", "The ReadableStream has been locked to a reader.")
    return await value._bytes()


def http_of(chosen: dict[str, Any], kind: str) -> dict[str, Any]:
    """`httpMetadata`, which is an object or Headers."""
    given = chosen.get("httpMetadata")
    if isinstance(given, Headers):
        found = {name: _present(given.get(header)) for name, header in HTTP_FIELDS.items()}
        fields = {name: value for name, value in found.items() if value is not None}
        return fields | ({"cacheExpiry": _moment(Date.parse(fields["cacheExpiry"]))} if "cacheExpiry" in fields else {})
    given = _struct(given, kind, "httpMetadata", "HttpMetadata or Headers")
    fields = {name: given[name] for name in HTTP_FIELDS if name in given}
    return {
        name: _moment(_milliseconds(value, "HttpMetadata", name)) if name == "cacheExpiry" else _text(value)
        for name, value in fields.items()
    }


def custom_of(chosen: dict[str, Any], kind: str) -> dict[str, str]:
    """`customMetadata`: names and values as text."""
    if "customMetadata" not in chosen:
        return {}
    given = chosen["customMetadata"]
    if not isinstance(given, dict):
        raise wrong_field(kind, "customMetadata", "object")
    return {name: _text(value) for name, value in given.items()}


def conditions_of(chosen: dict[str, Any], kind: str) -> Conditions:
    """`onlyIf`, which is an object or Headers."""
    if "onlyIf" not in chosen:
        return ALWAYS
    given = chosen["onlyIf"]
    if isinstance(given, Headers):
        return conditions.of_headers(lambda name: _present(given.get(name)))
    given = _struct(given, kind, "onlyIf", "Conditional or Headers")
    return Conditions(
        _etag(given, "etagMatches"),
        _etag(given, "etagDoesNotMatch"),
        _seconds(given, "uploadedBefore"),
        _seconds(given, "uploadedAfter"),
        whole_seconds=bool(given.get("secondsGranularity")),
    )


def _struct(given: Any, kind: str, name: str, wanted: str) -> dict[str, Any]:
    """The fields of an option that is an object: none where it is null or a list, which is an object too."""
    if isinstance(given, (str, int, float)):
        raise wrong_field(kind, name, wanted)
    return given if isinstance(given, dict) else {}


def _present(value: Any) -> str | None:
    return None if value is jsnull else value


def _text(value: Any) -> str:
    return Date.new(value).toString() if isinstance(value, datetime) else text_of(value)


def _etag(given: dict[str, Any], name: str) -> tuple[Etag, ...] | None:
    if name not in given:
        return None
    etag = given[name]
    if not isinstance(etag, str):
        raise wrong_field("Conditional", name, "string")
    if etag.startswith('"') and etag.endswith('"'):
        raise js_error("TypeError", f"Conditional ETag should not be wrapped in quotes ({etag}).")
    return (ANY,) if etag == "*" else (Etag(etag),)


def _seconds(given: dict[str, Any], name: str) -> float | None:
    return _milliseconds(given[name], "Conditional", name) / 1000 if name in given else None


def _milliseconds(value: Any, kind: str, name: str) -> float:
    """The instant of an option that is a date, or a number of milliseconds since 1970."""
    if isinstance(value, datetime):
        return round(value.timestamp() * 1000)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    raise wrong_field(kind, name, "date")


def _moment(milliseconds: float) -> datetime:
    """The instant; what is no date is taken for 1970."""
    return Date.new(0 if math.isnan(milliseconds) else milliseconds)._moment()


def text_field(chosen: dict[str, Any], name: str) -> str | None:
    """An option of `list` that must be text."""
    if name not in chosen:
        return None
    if not isinstance(chosen[name], str):
        raise wrong_field("ListOptions", name, "string")
    return chosen[name]


def include_of(chosen: dict[str, Any]) -> list[str]:
    """Which metadata a listing shall have."""
    include = chosen.get("include", [])
    if not isinstance(include, list):
        raise wrong_field("ListOptions", "include", "Array")
    for at, name in enumerate(include):
        if not isinstance(name, str):
            raise wrong_element(at, "string")
    for name in include:
        if name not in ("httpMetadata", "customMetadata"):
            raise js_error("RangeError", f"Unsupported include value {name}")
    return include


class Wanted:
    """Which bytes a read asks for: `of(size)` says it of an object of that size."""

    def __init__(self, chosen: dict[str, Any]):
        given = chosen.get("range")
        self.header = _present(given.get("range")) if isinstance(given, Headers) else None
        is_object = "range" in chosen and not isinstance(given, Headers)
        self.numbers = _numbers(given) if is_object else None

    def of(self, size: int) -> Span:
        if self.header is not None:
            return ranges.of_header(self.header, size) or ranges.whole(size)
        return ranges.whole(size) if self.numbers is None else ranges.of_options(size, **self.numbers)


def _numbers(given: Any) -> dict[str, Any]:
    """Offset, length and suffix, refused as the runtime does. A list has a length as well."""
    fields = _struct(given, "GetOptions", "range", "Range or Headers")
    if isinstance(given, list):
        fields = {"length": len(given)}
    found = {name: _number(fields[name]) for name in _BOUNDS if name in fields}
    for name, value in found.items():
        _check_bound(name, value, [other for other in found if other != name])
    return found


_BOUNDS = {
    "offset": ("Invalid range. Starting offset", "Invalid range. Starting offset"),
    "length": ("Invalid range. Length", "Invalid range. Length"),
    "suffix": ("Invalid suffix. Suffix", "Invalid range. Suffix"),
}
"""What the words begin with that refuse a negative number, and one with a fraction."""


def _number(value: Any) -> float:
    if isinstance(value, int) and abs(value) > SAFE_INTEGER:
        raise js_error("TypeError", "Cannot convert a BigInt value to a number")
    return number_of(value)


def _check_bound(name: str, value: float, others: list[str]) -> None:
    if name == "suffix" and others:
        raise js_error("TypeError", f"Suffix is incompatible with {others[0]}.")
    negative, fraction = _BOUNDS[name]
    shown = "nan" if math.isnan(value) else text_of(value)
    if not value >= 0:
        raise js_error("RangeError", f"{negative} ({shown}) must be greater than or equal to 0.")
    if math.isfinite(value) and value != int(value):
        raise js_error("RangeError", f"{fraction} ({shown}) must be an integer, not floating point.")


def digests_of(chosen: dict[str, Any]) -> dict[str, bytes]:
    """The one checksum that a put promises, or none."""
    named = [name for name in HASHES if name in chosen]
    for name in named:
        if not isinstance(chosen[name], (str, bytes)):
            raise wrong_field("PutOptions", name, "JsBufferSource or string")
    found = {name: _digest(name, chosen[name]) for name in named[:1]}
    if len(named) > 1:
        raise js_error("TypeError", "You cannot specify multiple hashing algorithms.")
    return found


def _digest(name: str, value: str | bytes) -> bytes:
    called, size = HASHES[name], _DIGEST_BYTES[name]
    if isinstance(value, bytes):
        if len(value) != size:
            raise js_error("TypeError", f"{called} is {size} bytes, not {len(value)}")
        return value
    if len(value) != 2 * size:
        raise js_error("TypeError", f"{called} is {2 * size} hex characters, not {len(value)}")
    if not re.fullmatch(r"[0-9a-fA-F]*", value):
        raise js_error("TypeError", f"Provided {called} wasn't a valid hex string")
    return bytes.fromhex(value)


def storage_class_of(chosen: dict[str, Any], strict: bool) -> str:
    """The storage class of an object that is to be stored; one that nobody knows is Standard, with a warning."""
    wanted = _text(chosen.get("storageClass", STANDARD))
    if wanted in STORAGE_CLASSES:
        return wanted
    known = ", ".join(map(repr, STORAGE_CLASSES))
    complain(f"R2 stores as Standard what has the storageClass {wanted!r}; it knows {known}.", strict)
    return STANDARD


def refuse_encryption(given: dict[str, Any]) -> None:
    """An `ssecKey` is checked as the runtime does; to encrypt with it is not emulated."""
    key = given.get("ssecKey")
    if key is None:
        return
    if isinstance(key, str) and not re.fullmatch(r"[0-9a-f]+", key):
        raise js_error("Error", "SSE-C Key has invalid format")
    if len(key) != (64 if isinstance(key, str) else 32):
        raise js_error("Error", "SSE-C Key must be 32 bytes in length")
    raise NotEmulated("ssecKey (an object encrypted with your own key) is not emulated. Leave it out.")
