"""R2's S3 endpoint on a port of its own: what an S3 client takes as its endpoint is a host and a port, often no path.

On the platform the endpoint is another host than the Worker's. Here it is another port, so that paths are signed as
they are, and `http://bucket.localhost:<port>` is a bucket in virtual-hosted style where the name resolves.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from labkit import facts
from labkit.network.places import Place
from labkit.serving.arrivals import Receive, Refused, Scope, body
from labkit.visitor import Visitors, cf
from labkit.workers.js.requests import Request as JsRequest
from labkit.workers.request import Request
from labkit.workers.response import Response

if TYPE_CHECKING:
    from labkit.emulators.r2.s3 import S3, Call


class Endpoint:
    """Where S3 clients reach the lab's buckets, and the keys that open all of them.

    `s3 = boto3.client("s3", **server.s3.options())` works at once. boto3 blocks and the server runs on the notebook's
    loop, so a cell runs it on a thread: `await asyncio.to_thread(s3.list_buckets)`. Signatures are held against the
    machine's clock, by which clients sign, while the lab has a date of its own; the keys are new for each server, and
    are no secret of the lab's seed.
    """

    def __init__(self, s3: S3, host: str, port: int):
        from labkit.emulators.r2.s3.tokens import Token

        self.s3, self.host, self.port = s3, host, port
        self.token = s3.admit(Token(secrets.token_hex(16), secrets.token_hex(32), "admin read & write"))

    @property
    def url(self) -> str:
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def access_key_id(self) -> str:
        return self.token.access_key_id

    @property
    def secret_access_key(self) -> str:
        return self.token.secret_access_key

    def options(self) -> dict[str, str]:
        """What `boto3.client("s3", ...)` takes."""
        return {
            "endpoint_url": self.url,
            "aws_access_key_id": self.access_key_id,
            "aws_secret_access_key": self.secret_access_key,
            "region_name": "auto",
        }

    def exports(self) -> str:
        """What a shell gives to every AWS client that it starts. boto3 reads the second name of the region only."""
        return (
            f"export AWS_ENDPOINT_URL_S3={self.url} AWS_REGION=auto AWS_DEFAULT_REGION=auto"
            f" AWS_ACCESS_KEY_ID={self.access_key_id} AWS_SECRET_ACCESS_KEY={self.secret_access_key}"
        )

    async def visit(self, visitors: Visitors, call: Call, place: Place) -> Response:
        """The answer to a call that enters the network at a place."""
        url = f"{self.url}{call.path}{'?' if call.query else ''}{call.query}"
        carrier = Request(JsRequest.arrived(call.method, url, {}, cf=cf(place, place.country)))
        return await visitors.visit(carrier, place.code, lambda _, colo: self.s3.respond(replace(call, colo=colo)))

    def __repr__(self) -> str:
        return f"<S3 endpoint at {self.url}; in a cell: await asyncio.to_thread(s3.list_buckets)>"


async def arrived(endpoint: Endpoint, scope: Scope, receive: Receive, place: Place) -> Call:
    """The call that comes in over the wire: every byte as it was sent, for all of them may be signed.

    The body of a stranger is left out: whoever has no keys is refused for that, and fills no memory.
    """
    from labkit.emulators.r2.s3 import from_wire

    call = from_wire(
        scope["method"], scope["raw_path"], scope["query_string"], scope["headers"], b"", place.code, time.time()
    )
    is_known = endpoint.s3.is_signed(call)
    try:
        content = await body(scope, receive, limit=facts.value("r2.single_put_bytes") + FRAMES if is_known else FRAMES)
    except Refused:
        if is_known:
            raise
        return call
    return replace(call, body=content or b"")


FRAMES = 2**24
"""Bytes that the frames of a chunked body may take beside its content, and that are taken from a stranger."""
