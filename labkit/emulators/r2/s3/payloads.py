"""The content of a request's body, once everything that was said of it is found true."""

from __future__ import annotations

import hashlib
import hmac
import re

from labkit.emulators.r2.s3 import checksums, chunked
from labkit.emulators.r2.s3.calls import Call
from labkit.emulators.r2.s3.errors import S3Error
from labkit.emulators.r2.s3.signatures import UNSIGNED, Verified

_sha256 = re.compile(r"[0-9a-f]{64}").fullmatch


def content(call: Call, verified: Verified) -> tuple[bytes, dict[str, bytes]]:
    """The body without its chunks' frames, and the checksums that came with it, checked.

    Refuses a body whose SHA-256, MD5, length or checksum is another than was signed or sent.
    """
    declared, headers = verified.signed.payload, call.headers
    body, trailer = call.body, {}
    if declared in chunked.KINDS:
        body, trailer = chunked.decoded(body, declared, verified)
        _check_length(headers, body)
        _check_trailer(headers, trailer)
    elif declared != UNSIGNED:
        _check_sha256(declared, body)
    return body, checksums.checked({**headers, **trailer}, body)


def _check_sha256(declared: str, body: bytes) -> None:
    if not _sha256(declared):
        raise S3Error("InvalidArgument", "x-amz-content-sha256 must be UNSIGNED-PAYLOAD or a valid sha256 value.")
    if not hmac.compare_digest(hashlib.sha256(body).hexdigest(), declared):
        raise S3Error("XAmzContentSHA256Mismatch")


def _check_length(headers: dict[str, str], body: bytes) -> None:
    declared = headers.get("x-amz-decoded-content-length")
    if declared is None:
        raise S3Error("MissingContentLength")
    if declared != str(len(body)):
        raise S3Error("IncompleteBody")


def _check_trailer(headers: dict[str, str], trailer: dict[str, str]) -> None:
    """The trailer has the lines that x-amz-trailer announced, and no others."""
    announced = {name.strip().lower() for name in headers.get("x-amz-trailer", "").split(",") if name.strip()}
    if announced != trailer.keys():
        raise S3Error("MalformedTrailerError")
