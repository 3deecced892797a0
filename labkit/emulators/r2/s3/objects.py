"""Operations on one object: GetObject, HeadObject, PutObject, DeleteObject; and DeleteObjects, on a thousand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from labkit import facts
from labkit.emulators.r2 import conditions, ranges
from labkit.emulators.r2.conditions import Conditions
from labkit.emulators.r2.objects import Stored, check_key
from labkit.emulators.r2.operations import units_of
from labkit.emulators.r2.ranges import Span
from labkit.emulators.r2.s3 import checksums, metadata, xml
from labkit.emulators.r2.s3.asks import Answer, Ask, document, quoted
from labkit.emulators.r2.s3.errors import S3Error
from labkit.emulators.r2.s3.lifecycles import expiration_of
from labkit.workers.proxies import JsException

_is_suffix = re.compile(r"bytes=-[0-9]+").fullmatch
_response_header = re.compile(r"[\x20-\x7e]*").fullmatch
RESPONSES = ("cache-control", "content-disposition", "content-encoding", "content-language", "content-type", "expires")


async def get_object(ask: Ask) -> Answer:
    return await _read(ask, "GetObject")


async def head_object(ask: Ask) -> Answer:
    answer = await _read(ask, "HeadObject")
    return Answer(answer.status, {**answer.headers, "content-length": str(len(answer.body))})


async def _read(ask: Ask, action: str) -> Answer:
    bucket = ask.bucket
    async with bucket.operation(action, ask.call.colo, key=ask.key) as event:
        stored = found(ask, ask.key)
        check_read(conditions_of(ask.headers), stored)
        span = _span(ask, stored)
        body = stored.content if span is None else span.of(stored.content)
        sent = len(body) if action == "GetObject" else 0
        event.units, event.bytes = units_of(action, stored.storage_class, sent), sent
    headers = {**metadata.headers_of(stored), **expiration_of(bucket, stored), **_asked_for(ask)}
    if "partNumber" in ask.params and stored.part_bytes:
        headers["x-amz-mp-parts-count"] = str(parts_of(stored))
    if span is None:
        return Answer(200, {**headers, **_checksums(ask, stored)}, body)
    last = span.offset + span.length - 1
    return Answer(206, {**headers, "content-range": f"bytes {span.offset}-{last}/{stored.size}"}, body)


async def put_object(ask: Ask) -> Answer:
    http, headers = metadata.http_of(ask.headers), ask.headers
    custom = metadata.custom_of(headers, ask.bucket.store.metadata_limit)
    storage_class = metadata.storage_class_of(headers)
    wanted = conditions_of(headers)
    async with ask.bucket.operation("PutObject", ask.call.colo, key=ask.key) as event:
        store = ask.bucket.store
        check_write(wanted, store.head(ask.key))
        store.check(ask.key, ask.content, custom)
        store.admit(ask.key)
        event.units, event.bytes = units_of("PutObject", storage_class), len(ask.content)
        stored = store.put(
            ask.key, ask.content, http=http, custom=custom, checksums=ask.checksums, storage_class=storage_class
        )  # fmt: skip
    return Answer(200, {"etag": quoted(stored.etag), **_written(stored), **expiration_of(ask.bucket, stored)})


async def delete_object(ask: Ask) -> Answer:
    async with ask.bucket.operation("DeleteObject", ask.call.colo, key=ask.key):
        check_key(ask.key)
        ask.bucket.store.delete([ask.key])
    return Answer(204)


async def delete_objects(ask: Ask) -> Answer:
    root = xml.parsed(ask.content, "Delete")
    keys = [entry.text("Key") for entry in root.all("Object")]
    if not 0 < len(keys) <= facts.value("r2.delete_keys"):
        raise S3Error("MalformedXML")
    async with ask.bucket.operation("DeleteObjects", ask.call.colo, keys=len(keys)):
        ask.bucket.store.delete(keys)
    is_quiet = root.text("Quiet", "false").strip().lower() == "true"
    return document("DeleteResult", [] if is_quiet else [("Deleted", [("Key", key)]) for key in keys])


def found(ask: Ask, key: str) -> Stored:
    """The object of that name in the asked bucket, or NoSuchKey."""
    stored = ask.bucket.store.head(key)
    if stored is None:
        raise S3Error("NoSuchKey")
    return stored


def conditions_of(headers: dict[str, str], prefix: str = "") -> Conditions:
    """The preconditions that headers state. Clients leave out an etag's quotes, which S3 forgives.

    What was stored in the very second of If-Unmodified-Since has not been modified since (RFC 9110, 13.1.4); the
    binding's `uploadedBefore` means before.
    """

    def value(name: str) -> str | None:
        text = headers.get(prefix + name)
        is_bare = text is not None and "match" in name and '"' not in text and text.strip() not in ("*", "")
        return f'"{text.strip()}"' if is_bare and text else text

    try:
        stated = conditions.of_headers(value)
    except JsException as error:
        raise S3Error("InvalidArgument", str(error)) from None
    return stated if stated.before is None else replace(stated, before=stated.before + 1)


def check_read(wanted: Conditions, stored: Stored) -> None:
    """Refuse a read whose conditions do not hold: 304 where the reader has the object already, else 412."""
    failed = wanted.failed(stored)
    if failed in ("if-none-match", "if-modified-since"):
        headers = metadata.headers_of(stored)
        raise S3Error("NotModified", "", {name: headers[name] for name in ("etag", "last-modified")})
    if failed:
        raise S3Error("PreconditionFailed")


def check_write(wanted: Conditions, stored: Stored | None) -> None:
    """Refuse a write whose conditions do not hold of what is there."""
    if not wanted.hold(stored):
        raise S3Error("PreconditionFailed")


def _span(ask: Ask, stored: Stored) -> Span | None:
    """The bytes that are asked for; None where it is all of them."""
    if "partNumber" in ask.params:
        return _part(ask, stored)
    text = ask.headers.get("range")
    if text is None:
        return None
    if ranges.is_beyond(text, stored.size):
        raise S3Error("InvalidRange", "", {"content-range": f"bytes */{stored.size}"})
    span = ranges.of_header(text, stored.size)
    return ranges.whole(stored.size) if span is None and _is_suffix(text) else span  # one as long as all, or longer


def _part(ask: Ask, stored: Stored) -> Span | None:
    """The bytes of one part of what was uploaded in parts; anything else is one part, the whole."""
    if "range" in ask.headers:
        raise S3Error("InvalidRequest", "Cannot specify both Range header and partNumber query parameter")
    number, size = ask.count("partNumber", 1, 10**6), stored.part_bytes or max(stored.size, 1)
    if not 1 <= number <= parts_of(stored):
        raise S3Error("InvalidRange")
    start = (number - 1) * size
    return Span(start, min(size, stored.size - start)) if stored.part_bytes else None


def parts_of(stored: Stored) -> int:
    """In how many parts an object came."""
    return -(-stored.size // stored.part_bytes) if stored.part_bytes else 1


def _asked_for(ask: Ask) -> dict[str, str]:
    """The headers that a request gives its own answer (`response-content-type=...`)."""
    given = {name: ask.params.get(f"response-{name}") for name in RESPONSES}
    return {name: value for name, value in given.items() if value is not None and _response_header(value)}


def _checksums(ask: Ask, stored: Stored) -> dict[str, str]:
    return _written(stored) if ask.headers.get("x-amz-checksum-mode", "").upper() == "ENABLED" else {}


def _written(stored: Stored) -> dict[str, str]:
    return checksum_headers(stored.checksums, stored.etag)


def checksum_headers(known: Mapping[str, bytes], etag: str = "") -> dict[str, str]:
    """Checksums as headers, those that S3 knows; of a multipart upload with the number of its parts."""
    headers = {checksums.PREFIX + name: text for name, text in checksums.texts(known, etag)}
    if not headers:
        return {}
    is_of_parts = any(name.endswith(checksums.OF_PARTS) for name in known)
    return {**headers, "x-amz-checksum-type": "COMPOSITE" if is_of_parts else "FULL_OBJECT"}
