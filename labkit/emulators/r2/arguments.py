"""A Worker's arguments to a bucket: keys, values, and the options that are text or a list; and the words of refusals.

The words are the runtime's, which refuses before it asks the service. What is a structure is for `options`.
"""

from __future__ import annotations

import re
from types import NoneType
from typing import Any

from labkit.emulators.javascript import as_utf8, text_of
from labkit.emulators.r2.objects import HTTP_FIELDS, STANDARD, STORAGE_CLASSES
from labkit.errors import NotEmulated
from labkit.workers.bindings import checked, complain, js_error, unknown_option
from labkit.workers.ffi import JsException
from labkit.workers.js.blobs import Blob
from labkit.workers.js.headers import Headers
from labkit.workers.js.streams import ReadableStream

_FIELDS = {
    "onlyIf": ("etagMatches", "etagDoesNotMatch", "uploadedBefore", "uploadedAfter", "secondsGranularity"),
    "range": ("offset", "length", "suffix"),
    "httpMetadata": tuple(HTTP_FIELDS),
}
"""What the runtime reads of an option that is an object."""


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
    return as_utf8(text_of(checked(key)))


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


def text_field(chosen: dict[str, Any], name: str) -> str | None:
    """An option of `list` that must be text."""
    if name not in chosen:
        return None
    if not isinstance(chosen[name], str):
        raise wrong_field("ListOptions", name, "string")
    return as_utf8(chosen[name])


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


def storage_class_of(chosen: dict[str, Any], strict: bool) -> str:
    """The storage class of an object that is to be stored; one that nobody knows is Standard, with a warning."""
    wanted = text_of(chosen.get("storageClass", STANDARD))
    if wanted in STORAGE_CLASSES:
        return wanted
    known = ", ".join(map(repr, STORAGE_CLASSES))
    complain(f"R2 stores as Standard what has the storageClass {wanted!r}; it knows {known}.", strict)
    return STANDARD


def check_fields(method: str, chosen: dict[str, Any], strict: bool) -> None:
    """Say what the runtime ignores of the options that are objects: fields, or all of what has none."""
    for name, known in _FIELDS.items():
        given = chosen.get(name)
        if isinstance(given, dict):
            for field in given.keys() - set(known):
                unknown_option(f"{method} in {name}", field, known, strict=strict)
        elif not isinstance(given, (Headers, list, str, int, float, NoneType)):
            words = f"{method} reads nothing of {name}, a {type(given).__name__}: give a dict, or JavaScript's Headers"
            complain(f"{words}, such as request.js_object.headers.", strict)


def refuse_encryption(given: dict[str, Any]) -> None:
    """An `ssecKey` is checked as the runtime does; to encrypt with it is not emulated."""
    key = given.get("ssecKey")
    if key is None:
        return
    key = key if isinstance(key, bytes) else text_of(key)
    if isinstance(key, str) and not re.fullmatch(r"[0-9a-f]+", key):
        raise js_error("Error", "SSE-C Key has invalid format")
    if len(key) != (64 if isinstance(key, str) else 32):
        raise js_error("Error", "SSE-C Key must be 32 bytes in length")
    raise NotEmulated("ssecKey (an object encrypted with your own key) is not emulated. Leave it out.")
