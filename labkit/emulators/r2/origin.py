"""What a bucket answers to a reader from the Internet, before any cache: headers, conditions, ranges, error pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import format_datetime, formatdate
from typing import TYPE_CHECKING

from labkit.emulators.caching.answers import Stored as Held
from labkit.emulators.caching.freshness import moment_of
from labkit.emulators.r2 import conditions, ranges
from labkit.emulators.r2.objects import HTTP_FIELDS, Stored
from labkit.emulators.r2.operations import Visit, units_of
from labkit.workers.ffi import JsException
from labkit.workers.js.responses import Response

if TYPE_CHECKING:
    from labkit.emulators.r2 import R2

_is_plain = re.compile(r"[\x20-\x7e\t]*").fullmatch
_DATES = ("if-modified-since", "if-unmodified-since")
MISSING = "Object not found", "There is no object of this name here, or it is not public."


async def read(
    bucket: R2, colo: str, key: str, retrieved: Callable[[Stored], int], action: str = "GetObject"
) -> Stored | None:
    """The object of a key, or None, after the way to the bucket and back: one operation, as S3 names it.

    `retrieved` says how many bytes of it are read. It is nobody's subrequest: readers call no binding. Refuses with
    `Refusal` what the bucket cannot answer.
    """
    with bucket.world.trace.event("r2", action, colo, key=key) as event:
        async with Visit(bucket, event, action, colo):
            stored = bucket.store.head(key)
            if stored is None:
                event.outcome = "miss"
                return None
            event.bytes = retrieved(stored)
            event.units = units_of(action, stored.storage_class, event.bytes)
            return stored


def headers_of(stored: Stored, cors: Mapping[str, str]) -> dict[str, str]:
    """The headers of an object that is served whole. What would break a header's line is left out."""
    found = {
        "accept-ranges": "bytes",
        "content-length": str(stored.size),
        "etag": stored.http_etag,
        "last-modified": formatdate(stored.uploaded, usegmt=True),
    }
    for field, value in stored.http.items():
        text = format_datetime(value, usegmt=True) if isinstance(value, datetime) else value
        if text is not None and _is_plain(text):
            found[HTTP_FIELDS[field]] = text
    return {**found, **cors}


def page(status: int, title: str, text: str, headers: Mapping[str, str] = {}) -> Response:
    """A page that says what is the matter."""
    body = f"<!DOCTYPE html><title>{title}</title><h1>{title}</h1><p>{text}</p>\n".encode()
    about = {"content-type": "text/html; charset=utf-8", "content-length": str(len(body))}
    return Response.arrived(status, about | dict(headers), body)


def whole(stored: Stored | None, cors: Mapping[str, str], unix: float) -> Held:
    """The object as a cache takes it in: whole, or the page that says that it is not there. It lasts no time yet."""
    if stored is not None:
        return Held(200, headers_of(stored, cors), stored.content, unix, unix)
    missing = page(404, *MISSING, cors)
    return Held(404, dict(missing.headers._items()), missing._body, unix, unix)  # type: ignore[arg-type]


def answer(stored: Stored | None, asked: Mapping[str, str], cors: Mapping[str, str]) -> Response:
    """The response that conditions and a range in the request's headers ask for."""
    if stored is None:
        return page(404, *MISSING, cors)
    headers = headers_of(stored, cors)
    failed = _failed(stored, asked)
    if failed is not None:
        status = 304 if failed in ("if-none-match", "if-modified-since") else 412
        return Response.arrived(304, headers) if status == 304 else page(412, "Precondition failed", failed, cors)
    wanted = range_of(asked, headers)
    if wanted is None:
        return Response.arrived(200, headers, stored.content)
    if ranges.is_beyond(wanted, stored.size):
        return page(416, "Range not satisfiable", wanted, {**cors, "content-range": f"bytes */{stored.size}"})
    span = ranges.of_header(wanted, stored.size)
    if span is None:
        return Response.arrived(200, headers, stored.content)
    headers["content-range"] = f"bytes {span.offset}-{span.offset + span.length - 1}/{stored.size}"
    headers["content-length"] = str(span.length)
    return Response.arrived(206, headers, span.of(stored.content))


def length_of(stored: Stored, asked: Mapping[str, str]) -> int:
    """Bytes of the object that answer such a request."""
    found = answer(stored, asked, {})
    return len(found._body or b"") if found.status in (200, 206) else 0  # type: ignore[arg-type]


def range_of(asked: Mapping[str, str], headers: Mapping[str, str]) -> str | None:
    """The range that counts: none where If-Range names another version than that of the headers."""
    known = asked.get("if-range")
    if known is not None and known not in (headers.get("etag"), headers.get("last-modified")):
        return None
    return asked.get("range")


def _failed(stored: Stored, asked: Mapping[str, str]) -> str | None:
    """The header whose condition does not hold. A date or etags that make no sense are no condition (RFC 9110, 13)."""
    usable = {name: text for name, text in asked.items() if name not in _DATES or moment_of(text) is not None}
    try:
        return conditions.of_headers(usable.get).failed(stored)
    except JsException:
        return None
