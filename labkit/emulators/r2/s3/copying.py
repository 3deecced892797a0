"""CopyObject and UploadPartCopy: content that comes from another object, of this bucket or another."""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

from labkit.emulators.r2 import R2
from labkit.emulators.r2.objects import Stored
from labkit.emulators.r2.operations import units_of
from labkit.emulators.r2.s3 import checksums, metadata
from labkit.emulators.r2.s3.asks import Answer, Ask, document, quoted
from labkit.emulators.r2.s3.errors import S3Error
from labkit.emulators.r2.s3.listing import iso_date
from labkit.emulators.r2.s3.multipart import part_number
from labkit.emulators.r2.s3.objects import check_write, conditions_of

SOURCE, DESTINATION = "x-amz-copy-source-", "cf-copy-destination-"
DIRECTIVES = ("COPY", "REPLACE", "MERGE")

_range = re.compile(r"bytes=(\d{1,18})-(\d{1,18})").fullmatch


class Source(NamedTuple):
    """Where a copy comes from."""

    bucket: R2
    key: str


async def copy_object(ask: Ask) -> Answer:
    """A copy. What its metadata is, the directive says; MERGE is R2's own."""
    source, directive = source_of(ask), ask.headers.get("x-amz-metadata-directive", "COPY")
    if directive not in DIRECTIVES:
        raise S3Error("InvalidArgument", "Unknown metadata directive.")
    wanted = conditions_of(ask.headers, DESTINATION)
    store = ask.bucket.store
    async with ask.bucket.operation("CopyObject", ask.call.colo, key=ask.key, source=source.key) as event:
        stored = found_at(source, ask)
        if source == (ask.bucket, ask.key) and directive == "COPY" and "x-amz-storage-class" not in ask.headers:
            raise S3Error("InvalidRequest", "This copy request is illegal because it is trying to copy an object to "
                          "itself without changing the object's metadata, storage class, website redirect location or "
                          "encryption attributes.")  # fmt: skip
        check_write(wanted, store.head(ask.key))
        http, custom = _metadata(ask, stored, directive)
        store.check(ask.key, stored.content, custom)
        store.admit(ask.key)
        storage_class = metadata.storage_class_of(ask.headers, stored.storage_class)
        event.units, event.bytes = units_of("CopyObject", storage_class), stored.size
        sums = {name: value for name, value in stored.checksums.items() if not name.endswith(checksums.OF_PARTS)}
        copy = store.put(
            ask.key, stored.content, http=http, custom=custom, checksums=sums, storage_class=storage_class,
            action="CopyObject", source=(source.bucket.name, source.key),
        )  # fmt: skip
    return document("CopyObjectResult", [("LastModified", iso_date(copy.uploaded)), ("ETag", quoted(copy.etag))])


async def upload_part_copy(ask: Ask) -> Answer:
    source, upload_id, number = source_of(ask), ask.params["uploadId"], part_number(ask)
    async with ask.bucket.operation("UploadPartCopy", ask.call.colo, key=ask.key, source=source.key) as event:
        uploads = ask.bucket.store.uploads
        stored = found_at(source, ask)
        content = _part_of(stored, ask.headers.get(f"{SOURCE}range"))
        event.units, event.bytes = units_of("UploadPartCopy", uploads.storage_class_of(upload_id)), len(content)
        part = uploads.put_part(ask.key, upload_id, number, content)
    result = [("LastModified", iso_date(part.uploaded)), ("ETag", quoted(part.md5.hex()))]
    return document("CopyPartResult", result)


def source_of(ask: Ask) -> Source:
    """The object that a copy comes from: `/bucket/key`, percent-encoded. The token must read there too."""
    text, _, version = ask.headers["x-amz-copy-source"].partition("?")
    if version:
        raise S3Error("NotImplemented", "R2 has no versions of an object to copy")
    try:
        bucket, _, key = unquote_to_bytes(text).decode().removeprefix("/").partition("/")
    except UnicodeDecodeError:
        raise S3Error("InvalidArgument", "Invalid copy source encoding.") from None
    if not bucket or not key:
        raise S3Error("InvalidArgument", "Invalid copy source object key")
    if not ask.token.permits("GetObject", bucket):
        raise S3Error("AccessDenied")
    found = ask.bucket_of(bucket)
    if found.jurisdiction != ask.bucket.jurisdiction:  # what is in a jurisdiction does not leave it
        raise S3Error("NoSuchBucket")
    return Source(found, key)


def found_at(source: Source, ask: Ask) -> Stored:
    """The object there. Refuses where the conditions upon the source do not hold: 412, always."""
    stored = source.bucket.store.head(source.key)
    if stored is None:
        raise S3Error("NoSuchKey")
    if not conditions_of(ask.headers, SOURCE).hold(stored):
        raise S3Error("PreconditionFailed")
    return stored


def _metadata(ask: Ask, stored: Stored, directive: str) -> tuple[dict[str, Any], dict[str, str]]:
    http, custom = dict(stored.http), dict(stored.custom)
    if directive == "COPY":
        return http, custom
    given = metadata.http_of(ask.headers), metadata.custom_of(ask.headers, ask.bucket.store.metadata_limit)
    return given if directive == "REPLACE" else ({**http, **given[0]}, {**custom, **given[1]})


def _part_of(stored: Stored, span: str | None) -> bytes:
    """The bytes of the source that a part is made of. Unlike a Range, both ends are named and must be there."""
    if span is None:
        return stored.content
    found = _range(span)
    if found is None:
        raise S3Error("InvalidArgument", "The x-amz-copy-source-range value must be of the form bytes=first-last")
    first, last = int(found[1]), int(found[2])
    if not first <= last < stored.size:
        raise S3Error("InvalidRange")
    return stored.content[first : last + 1]
