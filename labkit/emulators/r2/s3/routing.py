"""Which operation a request asks for, on which bucket and key, and what R2 does not have of S3.

https://developers.cloudflare.com/r2/api/s3/api/. A key is a name and no path: `../` in it leads nowhere.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from labkit.emulators.r2.s3.calls import Call
from labkit.emulators.r2.s3.errors import S3Error

_PLATFORM = re.compile(
    r"(?:(?P<bucket>[^.]+)\.)?(?P<account>(?!eu\.|fedramp\.)[^.]+)(?:\.(?P<jurisdiction>eu|fedramp))?"
    r"\.r2\.cloudflarestorage\.com"
)
_LOOPBACK = re.compile(r"(?:(?P<bucket>[^.]+)\.)?localhost")

UNIMPLEMENTED_PARAMS = frozenset(
    "accelerate acl analytics attributes intelligent-tiering inventory legal-hold logging metrics notification "
    "object-lock ownershipControls policy policyStatus publicAccessBlock replication requestPayment restore retention "
    "select tagging torrent versionId versioning versions website X-Amz-Security-Token".split()
)
"""Subresources of S3 that R2 answers with 501; and temporary credentials, which it has and the lab has not."""

UNIMPLEMENTED_HEADERS = frozenset(
    "x-amz-acl x-amz-bucket-object-lock-enabled x-amz-bypass-governance-retention x-amz-expected-bucket-owner "
    "x-amz-grant-full-control x-amz-grant-read x-amz-grant-read-acp x-amz-grant-write x-amz-grant-write-acp x-amz-mfa "
    "x-amz-object-lock-legal-hold x-amz-object-lock-mode x-amz-object-lock-retain-until-date x-amz-request-payer "
    "x-amz-server-side-encryption x-amz-server-side-encryption-aws-kms-key-id "
    "x-amz-server-side-encryption-bucket-key-enabled x-amz-server-side-encryption-context "
    "x-amz-security-token x-amz-server-side-encryption-customer-algorithm x-amz-source-expected-bucket-owner "
    "x-amz-tagging x-amz-tagging-directive x-amz-website-redirect-location".split()
)
"""Headers that R2 answers with 501; and keys of the customer's (SSE-C) and temporary credentials, as above."""

_BUCKET = {
    "GET": ("location:GetBucketLocation", "cors:GetBucketCors", "lifecycle:GetBucketLifecycleConfiguration",
            "encryption:GetBucketEncryption", "uploads:ListMultipartUploads", "list-type:ListObjectsV2",
            ":ListObjects"),
    "HEAD": (":HeadBucket",),
    "PUT": ("cors:PutBucketCors", "lifecycle:PutBucketLifecycleConfiguration", ":CreateBucket"),
    "DELETE": ("cors:DeleteBucketCors", "lifecycle:DeleteBucketLifecycle", ":DeleteBucket"),
    "POST": ("delete:DeleteObjects",),
}  # fmt: skip
_OBJECT = {
    "GET": ("uploadId:ListParts", ":GetObject"),
    "HEAD": (":HeadObject",),
    "PUT": ("uploadId:UploadPart", ":PutObject"),
    "DELETE": ("uploadId:AbortMultipartUpload", ":DeleteObject"),
    "POST": ("uploads:CreateMultipartUpload", "uploadId:CompleteMultipartUpload"),
}
"""By method: the parameter that tells an operation from others, and its name; the first that fits is meant."""


class Route(NamedTuple):
    """What is asked for. `bucket` is "" for the account, `key` for the bucket itself.

    `jurisdiction` is that of the host that was asked, None where the host is no matter.
    """

    operation: str
    bucket: str
    key: str
    jurisdiction: str | None


def route(call: Call) -> Route:
    """The operation that a request asks for. Refuses what S3 or R2 has no operation for."""
    bucket, key, jurisdiction = addressed(call)
    if missing := sorted(UNIMPLEMENTED_PARAMS & call.params.keys()):
        raise S3Error("NotImplemented", f"{_kind(bucket, key)} search parameter {missing[0]} not implemented")
    operation = _operation(call, bucket, key)
    for header in sorted(UNIMPLEMENTED_HEADERS & call.headers.keys()):
        if (header, call.headers[header]) != ("x-amz-acl", "private"):
            raise S3Error("NotImplemented", f"Header '{header}' with value '{call.headers[header]}' not implemented")
    return Route(operation, bucket, key, jurisdiction)


def addressed(call: Call) -> tuple[str, str, str | None]:
    """The bucket, the key and the jurisdiction, from the host (virtual-hosted style) or the path (path style).

    The path is read as it decodes, for so it is signed: `/bucket%2Fkey` is `/bucket/key`.
    """
    name = re.sub(r":\d*$", "", call.host).lower()
    found = _PLATFORM.fullmatch(name)
    jurisdiction = (found["jurisdiction"] or "default") if found else None
    found = found or _LOOPBACK.fullmatch(name)
    path = _decoded(call.path).removeprefix("/")
    if found and found["bucket"]:
        return found["bucket"], path, jurisdiction
    bucket, _, key = path.partition("/")
    return bucket, key, jurisdiction


def _decoded(path: str) -> str:
    try:
        return unquote_to_bytes(path).decode()
    except UnicodeDecodeError:
        raise S3Error("InvalidURI") from None


def _operation(call: Call, bucket: str, key: str) -> str:
    if not bucket and key:
        raise S3Error("InvalidBucketName")
    if not bucket:
        if call.method != "GET":
            raise S3Error("MethodNotAllowed")
        return "ListBuckets"
    known = (_OBJECT if key else _BUCKET).get(call.method, ())
    for entry in known:
        param, _, name = entry.partition(":")
        if not param or param in call.params:
            return _copied(call, name)
    if call.method == "POST":
        raise S3Error("NotImplemented", "POST uploads by HTML forms are not implemented")
    raise S3Error("MethodNotAllowed")


def _copied(call: Call, name: str) -> str:
    """The operation that takes its content from another object where a header names one."""
    if "x-amz-copy-source" not in call.headers:
        return name
    return {"PutObject": "CopyObject", "UploadPart": "UploadPartCopy"}.get(name, name)


def _kind(bucket: str, key: str) -> str:
    return "Object" if key else "Bucket" if bucket else "ListBuckets"
