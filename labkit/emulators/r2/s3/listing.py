"""ListObjects and ListObjectsV2: what is in a bucket, in pages."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from urllib.parse import quote

from labkit import facts
from labkit.emulators.r2.objects import Stored
from labkit.emulators.r2.s3 import metadata, xml
from labkit.emulators.r2.s3.asks import Answer, Ask, document, quoted
from labkit.emulators.r2.s3.errors import S3Error
from labkit.emulators.r2.store import Page, group_of


async def list_objects_v2(ask: Ask) -> Answer:
    if ask.params["list-type"] != "2":
        raise S3Error("InvalidArgument", "Invalid List Type specified in Request")
    token, start = ask.params.get("continuation-token"), ask.params.get("start-after", "")
    most, page = await _listed(ask, _after(token) if token is not None else start)
    more = page.truncated
    text = Encoding(ask)
    return document(
        "ListBucketResult",
        [
            ("Name", ask.bucket_name),
            ("Prefix", text(ask.params.get("prefix", ""))),
            ("Delimiter", text(ask.params.get("delimiter") or None)),
            ("MaxKeys", most),
            ("EncodingType", text.name),
            ("KeyCount", len(page.objects) + len(page.prefixes)),
            ("IsTruncated", more),
            ("ContinuationToken", token),
            ("NextContinuationToken", _token(page.last) if more else None),
            ("StartAfter", text(start or None)),
            *_entries(ask, page, text, with_owner=ask.params.get("fetch-owner") == "true"),
        ],
    )


async def list_objects(ask: Ask) -> Answer:
    marker = ask.params.get("marker", "")
    most, page = await _listed(ask, marker)
    text = Encoding(ask)
    last = page.prefixes[-1] if page.prefixes and page.last.startswith(page.prefixes[-1]) else page.last
    return document(
        "ListBucketResult",
        [
            ("Name", ask.bucket_name),
            ("Prefix", text(ask.params.get("prefix", ""))),
            ("Marker", text(marker)),
            ("Delimiter", text(ask.params.get("delimiter") or None)),
            ("MaxKeys", most),
            ("EncodingType", text.name),
            ("IsTruncated", page.truncated),
            ("NextMarker", text(last) if page.truncated else None),
            *_entries(ask, page, text, with_owner=True),
        ],
    )


class Encoding:
    """How names are written: as they are, or percent-encoded where the client asked for `encoding-type=url`."""

    def __init__(self, ask: Ask):
        self.name = ask.params.get("encoding-type")
        if self.name not in (None, "url"):
            raise S3Error("InvalidArgument", "Invalid Encoding Method specified in Request")

    def __call__(self, name: str | None) -> str | None:
        return name if name is None or self.name is None else quote(name, safe="/")


def iso_date(unix: float) -> str:
    """The moment as S3's documents have it, in milliseconds."""
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{int(unix * 1000) % 1000:03d}Z"


async def _listed(ask: Ask, after: str) -> tuple[int, Page]:
    """How many were asked for, and the page. Asking for none gives none."""
    most = ask.count("max-keys", facts.value("r2.list_page"), facts.value("r2.list_page"))
    prefix, delimiter = ask.params.get("prefix", ""), ask.params.get("delimiter", "")
    action = "ListObjectsV2" if "list-type" in ask.params else "ListObjects"
    async with ask.bucket.operation(action, ask.call.colo, prefix=prefix):
        store = ask.bucket.store
        if most == 0:
            return 0, Page([], [])
        if group_of(after, prefix, delimiter) == after:  # a marker that names a group stands for all that is in it
            after = store.names.last(after) or after
        return most, store.listed(prefix, delimiter, after or None, most)


def _entries(ask: Ask, page: Page, text: Encoding, with_owner: bool) -> list[tuple[str, xml.Content]]:
    entries: list[tuple[str, xml.Content]] = [
        ("Contents", _entry(stored, text, ask.s3.account if with_owner else None)) for stored in page.objects
    ]
    return entries + [("CommonPrefixes", [("Prefix", text(prefix))]) for prefix in page.prefixes]


def _entry(stored: Stored, text: Encoding, owner: str | None) -> xml.Content:
    return [
        ("Key", text(stored.key)),
        ("LastModified", iso_date(stored.uploaded)),
        ("ETag", quoted(stored.etag)),
        ("Size", stored.size),
        ("Owner", [("ID", owner), ("DisplayName", owner)] if owner else None),
        ("StorageClass", metadata.NAMES[stored.storage_class]),
    ]


def _token(last: str) -> str:
    return base64.urlsafe_b64encode(last.encode()).decode()


def _after(token: str) -> str:
    """The name that a continuation token stands for. Refuses what is none."""
    try:
        name = base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        name = ""
    if not name:
        raise S3Error("InvalidArgument", "The continuation token provided is incorrect")
    return name
