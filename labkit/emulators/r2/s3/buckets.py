"""Operations on buckets: listed, made, deleted, and what is asked of one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from labkit.emulators.r2 import R2
from labkit.emulators.r2.operations import units_of
from labkit.emulators.r2.s3 import xml
from labkit.emulators.r2.s3.asks import Answer, Ask, document
from labkit.emulators.r2.s3.errors import S3Error
from labkit.emulators.r2.s3.listing import iso_date
from labkit.emulators.r2.s3.signatures import ALIASES, REGIONS

if TYPE_CHECKING:
    from labkit.emulators.r2.s3 import S3

_is_name = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,61})[a-z0-9]", re.ASCII).fullmatch


async def list_buckets(ask: Ask) -> Answer:
    """Every bucket of the account, in pages. R2 takes the parameters as headers too."""
    with ask.s3.event("ListBuckets", ask.call.colo) as event:
        event.units = units_of("ListBuckets")
    asked = _asked(ask)
    after = max(asked.get("start-after", ""), asked.get("continuation-token", ""))
    here = sorted(name for name, bucket in ask.s3.buckets.items() if ask.is_here(bucket))
    names = [name for name in here if name.startswith(asked.get("prefix", "")) and name > after]
    most = ask.count("max-buckets", ask.count("max-keys", 1000, 1000, asked), 1000)
    page, more = names[:most], len(names) > most
    token = page[-1] if more and page else None
    headers = {"cf-is-truncated": "true", "cf-next-continuation-token": token} if token else {}
    created = iso_date(ask.s3.world.epoch)
    return document(
        "ListAllMyBucketsResult",
        [
            ("Owner", [("ID", ask.s3.account), ("DisplayName", ask.s3.account)]),
            ("Buckets", [("Bucket", [("Name", name), ("CreationDate", created)]) for name in page]),
            ("IsTruncated", more),
            ("ContinuationToken", token),  # S3's word for the next one, where R2 says:
            ("NextContinuationToken", token),
        ],
        **headers,
    )


async def head_bucket(ask: Ask) -> Answer:
    async with ask.bucket.operation("HeadBucket", ask.call.colo):
        pass
    return Answer(200, {"x-amz-bucket-region": "auto"})


async def create_bucket(ask: Ask) -> Answer:
    """A new bucket of the lab, which nothing is bound to; its home is near whoever asks, or where it is said."""
    hint = _location(ask.content)
    with ask.s3.event("CreateBucket", ask.call.colo, bucket=ask.bucket_name) as event:
        event.units = units_of("CreateBucket")
        create(ask.s3, ask.bucket_name, hint, _jurisdiction(ask))
    return Answer(200, {"location": f"/{ask.bucket_name}"})


async def delete_bucket(ask: Ask) -> Answer:
    async with ask.bucket.operation("DeleteBucket", ask.call.colo):
        if ask.bucket.store.objects:
            raise S3Error("BucketNotEmpty")
        if ask.bucket_name not in ask.s3.made:
            raise S3Error("NotImplemented", "The lab does not delete a bucket that a Worker is bound to")
        drop(ask.s3, ask.bucket_name)
    return Answer(204)


async def get_location(ask: Ask) -> Answer:
    async with ask.bucket.operation("GetBucketLocation", ask.call.colo):
        pass
    return document("LocationConstraint", (ask.bucket.location or "auto").upper() if ask.bucket.location else "auto")


async def get_encryption(ask: Ask) -> Answer:
    """What every bucket has: https://developers.cloudflare.com/r2/reference/data-security/."""
    async with ask.bucket.operation("GetBucketEncryption", ask.call.colo):
        pass
    rule = [("ApplyServerSideEncryptionByDefault", [("SSEAlgorithm", "AES256")]), ("BucketKeyEnabled", True)]
    return document("ServerSideEncryptionConfiguration", [("Rule", rule)])


def make_missing(ask: Ask) -> None:
    """Make the bucket that an upload names, where there is none and the token may."""
    if ask.bucket_name in ask.s3.buckets:
        return
    if not ask.token.permits("CreateBucket", ask.bucket_name):
        raise S3Error("AccessDenied")
    create(ask.s3, ask.bucket_name, None, _jurisdiction(ask))


def _jurisdiction(ask: Ask) -> str | None:
    """That of a bucket which is made at the endpoint that was asked."""
    return None if ask.jurisdiction == "default" else ask.jurisdiction


def create(s3: S3, name: str, hint: str | None, jurisdiction: str | None) -> R2:
    """Make a bucket. Refuses a name that is no bucket's, and one that is taken."""
    if not _is_name(name):
        raise S3Error("InvalidBucketName")
    if name in s3.buckets:
        raise S3Error("BucketConflict")
    bucket = s3.made[name] = R2({"binding": name, "bucket_name": name, "jurisdiction": jurisdiction}, s3.world)
    bucket.location = hint
    s3.adopt(bucket)
    return bucket


def drop(s3: S3, name: str) -> None:
    """Delete a bucket that was made here."""
    s3.made.pop(name).retire()


def _location(content: bytes) -> str | None:
    """The location hint of a request for a new bucket; None where it is all the same."""
    if not content:
        return None
    text = xml.parsed(content, "CreateBucketConfiguration").text("LocationConstraint", "").strip().lower()
    if text not in REGIONS + ALIASES:
        raise S3Error(
            "InvalidRegionName", f"The region name '{text}' is not valid. Must be one of: {', '.join(REGIONS)}"
        )
    return None if text in ("auto", *ALIASES) else text


def _asked(ask: Ask) -> Mapping[str, str]:
    names = ("prefix", "start-after", "continuation-token", "max-keys")
    given = {name: ask.headers.get(f"cf-{name}", ask.params.get(name)) for name in names}
    return {name: value for name, value in given.items() if value is not None}
