"""The checksums that S3 clients send and ask for: of a whole body, or in parts (`x-amz-checksum-*`).

R2 has CRC-64/NVME of a whole object, and CRC-32, CRC-32C, SHA-1 and SHA-256 of a multipart upload's parts' checksums:
https://developers.cloudflare.com/r2/api/s3/api/#checksum-types.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from collections.abc import Callable, Mapping
from itertools import chain

from labkit.emulators.r2.s3.crcs import crc
from labkit.emulators.r2.s3.errors import S3Error

PREFIX = "x-amz-checksum-"
OF_PARTS = "-parts"
"""What ends the name under which an object keeps a checksum of its parts' checksums."""


def _crc32(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(4, "big")


def _crc32c(data: bytes) -> bytes:
    return crc(data, 0x82F63B78, 32).to_bytes(4, "big")


def _crc64nvme(data: bytes) -> bytes:
    return crc(data, 0x9A6C9329AC4BC9B5, 64).to_bytes(8, "big")


ALGORITHMS: dict[str, Callable[[bytes], bytes]] = {
    "crc32": _crc32,
    "crc32c": _crc32c,
    "crc64nvme": _crc64nvme,
    "sha1": lambda data: hashlib.sha1(data, usedforsecurity=False).digest(),
    "sha256": lambda data: hashlib.sha256(data).digest(),
}
SIZES = {"crc32": 4, "crc32c": 4, "crc64nvme": 8, "sha1": 20, "sha256": 32}


def written(checksum: bytes) -> str:
    return base64.b64encode(checksum).decode()


def texts(known: Mapping[str, bytes], etag: str = "") -> list[tuple[str, str]]:
    """The checksums that S3 knows, by algorithm, as it writes them; `etag` says of how many parts."""
    parts = etag.rpartition("-")[2]
    found = []
    for name, value in known.items():
        algorithm = name.removesuffix(OF_PARTS)
        if algorithm in ALGORITHMS:
            found.append((algorithm, written(value) + (f"-{parts}" if algorithm != name else "")))
    return found


def read(algorithm: str, text: str) -> bytes:
    """A checksum that a client wrote. Refuses what is no base64 of the algorithm's length."""
    try:
        checksum = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise S3Error("InvalidDigest", f"Value for {PREFIX}{algorithm} header is invalid.") from None
    if len(checksum) != SIZES[algorithm]:
        raise S3Error("InvalidDigest", f"Value for {PREFIX}{algorithm} header is invalid.")
    return checksum


def checked(headers: dict[str, str], content: bytes) -> dict[str, bytes]:
    """The checksums that came with a body, each right. Refuses with BadDigest what the body does not have."""
    if "content-md5" in headers:
        _check_md5(headers["content-md5"], content)
    found = {}
    for name in ALGORITHMS.keys() & {name.removeprefix(PREFIX) for name in headers if name.startswith(PREFIX)}:
        found[name] = read(name, headers[PREFIX + name])
        if ALGORITHMS[name](content) != found[name]:
            raise S3Error("BadDigest", f"The {name.upper()} you specified did not match the calculated checksum.")
    if len(found) > 1:
        raise S3Error("InvalidRequest", "Expecting a single x-amz-checksum- header. Multiple checksum types found.")
    return found


def _check_md5(text: str, content: bytes) -> None:
    try:
        wanted = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise S3Error("InvalidDigest", "The Content-MD5 you specified was invalid.") from None
    if len(wanted) != 16:
        raise S3Error("InvalidDigest", "The Content-MD5 you specified was invalid.")
    if hashlib.md5(content, usedforsecurity=False).digest() != wanted:
        raise S3Error("BadDigest", "The Content-MD5 you specified did not match what we received.")


def composite(algorithm: str, parts: list[bytes]) -> bytes:
    """The checksum of a multipart upload: that of its parts' checksums, one after the other."""
    return ALGORITHMS[algorithm](bytes(chain.from_iterable(parts)))
