"""What passes between the endpoint and its operations: who asks for what, and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import TYPE_CHECKING

from labkit.emulators.r2.s3 import xml
from labkit.emulators.r2.s3.calls import Call
from labkit.emulators.r2.s3.errors import S3Error
from labkit.emulators.r2.s3.tokens import Token

if TYPE_CHECKING:
    from labkit.emulators.r2 import R2
    from labkit.emulators.r2.s3 import S3


@dataclass
class Ask:
    """A request whose signature is right and whose token permits it. `content` is the body without its framing.

    `jurisdiction` is that of the host that was asked, None where all buckets are to be had; `checksums` are those
    that came with the content, checked.
    """

    s3: S3
    call: Call
    token: Token
    bucket_name: str
    key: str
    jurisdiction: str | None = None
    content: bytes = b""
    checksums: dict[str, bytes] = field(default_factory=dict)

    @property
    def bucket(self) -> R2:
        """The bucket, as long as there is one: somebody else may delete it meanwhile."""
        return self.bucket_of(self.bucket_name)

    @property
    def params(self) -> dict[str, str]:
        return self.call.params

    @property
    def headers(self) -> dict[str, str]:
        return self.call.headers

    def bucket_of(self, name: str) -> R2:
        """The bucket of that name at this endpoint, or NoSuchBucket."""
        found = self.s3.buckets.get(name)
        if found is None or not self.is_here(found):
            raise S3Error("NoSuchBucket")
        return found

    def is_here(self, bucket: R2) -> bool:
        """Whether a bucket is reached at the endpoint that was asked: a jurisdiction has its own."""
        return self.jurisdiction in (None, bucket.jurisdiction or "default")

    def count(self, name: str, default: int, most: int, given: Mapping[str, str] | None = None) -> int:
        """A parameter that is a whole number from 0 on; more than `most` is `most`."""
        text = (self.params if given is None else given).get(name, str(default))
        if not text.isascii() or not text.isdigit() or len(text) > 10 or int(text) > 2**31 - 1:
            raise S3Error("InvalidArgument", f"Argument {name} must be an integer between 0 and 2147483647")
        return min(int(text), most)


@dataclass
class Answer:
    """What goes back. A body without a content-type is XML."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def document(name: str, content: xml.Content, **headers: str) -> Answer:
    """An answer that is an XML document."""
    return Answer(200, {"content-type": "application/xml", **headers}, xml.document(name, content))


def http_date(unix: float) -> str:
    return formatdate(unix, usegmt=True)


def quoted(etag: str) -> str:
    return f'"{etag}"'
