"""Requests to the S3 endpoint without a wire between, signed by botocore."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from labkit.emulators.r2 import R2
from labkit.emulators.r2.s3 import S3, Call, Token, from_wire
from tests.emulators.worlds import Bench, flat

HOST = "lab.r2.cloudflarestorage.com"
NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"


@dataclass
class Answered:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        """The code of an error's document; "" where it is none."""
        return ElementTree.fromstring(self.body).findtext("Code", "") if self.body.startswith(b"<?xml") else ""

    def texts(self, name: str) -> list[str]:
        return [each.text or "" for each in ElementTree.fromstring(self.body).iter(NAMESPACE + name)]

    def text(self, name: str) -> str:
        return self.texts(name)[0]


class Endpoint:
    """The S3 endpoint of buckets in a world of their own, where no time passes."""

    def __init__(self, *names: str, bench: Bench | None = None, **entry: Any):
        self.bench = bench or flat()
        world = self.bench.world
        self.buckets = {name: R2({"binding": name, "bucket_name": name, **entry}, world) for name in names}
        self.s3 = S3(self.buckets, world)
        self.token = self.s3.token("admin read & write")

    def send(self, call: Call) -> Answered:
        answer = self.bench.run(self.s3.respond(call)).js_object
        return Answered(answer.status, dict(answer.headers._items()), answer._body or b"")

    def ask(self, method: str, path: str, body: bytes = b"", token: Token | None = None, **headers: str) -> Answered:
        """The answer to a signed request; a header's name is written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send(signed(method, path, body, token or self.token, named))

    def put(self, bucket: str, key: str, body: bytes = b"", **headers: str) -> Answered:
        return self.ask("PUT", path_of(bucket, key), body, None, **headers)

    def get(self, bucket: str, key: str, **headers: str) -> Answered:
        return self.ask("GET", path_of(bucket, key), b"", None, **headers)


def path_of(bucket: str, key: str) -> str:
    return f"/{bucket}/{quote(key, safe='/~')}"


def signed(method: str, path: str, body: bytes, token: Token, headers: dict[str, str], presign: int = 0) -> Call:
    """A request as botocore signs it by the machine's clock, in a header or for `presign` seconds in the query."""
    url = f"https://{headers.pop('host', HOST)}{path}"
    request = AWSRequest(method, url, headers=headers, data=b"" if presign else body)
    if "TRAILER" in headers.get("x-amz-content-sha256", ""):
        request.context["checksum"] = {"request_algorithm": {"in": "trailer"}}
    keys = Credentials(token.access_key_id, token.secret_access_key)
    auth = S3SigV4QueryAuth(keys, "s3", "auto", presign) if presign else Signer(keys, "s3", "auto")
    auth.add_auth(request)
    return replace(as_call(request), body=body)


class Signer(S3SigV4Auth):
    """It signs the body, whatever the request's scheme."""

    def _should_sha256_sign_payload(self, request: AWSRequest) -> bool:
        return "checksum" not in request.context


def as_call(request: AWSRequest) -> Call:
    """A prepared request as it comes out of the wire, without its body."""
    sent = request.prepare()
    found = urlsplit(sent.url)
    headers = sent.headers.items()
    lines = [(name.lower(), value if isinstance(value, str) else value.decode()) for name, value in headers]
    lines += [] if any(name == "host" for name, _ in lines) else [("host", found.netloc)]
    wire = [(name.encode(), value.encode()) for name, value in lines]
    path, query = found.path.encode(), found.query.encode()
    return from_wire(sent.method, path, query, wire, b"", "SYD", time.time())
