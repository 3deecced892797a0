"""`aws-chunked`: a body in chunks, each with a signature or none, and checksums after the last (a trailer).

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and sigv4-streaming-trailers.html.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator

from labkit.emulators.r2.s3.errors import S3Error
from labkit.emulators.r2.s3.signatures import Verified

SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
SIGNED_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
KINDS = (SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER)

EMPTY = hashlib.sha256(b"").hexdigest()
_head = re.compile(rb"([0-9A-Fa-f]{1,16})(?:;chunk-signature=([0-9a-f]{64}))?\r\n")
_TRAILER_SIGNATURE = "x-amz-trailer-signature"


def decoded(body: bytes, kind: str, verified: Verified) -> tuple[bytes, dict[str, str]]:
    """The content, and the headers of the trailer. Refuses a chunk whose signature is not the next of the chain."""
    reader = _Reader(body, kind != UNSIGNED_TRAILER, verified)
    content = b"".join(reader.chunks())
    if kind == SIGNED:
        reader.end()
        return content, {}
    return content, reader.trailer()


class _Reader:
    """Where in the body we are, and the signature that the next one builds on."""

    def __init__(self, body: bytes, is_signed: bool, verified: Verified):
        self.body, self.is_signed, self.verified = body, is_signed, verified
        self.at, self.last = 0, verified.signed.signature

    def chunks(self) -> Iterator[bytes]:
        """Every chunk, up to the empty one that ends them."""
        while True:
            head = _head.match(self.body, self.at)
            if head is None or (head[2] is not None) != self.is_signed:
                raise S3Error("IncompleteBody")
            start, size = head.end(), int(head[1], 16)
            chunk = self.body[start : start + size]
            if len(chunk) != size:
                raise S3Error("IncompleteBody")
            if self.is_signed:
                self._check("PAYLOAD", (EMPTY, hashlib.sha256(chunk).hexdigest()), head[2].decode())
            self.at = start + size
            if not size:
                return
            self._end_line()
            yield chunk

    def trailer(self) -> dict[str, str]:
        """The lines after the last chunk, by lower-case name; the signature of them all is checked and left out."""
        lines = self.body[self.at :].split(b"\r\n")
        text = [line.decode("latin-1") for line in lines if line]
        pairs = [(name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in text)]
        found = dict(pairs)
        if self.is_signed:
            signature = found.pop(_TRAILER_SIGNATURE, "")
            signed = "".join(f"{name}:{value}\n" for name, value in pairs if name != _TRAILER_SIGNATURE)
            self._check("TRAILER", (hashlib.sha256(signed.encode("latin-1")).hexdigest(),), signature)
        return found

    def end(self) -> None:
        """Refuse what follows the last chunk."""
        if self.body[self.at :] not in (b"", b"\r\n"):
            raise S3Error("IncompleteBody")

    def _check(self, kind: str, hashes: tuple[str, ...], signature: str) -> None:
        wanted = self.verified.sign(kind, self.last, *hashes)
        if not hmac.compare_digest(wanted.encode(), signature.encode()):
            raise S3Error("SignatureDoesNotMatch")
        self.last = signature

    def _end_line(self) -> None:
        if self.body[self.at : self.at + 2] != b"\r\n":
            raise S3Error("IncompleteBody")
        self.at += 2
