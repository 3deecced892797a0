"""Multipart uploads: begun, sent in parts, listed, completed or aborted."""

from __future__ import annotations

from typing import NamedTuple

from labkit import facts
from labkit.emulators.r2.operations import units_of
from labkit.emulators.r2.s3 import checksums, metadata, xml
from labkit.emulators.r2.s3.asks import Answer, Ask, document, quoted
from labkit.emulators.r2.s3.errors import S3Error
from labkit.emulators.r2.s3.lifecycles import abort_headers
from labkit.emulators.r2.s3.listing import Encoding, iso_date
from labkit.emulators.r2.s3.objects import check_write, checksum_headers, conditions_of
from labkit.emulators.r2.store import group_of
from labkit.emulators.r2.uploads import Part, Upload


class Chosen(NamedTuple):
    """A part as a client names it to complete an upload."""

    number: int
    etag: str
    checksums: dict[str, bytes]


async def create(ask: Ask) -> Answer:
    headers, store = ask.headers, ask.bucket.store
    http, custom = metadata.http_of(headers), metadata.custom_of(headers, store.metadata_limit)
    storage_class, algorithm = metadata.storage_class_of(headers), _algorithm(headers)
    async with ask.bucket.operation("CreateMultipartUpload", ask.call.colo, key=ask.key) as event:
        event.units = units_of("CreateMultipartUpload", storage_class)
        upload = store.uploads.create(
            ask.key, http=http, custom=custom, storage_class=storage_class, checksum=algorithm
        )  # fmt: skip
    names = [("Bucket", ask.bucket_name), ("Key", ask.key), ("UploadId", upload.id)]
    return document("InitiateMultipartUploadResult", names, **_announced(upload), **abort_headers(ask, upload))


async def upload_part(ask: Ask) -> Answer:
    upload_id, number = ask.params["uploadId"], part_number(ask)
    async with ask.bucket.operation("UploadPart", ask.call.colo, key=ask.key, part=number) as event:
        uploads = ask.bucket.store.uploads
        event.units = units_of("UploadPart", uploads.storage_class_of(upload_id))
        event.bytes = len(ask.content)
        part = uploads.put_part(ask.key, upload_id, number, ask.content, ask.checksums)
    return Answer(200, {"etag": quoted(part.md5.hex()), **checksum_headers(part.checksums)})


async def complete(ask: Ask) -> Answer:
    chosen, upload_id = _chosen(ask.content), ask.params["uploadId"]
    wanted = conditions_of(ask.headers)
    async with ask.bucket.operation("CompleteMultipartUpload", ask.call.colo, key=ask.key) as event:
        store = ask.bucket.store
        upload = store.uploads.find(ask.key, upload_id)
        event.units = units_of("CompleteMultipartUpload", upload.storage_class)
        check_write(wanted, store.head(ask.key))
        stored = store.uploads.complete(
            ask.key, upload_id, [_named(upload, each) for each in chosen], _composite(upload, chosen)
        )  # fmt: skip
    return document(
        "CompleteMultipartUploadResult",
        [
            ("Location", f"{ask.call.scheme}://{ask.call.host}{ask.call.path}"),
            ("Bucket", ask.bucket_name),
            ("Key", ask.key),
            ("ETag", quoted(stored.etag)),
            *[(f"Checksum{name.upper()}", value) for name, value in checksums.texts(stored.checksums, stored.etag)],
            ("ChecksumType", "COMPOSITE" if stored.checksums else None),
        ],
    )


async def abort(ask: Ask) -> Answer:
    async with ask.bucket.operation("AbortMultipartUpload", ask.call.colo, key=ask.key):
        uploads, upload_id = ask.bucket.store.uploads, ask.params["uploadId"]
        uploads.find(ask.key, upload_id)
        uploads.abort(ask.key, upload_id)
    return Answer(204)


async def list_parts(ask: Ask) -> Answer:
    most = ask.count("max-parts", 1000, 1000)
    marker = ask.count("part-number-marker", 0, facts.value("r2.parts"))
    async with ask.bucket.operation("ListParts", ask.call.colo, key=ask.key):
        upload = ask.bucket.store.uploads.find(ask.key, ask.params["uploadId"])
        parts = [part for _, part in sorted(upload.parts.items()) if part.number > marker]
    page, more = parts[:most], len(parts) > most
    return document(
        "ListPartsResult",
        [
            ("Bucket", ask.bucket_name),
            ("Key", ask.key),
            ("UploadId", upload.id),
            *_people(ask),
            ("StorageClass", metadata.NAMES[upload.storage_class]),
            ("PartNumberMarker", marker),
            ("NextPartNumberMarker", page[-1].number if page else marker),
            ("MaxParts", most),
            ("IsTruncated", more),
            *[("Part", _part(part)) for part in page],
        ],
    )


async def list_uploads(ask: Ask) -> Answer:
    most, params, text = ask.count("max-uploads", 1000, 1000), ask.params, Encoding(ask)
    prefix, delimiter = params.get("prefix", ""), params.get("delimiter", "")
    marker = params.get("key-marker", ""), params.get("upload-id-marker", "")
    async with ask.bucket.operation("ListMultipartUploads", ask.call.colo, prefix=prefix):
        uploads = [each for each in ask.bucket.store.uploads.open() if each.key.startswith(prefix)]
    groups = _grouped(_behind(uploads, *marker, group_of(marker[0], prefix, delimiter)), prefix, delimiter)
    page, more = groups[:most], len(groups) > most
    last = page[-1] if page else ("", None)
    return document(
        "ListMultipartUploadsResult",
        [
            ("Bucket", ask.bucket_name),
            ("KeyMarker", text(marker[0])),
            ("UploadIdMarker", marker[1]),
            ("NextKeyMarker", text(last[0]) if more else None),
            ("NextUploadIdMarker", last[1].id if more and last[1] else None),
            ("Prefix", text(prefix)),
            ("Delimiter", text(delimiter or None)),
            ("EncodingType", text.name),
            ("MaxUploads", most),
            ("IsTruncated", more),
            *[("Upload", _upload(ask, each, text)) for _, each in page if each],
            *[("CommonPrefixes", [("Prefix", text(group))]) for group, each in page if each is None],
        ],
    )


def part_number(ask: Ask) -> int:
    """The number of the part that a request sends."""
    text, most = ask.params.get("partNumber", ""), facts.value("r2.parts")
    if not text.isascii() or not text.isdigit() or len(text) > 6 or not 1 <= int(text) <= most:
        raise S3Error("InvalidArgument", f"Part number must be an integer between 1 and {most}, inclusive")
    return int(text)


def _algorithm(headers: dict[str, str]) -> str | None:
    name = headers.get("x-amz-checksum-algorithm")
    if name is not None and name.lower() not in checksums.ALGORITHMS:
        raise S3Error("InvalidRequest", "Checksum algorithm provided is unsupported.")
    return name and name.lower()


def _announced(upload: Upload) -> dict[str, str]:
    if upload.checksum is None:
        return {}
    return {"x-amz-checksum-algorithm": upload.checksum.upper(), "x-amz-checksum-type": "COMPOSITE"}


def _chosen(content: bytes) -> list[Chosen]:
    """The parts that a client wants joined. Refuses none, and any other order than that of their numbers."""
    root = xml.parsed(content, "CompleteMultipartUpload")
    found = [Chosen(part.number("PartNumber"), part.text("ETag").strip().strip('"'), _sums(part)) for part in root]
    if not 0 < len(found) <= facts.value("r2.parts"):
        raise S3Error("MalformedXML")
    if any(second.number <= first.number for first, second in zip(found, found[1:], strict=False)):
        raise S3Error("InvalidPartOrder")
    return found


def _sums(part: xml.Element) -> dict[str, bytes]:
    names = {f"Checksum{name.upper()}": name for name in checksums.ALGORITHMS}
    return {
        names[child.name]: checksums.read(names[child.name], child.content) for child in part if child.name in names
    }


def _named(upload: Upload, chosen: Chosen) -> tuple[int, str]:
    """A part's number and its own etag, where the client gave its MD5, which is its etag in S3."""
    part = upload.parts.get(chosen.number)
    is_it = part is not None and part.md5.hex() == chosen.etag
    if part and any(part.checksums.get(name, value) != value for name, value in chosen.checksums.items()):
        raise S3Error("InvalidPart")
    return chosen.number, part.etag if part and is_it else chosen.etag


def _composite(upload: Upload, chosen: list[Chosen]) -> dict[str, bytes]:
    """The checksum of the parts' checksums, where every part came with one of the announced algorithm."""
    name, parts = upload.checksum or "", [upload.parts.get(each.number) for each in chosen]
    sums = [part.checksums[name] for part in parts if part and name in part.checksums]
    return {f"{name}{checksums.OF_PARTS}": checksums.composite(name, sums)} if sums and len(sums) == len(parts) else {}


def _people(ask: Ask) -> list[tuple[str, xml.Content]]:
    account: xml.Content = [("ID", ask.s3.account), ("DisplayName", ask.s3.account)]
    return [("Initiator", account), ("Owner", account)]


def _part(part: Part) -> xml.Content:
    return [
        ("PartNumber", part.number),
        ("LastModified", iso_date(part.uploaded)),
        ("ETag", quoted(part.md5.hex())),
        ("Size", part.size),
        *[(f"Checksum{name.upper()}", value) for name, value in checksums.texts(part.checksums)],
    ]


def _upload(ask: Ask, upload: Upload, text: Encoding) -> xml.Content:
    return [
        ("Key", text(upload.key)),
        ("UploadId", upload.id),
        *_people(ask),
        ("StorageClass", metadata.NAMES[upload.storage_class]),
        ("Initiated", iso_date(upload.started)),
    ]


def _behind(uploads: list[Upload], key: str, upload_id: str, group: str | None) -> list[Upload]:
    """The uploads after a key; of that key itself, those after an upload's id; of a group, none."""
    if group == key:
        return [each for each in uploads if each.key > key and not each.key.startswith(key)]
    ids = [each.id for each in uploads if each.key == key]
    done = ids[: ids.index(upload_id) + 1] if upload_id in ids else ids
    return [each for each in uploads if each.key > key or (each.key == key and upload_id and each.id not in done)]


def _grouped(uploads: list[Upload], prefix: str, delimiter: str) -> list[tuple[str, Upload | None]]:
    """Uploads by key, and what a delimiter makes one group of, without an upload."""
    entries: dict[tuple[str, str], tuple[str, Upload | None]] = {}
    for each in uploads:
        group = group_of(each.key, prefix, delimiter)
        entries.setdefault((group or each.key, "" if group else each.id), (group or each.key, None if group else each))
    return list(entries.values())
