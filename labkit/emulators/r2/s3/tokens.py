"""API tokens of R2 as an S3 client has them: a pair of keys, what they permit, and in which buckets.

https://developers.cloudflare.com/r2/api/tokens/.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from labkit.errors import LabError

ID_LENGTH = 32
PERMISSIONS = ("admin read & write", "admin read only", "object read & write", "object read only")
OBJECT_READS = frozenset(
    "GetObject HeadObject ListObjects ListObjectsV2 ListParts ListMultipartUploads HeadBucket GetBucketLocation".split()
)
OBJECT_WRITES = frozenset(
    "PutObject CopyObject DeleteObject DeleteObjects CreateMultipartUpload UploadPart UploadPartCopy "
    "CompleteMultipartUpload AbortMultipartUpload".split()
)
ADMIN_READS = frozenset("ListBuckets GetBucketCors GetBucketLifecycleConfiguration GetBucketEncryption".split())


@dataclass(frozen=True)
class Token:
    """A pair of keys. `buckets` are the only ones that it reaches, where it is not None."""

    access_key_id: str
    secret_access_key: str
    permission: str = "object read & write"
    buckets: frozenset[str] | None = None

    def permits(self, operation: str, bucket: str) -> bool:
        """Whether an operation on a bucket (or on none: "") may be asked for with this token."""
        if self.buckets is not None and bucket and bucket not in self.buckets:
            return False
        match self.permission:
            case "admin read & write":
                return True
            case "admin read only":
                return operation in OBJECT_READS or operation in ADMIN_READS
            case "object read & write":
                return operation in OBJECT_READS or operation in OBJECT_WRITES
        return operation in OBJECT_READS

    def __repr__(self) -> str:
        return f"<Token {self.access_key_id}: {self.permission}>"


def check(token: Token) -> None:
    """Refuse keys that R2 would never give: it tells the two apart by the length of the id."""
    if len(token.access_key_id) != ID_LENGTH or token.permission not in PERMISSIONS:
        raise LabError(f"{token!r}: an access key's id has {ID_LENGTH} characters; a permission is one of R2's.")
    if token.buckets is not None and token.permission.startswith("admin"):
        raise LabError(f"{token.permission!r} reaches every bucket: buckets= goes with an object permission.")


def made(draw: Callable[[int], bytes], permission: str, buckets: str | Iterable[str] | None) -> Token:
    """A new token, from as many bytes as are drawn."""
    if permission not in PERMISSIONS:
        raise LabError(f"permission={permission!r}: give {', '.join(map(repr, PERMISSIONS))}.")
    named = None if buckets is None else frozenset([buckets] if isinstance(buckets, str) else buckets)
    return Token(draw(16).hex(), hashlib.sha256(draw(32)).hexdigest(), permission, named)
