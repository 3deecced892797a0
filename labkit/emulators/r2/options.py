"""What a Worker passes to a bucket, as the emulator needs it: keys, values, metadata, conditions, ranges, checksums.

The words are those of the runtime, which refuses before it asks the service.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from labkit.emulators.javascript import text_of
from labkit.emulators.r2 import conditions, ranges
from labkit.emulators.r2.conditions import ALWAYS, ANY, Conditions, Etag
from labkit.emulators.r2.objects import HASHES, HTTP_FIELDS, STANDARD, STORAGE_CLASSES
from labkit.emulators.r2.ranges import Span
from labkit.errors import NotEmulated
from labkit.workers.bindings import checked, js_error
from labkit.workers.ffi import JsException
from labkit.workers.js.blobs import Blob
from labkit.workers.js.dates import Date
from labkit.workers.js.headers import Headers
from labkit.workers.js.stream_sources import Chunks
from labkit.workers.js.streams import ReadableStream
from labkit.workers.proxies import jsnull

_DIGEST_BYTES = {"md5": 16, "sha1": 20, "sha256": 32, "sha384": 48, "sha512": 64}
_VALUE = "ReadableStream or ArrayBuffer or ArrayBufferView or string or Blob"


def wrong_parameter(method: str, position: int, wanted: str, kind: str = "R2Bucket") -> JsException:
    return js_error(
        "TypeError", f"Failed to execute '{method}' on '{kind}': parameter {position} is not of type '{wanted}'."
    )


def key_of(key: Any) -> str:
    """The key as text; a number becomes its digits, a list its items with commas."""
    return key if isinstance(key, str) else text_of(checked(key))


async def content_of(value: Any, refusal: JsException) -> bytes:
    """The bytes of a value that a bucket takes. Raises `refusal` for one that it does not."""
    if isinstance(value, str):
        return value.encode(errors="replace")
    if isinstance(value, (bytes, memoryview)):
        return bytes(value)
    value = checked(getattr(value, "js_object", value))
    if isinstance(value, bytes):
        return value
    if isinstance(value, Blob):
        return value._data
    if not isinstance(value, ReadableStream):
        raise refusal
    if value._length is None and not isinstance(value._source, Chunks):
        raise js_error(
            "TypeError",
            "Provided readable stream must have a known length (request/response body or readable half of "
            "FixedLengthStream)",
        )
    return await value._bytes()


def http_of(given: Any) -> dict[str, Any]:
    """`httpMetadata`, which is an object or Headers."""
    if isinstance(given, Headers):
        found = {name: given.get(header) for name, header in HTTP_FIELDS.items()}
        fields = {name: value for name, value in found.items() if value is not jsnull}
        if "cacheExpiry" in fields:
            fields["cacheExpiry"] = Date.new(fields["cacheExpiry"])._moment()
        return fields
    if not isinstance(given, dict):
        return {}
    fields = {name: given[name] for name in HTTP_FIELDS if name in given}
    return {name: value if name == "cacheExpiry" else text_of(value) for name, value in fields.items()}


def custom_of(given: Any) -> dict[str, str]:
    """`customMetadata`: names and values as text."""
    return {name: text_of(value) for name, value in given.items()} if isinstance(given, dict) else {}


def conditions_of(given: Any) -> Conditions:
    """`onlyIf`, which is an object or Headers."""
    if given is None:
        return ALWAYS
    if isinstance(given, Headers):
        return conditions.of_headers(lambda name: _present(given.get(name)))
    if not isinstance(given, dict):
        return ALWAYS
    return Conditions(
        _single(given.get("etagMatches")),
        _single(given.get("etagDoesNotMatch")),
        _seconds(given.get("uploadedBefore")),
        _seconds(given.get("uploadedAfter")),
        whole_seconds=bool(given.get("secondsGranularity")),
    )


def _present(value: Any) -> str | None:
    return None if value is jsnull else value


def _single(etag: Any) -> tuple[Etag, ...] | None:
    if etag is None:
        return None
    if len(etag) > 1 and etag.startswith('"') and etag.endswith('"'):
        raise js_error("TypeError", f"Conditional ETag should not be wrapped in quotes ({etag}).")
    return (ANY,) if etag == "*" else (Etag(etag),)


def _seconds(moment: Any) -> float | None:
    return moment.timestamp() if isinstance(moment, datetime) else None


class Wanted:
    """Which bytes a read asks for: `of(size)` says it of an object of that size."""

    def __init__(self, given: Any):
        self.header = _present(given.get("range")) if isinstance(given, Headers) else None
        self.numbers = _numbers(given) if isinstance(given, dict) else {}

    def of(self, size: int) -> Span:
        if self.header is not None:
            return ranges.of_header(self.header, size) or ranges.whole(size)
        return ranges.of_options(size, **self.numbers) if self.numbers else ranges.whole(size)


def _numbers(given: dict[str, Any]) -> dict[str, int]:
    """Offset, length and suffix, refused as the runtime does."""
    found = {name: given[name] for name in ("offset", "length", "suffix") if given.get(name) is not None}
    for name, value in found.items():
        _check_number(name, value)
        if name == "suffix" and len(found) > 1:
            other = "offset" if "offset" in found else "length"
            raise js_error("TypeError", f"Suffix is incompatible with {other}.")
    return {name: int(value) for name, value in found.items()}


def _check_number(name: str, value: Any) -> None:
    what = {"offset": "Invalid range. Starting offset", "length": "Invalid range. Length"}
    if value < 0:
        words = what.get(name, "Invalid suffix. Suffix")
        raise js_error("RangeError", f"{words} ({text_of(value)}) must be greater than or equal to 0.")
    if value != int(value):
        words = what.get(name, "Invalid range. Suffix")
        raise js_error("RangeError", f"{words} ({text_of(value)}) must be an integer, not floating point.")


def digests_of(given: dict[str, Any]) -> dict[str, bytes]:
    """The one checksum that a put promises, or none."""
    named = [name for name in HASHES if given.get(name) is not None]
    if len(named) > 1:
        raise js_error("TypeError", "You cannot specify multiple hashing algorithms.")
    return {name: _digest(name, given[name]) for name in named}


def _digest(name: str, value: Any) -> bytes:
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


def storage_class_of(given: dict[str, Any], usual: str = STANDARD) -> str:
    """The storage class of an object that is to be stored."""
    wanted = given.get("storageClass")
    return wanted if wanted in STORAGE_CLASSES else usual


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
