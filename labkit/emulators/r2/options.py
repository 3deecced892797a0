"""A Worker's options that are structures: metadata, conditions, a range, a checksum, as objects or as Headers.

The words are the runtime's, which refuses before it asks the service.
"""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import Any

from labkit.emulators.javascript import as_utf8, number_of, text_of
from labkit.emulators.r2 import conditions, ranges
from labkit.emulators.r2.arguments import refuse_encryption, wrong_field
from labkit.emulators.r2.conditions import ALWAYS, ANY, Conditions, Etag
from labkit.emulators.r2.objects import HASHES, HTTP_FIELDS
from labkit.emulators.r2.ranges import Span
from labkit.workers.bindings import SAFE_INTEGER, js_error
from labkit.workers.js.dates import Date
from labkit.workers.js.headers import Headers
from labkit.workers.proxies import jsnull

_DIGEST_BYTES = {"md5": 16, "sha1": 20, "sha256": 32, "sha384": 48, "sha512": 64}


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
    return {as_utf8(name): _text(value) for name, value in given.items()}


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
    return Date.new(value).toString() if isinstance(value, datetime) else as_utf8(text_of(value))


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


class Asked:
    """What the options of a read ask for: `conditions`, and by `span(size)` the bytes of an object of that size."""

    def __init__(self, chosen: dict[str, Any]):
        self.conditions = conditions_of(chosen, "GetOptions")
        given = chosen.get("range")
        self.header = _present(given.get("range")) if isinstance(given, Headers) else None
        is_object = "range" in chosen and not isinstance(given, Headers)
        self.numbers = _numbers(given) if is_object else None
        refuse_encryption(chosen)

    def span(self, size: int) -> Span:
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
