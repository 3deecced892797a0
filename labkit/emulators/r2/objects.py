"""An object as it is stored, and what it must fulfil to be stored: name, size, metadata, checksums."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from labkit import facts
from labkit.emulators.r2 import refusals
from labkit.emulators.r2.refusals import Refusal

STANDARD, INFREQUENT = "Standard", "InfrequentAccess"
STORAGE_CLASSES = (STANDARD, INFREQUENT)

HTTP_FIELDS = {
    "contentType": "content-type",
    "contentLanguage": "content-language",
    "contentDisposition": "content-disposition",
    "contentEncoding": "content-encoding",
    "cacheControl": "cache-control",
    "cacheExpiry": "expires",
}
"""The fields of `http`, and the header that each becomes. All are text but `cacheExpiry`, an aware datetime."""

HASHES = {"md5": "MD5", "sha1": "SHA-1", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}
"""The checksums that an object may have, and what the service calls them."""


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """One version of an object; immutable. `uploaded` is Unix time in seconds, whole milliseconds.

    `etag` is the MD5 in hex, or `<md5 of the parts' md5s>-<parts>` of a multipart upload; without quotes.
    `part_bytes` is the size of each of its parts but the last, 0 where it came in one. `moved` is the Unix time
    at which a lifecycle rule changed its storage class, None where it was put there.
    """

    key: str
    version: str
    content: bytes
    etag: str
    uploaded: float
    http: Mapping[str, Any] = field(default_factory=dict)
    custom: Mapping[str, str] = field(default_factory=dict)
    checksums: Mapping[str, bytes] = field(default_factory=dict)
    storage_class: str = STANDARD
    part_bytes: int = 0
    moved: float | None = None

    @property
    def in_class_since(self) -> float:
        """The Unix time since which it has had its storage class."""
        return self.uploaded if self.moved is None else self.moved

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def http_etag(self) -> str:
        """The etag as a header has it, in quotes."""
        return f'"{self.etag}"'

    @property
    def stored_bytes(self) -> int:
        """What is billed as stored: content and metadata."""
        custom = sum(len(name.encode()) + len(value.encode()) for name, value in self.custom.items())
        return len(self.content) + custom


def check_key(key: str) -> None:
    """Refuse a name that is too long (10020)."""
    if len(key) * 4 > facts.value("r2.key_bytes") and len(key.encode()) > facts.value("r2.key_bytes"):
        raise Refusal(refusals.BAD_NAME)


def check_size(content: bytes) -> None:
    """Refuse what one call or one part cannot carry (100100)."""
    if len(content) > facts.value("r2.single_put_bytes"):
        raise Refusal(refusals.TOO_LARGE)


def check_metadata(custom: Mapping[str, str], limit: int) -> None:
    """Refuse custom metadata of more bytes than `limit` (10012)."""
    if sum(_serialized(name) + _serialized(value) for name, value in custom.items()) > limit:
        raise Refusal(refusals.METADATA_TOO_LARGE)


def _serialized(text: str) -> int:
    """Bytes of a text as the service counts them: two a character where one does not fit into Latin-1."""
    return len(text) if text.isascii() or max(text) < "\u0100" else 2 * len(text)


def check_digests(content: bytes, expected: Mapping[str, bytes]) -> None:
    """Refuse content that is not what was promised (10037). `expected` is by name, such as "sha256"."""
    for name, digest in expected.items():
        actual = hashlib.new(name, content, usedforsecurity=False).digest()
        if actual != digest:
            called = HASHES[name]
            raise Refusal(
                refusals.BAD_DIGEST,
                f"{refusals.BAD_DIGEST.message.format(called)}\n"
                f"You provided a {called} checksum with value: {digest.hex()}\nActual {called} was: {actual.hex()}",
            )
