"""R2's S3 endpoint: buckets as S3's clients reach them, signed with an access key.

| | |
|---|---|
| modelled | Signature Version 4 in the Authorization header and in presigned URLs; bodies whole or chunked |
| | (each chunk signed, or a trailer); MD5, CRC-32, CRC-32C, CRC-64/NVME, SHA-1 and SHA-256 of bodies are checked |
| | Both styles of address: `<account>.r2.cloudflarestorage.com/<bucket>/<key>` and `<bucket>.<account>...`; |
| | jurisdictions have endpoints of their own, and a bucket is on its own only |
| | Tokens with R2's four permissions, kept to some buckets or not (docs, "Authentication") |
| | The operations that R2 lists as implemented; the rest, and S3's headers that R2 does not have, is 501 |
| | R2's extensions: MERGE, conditions upon a copy's destination, buckets made on upload, Unicode in metadata |
| | Distance, home, bill and the limit of one write a second to a key are those of the bucket itself |
| simplified | R2 has refused some chunked uploads (reports of 2022 to 2026); here every form that AWS has is taken |
| | Signatures: a path decodes before it is signed, `+` in a query is a blank, all x-amz- headers must be signed |
| | Inside the lab a signature is held against the lab's clock; over `lab.serve()` against the machine's |
| | `CreationDate` of a bucket is the lab's start; continuation tokens can be read |
| | A copy has the MD5 of its content as etag; copying a large object takes no longer than a small one |
| not modelled | SSE-C, temporary credentials (a session token is refused), bucket locks, SigV4A |
| | Deleting a bucket that a Worker is bound to |
"""

from __future__ import annotations

import hashlib
from collections import ChainMap
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from labkit.emulators.r2 import R2
from labkit.emulators.r2.cors import Cors
from labkit.emulators.r2.refusals import Refusal
from labkit.emulators.r2.s3 import (
    buckets,
    copying,
    cors,
    lifecycles,
    listing,
    multipart,
    objects,
    payloads,
    routing,
    signatures,
    tokens,
    xml,
)
from labkit.emulators.r2.s3.asks import Answer, Ask
from labkit.emulators.r2.s3.calls import Call, from_request, from_wire
from labkit.emulators.r2.s3.errors import S3Error, words_of
from labkit.emulators.r2.s3.tokens import Token
from labkit.trace import Event, given_back
from labkit.workers import context
from labkit.workers.js.responses import Response as JsResponse
from labkit.workers.request import Request
from labkit.workers.response import Response
from labkit.world import World

__all__ = ["S3", "Call", "Token", "from_wire"]

ACCOUNT = "lab"

OPERATIONS: dict[str, Callable[[Ask], Awaitable[Answer]]] = {
    "ListBuckets": buckets.list_buckets,
    "HeadBucket": buckets.head_bucket,
    "CreateBucket": buckets.create_bucket,
    "DeleteBucket": buckets.delete_bucket,
    "GetBucketLocation": buckets.get_location,
    "GetBucketEncryption": buckets.get_encryption,
    "GetBucketCors": cors.get_cors,
    "PutBucketCors": cors.put_cors,
    "DeleteBucketCors": cors.delete_cors,
    "GetBucketLifecycleConfiguration": lifecycles.get_lifecycle,
    "PutBucketLifecycleConfiguration": lifecycles.put_lifecycle,
    "DeleteBucketLifecycle": lifecycles.delete_lifecycle,
    "ListObjects": listing.list_objects,
    "ListObjectsV2": listing.list_objects_v2,
    "GetObject": objects.get_object,
    "HeadObject": objects.head_object,
    "PutObject": objects.put_object,
    "CopyObject": copying.copy_object,
    "DeleteObject": objects.delete_object,
    "DeleteObjects": objects.delete_objects,
    "CreateMultipartUpload": multipart.create,
    "UploadPart": multipart.upload_part,
    "UploadPartCopy": copying.upload_part_copy,
    "CompleteMultipartUpload": multipart.complete,
    "AbortMultipartUpload": multipart.abort,
    "ListParts": multipart.list_parts,
    "ListMultipartUploads": multipart.list_uploads,
}

WITHOUT = ("CreateBucket", "ListBuckets")
"""Operations that need no bucket to be there."""
MAKES = ("PutObject", "CreateMultipartUpload")
"""Operations that may have their bucket made: https://developers.cloudflare.com/r2/api/s3/extensions/."""


class S3:
    """The endpoint of an account: `buckets` by name, those that a Worker is bound to and those made here (`made`).

    The lab sets `adopt`, which gives a bucket that is made here what every bucket of a lab has.
    """

    def __init__(self, buckets: Mapping[str, R2], world: World):
        self.world, self.account = world, ACCOUNT
        self.made: dict[str, R2] = {}
        self.adopt: Callable[[R2], object] = lambda bucket: None
        self.buckets: Mapping[str, R2] = ChainMap(self.made, dict(buckets))
        self.tokens: dict[str, Token] = {}
        self._given = 0

    def token(self, permission: str = "object read & write", buckets: str | Iterable[str] | None = None) -> Token:
        """A new pair of keys, with one of R2's permissions: "admin read & write", "admin read only",
        "object read & write" or "object read only"; kept to `buckets` where they are named.
        """
        self._given += 1
        seed = repr((self.world.random.getstate(), self._given))  # drawing from it would change what comes next
        return self.admit(tokens.made(lambda count: _bytes_of(seed, count), permission, buckets))

    def admit(self, token: Token) -> Token:
        """Let in a pair of keys that somebody else made, such as those of a Worker's secrets."""
        tokens.check(token)
        self.tokens[token.access_key_id] = token
        return token

    def revoke(self, token: Token) -> None:
        """What is signed with these keys is refused from now on."""
        self.tokens.pop(token.access_key_id, None)

    async def answer(self, request: Request, colo: str) -> Response:
        """The answer to a request that came in at a place. Its signature is held against the lab's clock."""
        return await self.respond(await from_request(request, colo, self.world.unix))

    async def respond(self, call: Call) -> Response:
        """The answer to a call, an error's document too. Whoever fetches it has paid for the subrequest already."""
        outer = context.current.set(None)
        try:
            answer = await self._answered(call)
        except Refusal as refusal:
            answer = _error(refusal)
        finally:
            given_back(context.current, outer)
        answer.headers.update(self._rules(call).headers(call.method, call.headers.get("origin")))
        return _response(call, answer)

    def is_signed(self, call: Call) -> bool:
        """Whether a call's signature holds, whatever its body will be: nobody else's body is worth waiting for."""
        try:
            return bool(signatures.verified(call, self._secret))
        except Refusal:
            return False

    def event(self, operation: str, colo: str, **detail: Any) -> Event:
        """The event of an operation on the account."""
        self.world.charge("r2")
        return self.world.trace.event("r2", operation, colo, **detail)

    def snapshot(self) -> tuple[Any, ...]:
        """The buckets that were made here, and the tokens."""
        made = {name: (bucket.jurisdiction, bucket.snapshot()) for name, bucket in self.made.items()}
        return made, dict(self.tokens)

    def restore(self, state: tuple[Any, ...]) -> None:
        """Go back to a snapshot. Buckets that are there stay the same; tokens that were made since stay good."""
        made, known = state
        self.tokens.update(known)
        for name in self.made.keys() - made.keys():
            buckets.drop(self, name)
        for name, (jurisdiction, stored) in made.items():
            (self.made.get(name) or buckets.create(self, name, None, jurisdiction)).restore(stored)

    def stored_units(self) -> dict[str, float]:
        """What a month of the buckets that were made here is billed as."""
        total: dict[str, float] = {}
        for bucket in self.made.values():
            for meter, amount in bucket.stored_units().items():
                total[meter] = total.get(meter, 0.0) + amount
        return total

    async def _answered(self, call: Call) -> Answer:
        if call.method == "OPTIONS":
            return cors.preflight(self._rules(call), call)
        verified = signatures.verified(call, self._secret)
        route = routing.route(call)
        token = self.tokens[verified.signed.access_key_id]
        if not token.permits(route.operation, route.bucket):
            raise S3Error("AccessDenied")
        content, checksums = payloads.content(call, verified)
        ask = Ask(self, call, token, route.bucket, route.key, route.jurisdiction, content, checksums)
        if route.operation in MAKES and ask.headers.get("cf-create-bucket-if-missing") == "true":
            buckets.make_missing(ask)
        if route.operation not in WITHOUT:
            ask.bucket_of(route.bucket)
        if route.operation not in OPERATIONS:
            raise S3Error("NotImplemented", f"{route.operation} not implemented")
        return await OPERATIONS[route.operation](ask)

    def _secret(self, access_key_id: str) -> str:
        length, wanted = len(access_key_id), tokens.ID_LENGTH
        if length != wanted:
            raise S3Error("InvalidArgument", f"Credential access key has length {length}, should be {wanted}")
        if access_key_id not in self.tokens:
            raise S3Error("Unauthorized")
        return self.tokens[access_key_id].secret_access_key

    def _rules(self, call: Call) -> Cors:
        """The CORS rules of the bucket that is asked for."""
        try:
            bucket = self.buckets.get(routing.addressed(call)[0]) if "origin" in call.headers else None
        except S3Error:
            bucket = None
        return bucket.cors if bucket else Cors()


def _bytes_of(seed: str, count: int) -> bytes:
    return hashlib.shake_256(f"{seed}{count}".encode()).digest(count)


def _error(refusal: Refusal) -> Answer:
    """An error's document, as R2 writes it: a code, a message."""
    headers = {"content-type": "application/xml", **getattr(refusal, "headers", {})}
    content = [("Code", refusal.s3_code), ("Message", words_of(refusal))]
    return Answer(refusal.status, headers, xml.document("Error", content, namespace=""))


def _response(call: Call, answer: Answer) -> Response:
    """The answer as a Response. A stored body goes out as it is stored, whatever its encoding is called."""
    is_empty = call.method == "HEAD" or answer.status in (204, 304)
    if answer.status == 304:
        answer.headers.pop("content-type", None)
    init = {"status": answer.status, "headers": answer.headers, "encodeBody": "manual"}
    return Response(JsResponse.new(None if is_empty else answer.body, init))
