"""AWS Signature Version 4, verified: in the Authorization header or in the query of a presigned URL.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html. Path and query are signed
as they decode, so a client may leave `$` as it is or send `%24`: both are one request.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote, unquote_to_bytes

from labkit import facts
from labkit.emulators.r2.s3.calls import Call
from labkit.emulators.r2.s3.errors import S3Error

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
REGIONS = ("wnam", "enam", "weur", "eeur", "apac", "oc", "auto")
ALIASES = ("", "us-east-1")
"""Regions that mean `auto`: https://developers.cloudflare.com/r2/api/s3/api/#bucket-region."""

_credential = re.compile(r"([^/]*)/(\d{8})/([^/]*)/([^/]*)/aws4_request").fullmatch
_signature = re.compile(r"[0-9a-f]{64}").fullmatch
_moment = re.compile(r"\d{8}T\d{6}Z").fullmatch


@dataclass(frozen=True)
class Signed:
    """What a request says of its signature. `expires` is None in a header, else seconds after `date`."""

    access_key_id: str
    scope: str
    date: str
    headers: tuple[str, ...]
    signature: str
    payload: str
    expires: int | None = None


@dataclass(frozen=True)
class Verified:
    """A request whose signature is right: whose it is, and what the chunks of its body are signed with."""

    signed: Signed
    key: bytes

    def sign(self, kind: str, *parts: str) -> str:
        """The signature of something that follows the request, such as a chunk of its body."""
        lines = "\n".join((f"{ALGORITHM}-{kind}", self.signed.date, self.signed.scope, *parts))
        return hmac.new(self.key, lines.encode(), hashlib.sha256).hexdigest()


def verified(call: Call, secret: Callable[[str], str]) -> Verified:
    """The request's signature, where it holds at the call's moment. `secret` has the secret of an access key's id.

    Refuses, in this order: what is no signature, a key that there is not, a moment that is too far away, headers
    that are not signed, and a signature that is wrong.
    """
    signed = _stated(call)
    _check_scope(signed)
    known = secret(signed.access_key_id)
    _check_time(signed, call.unix)
    _check_headers(call, signed.headers)
    key = signing_key(known, signed.scope)
    wanted = hmac.new(key, string_to_sign(call, signed).encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(wanted.encode(), signed.signature.encode()):
        raise S3Error("SignatureDoesNotMatch")
    return Verified(signed, key)


def signing_key(secret: str, scope: str) -> bytes:
    """The key of a day, a region and a service."""
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def string_to_sign(call: Call, signed: Signed) -> str:
    digest = hashlib.sha256(canonical_request(call, signed)).hexdigest()
    return "\n".join((ALGORITHM, signed.date, signed.scope, digest))


def canonical_request(call: Call, signed: Signed) -> bytes:
    """The bytes that stand for the request, whoever wrote it down."""
    headers = "".join(f"{name}:{_canonical_value(call, name)}\n" for name in signed.headers)
    path = quote(unquote_to_bytes(call.path), safe="/")
    query = _canonical_query(call, "" if signed.expires is None else "X-Amz-Signature")
    lines = (call.method, path, query, headers, ";".join(signed.headers), signed.payload)
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def _canonical_query(call: Call, without: str) -> str:
    pairs = sorted((quote(name, safe=""), quote(value, safe="")) for name, value in call.pairs)
    return "&".join(f"{name}={value}" for name, value in pairs if name != without)


def _canonical_value(call: Call, wanted: str) -> str:
    """All values of a header, without the space around them; several blanks are one."""
    return ",".join(re.sub(" +", " ", value.strip(" \t")) for name, value in call.lines if name == wanted)


def _stated(call: Call) -> Signed:
    """What the request says of its signature, in one of the two places."""
    if "X-Amz-Algorithm" not in call.params:
        return _in_header(call)
    if "authorization" in call.headers:
        raise S3Error("InvalidArgument", "Only one auth mechanism allowed: a signature in the query or a header")
    return _in_query(call)


def _in_header(call: Call) -> Signed:
    given = call.headers.get("authorization")
    if given is None:
        raise S3Error("InvalidArgument", "Authorization")
    if given.startswith("AWS "):
        raise S3Error("Unauthorized", "SigV2 authorization is not supported. Please use SigV4 instead.")
    algorithm, _, rest = given.partition(" ")
    parts = {name: value for name, _, value in (part.strip().partition("=") for part in rest.split(","))}
    if algorithm != ALGORITHM or not parts.keys() >= {"Credential", "SignedHeaders", "Signature"}:
        raise S3Error("InvalidArgument", "Authorization")
    payload = call.headers.get("x-amz-content-sha256")
    if payload is None:
        raise S3Error("InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
    return _read(parts["Credential"], _date(call), parts["SignedHeaders"], parts["Signature"], payload, None)


def _date(call: Call) -> str:
    """The moment of signing as it is signed; the Date header where there is no x-amz-date."""
    if "x-amz-date" in call.headers:
        return call.headers["x-amz-date"]
    try:
        return parsedate_to_datetime(call.headers.get("date", "")).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    except (ValueError, OverflowError):
        raise S3Error("AccessDenied", "AWS authentication requires a valid Date or x-amz-date header") from None


def _in_query(call: Call) -> Signed:
    found = call.params
    names = ("X-Amz-Credential", "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Signature", "X-Amz-Expires")
    if missing := [name for name in names if name not in found]:
        raise S3Error("AuthorizationQueryParametersError", f"Query-string authentication requires {missing[0]}.")
    if found["X-Amz-Algorithm"] != ALGORITHM:
        raise S3Error("AuthorizationQueryParametersError", f'X-Amz-Algorithm only supports "{ALGORITHM}"')
    if not re.fullmatch(r"\d{1,9}", found["X-Amz-Expires"], re.ASCII):
        raise S3Error("AuthorizationQueryParametersError", "X-Amz-Expires should be a number")
    expires, longest = int(found["X-Amz-Expires"]), facts.value("r2.presigned_seconds")
    if not 1 <= expires <= longest:
        raise S3Error("AuthorizationQueryParametersError", f"X-Amz-Expires must be between 1 and {longest} seconds")
    payload = found.get("X-Amz-Content-Sha256") or call.headers.get("x-amz-content-sha256", UNSIGNED)
    credential, date, headers, signature = (found[name] for name in names[:4])
    return _read(credential, date, headers, signature, payload, expires)


def _read(credential: str, date: str, headers: str, signature: str, payload: str, expires: int | None) -> Signed:
    found, names = _credential(credential), headers.split(";")
    if found is None or not _moment(date) or not date.startswith(found[2]):
        raise S3Error("InvalidArgument", "Credential")
    if "host" not in names or names != sorted(set(names)) or headers != headers.lower():
        raise S3Error("InvalidArgument", "SignedHeaders")
    if not _signature(signature):
        raise S3Error("SignatureDoesNotMatch")
    return Signed(found[1], credential.partition("/")[2], date, tuple(names), signature, payload, expires)


def _check_scope(signed: Signed) -> None:
    _, region, service, _ = signed.scope.split("/")
    if region not in REGIONS + ALIASES:
        regions = ", ".join(REGIONS)
        raise S3Error("InvalidRegionName", f"The region name '{region}' is not valid. Must be one of: {regions}")
    if service != "s3":
        raise S3Error("InvalidArgument", f"Credential service should be 's3', not '{service}'")


def _check_time(signed: Signed, unix: float) -> None:
    try:
        moment = datetime.strptime(signed.date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise S3Error("InvalidArgument", "Date") from None
    skew = facts.value("r2.signature_skew")
    if signed.expires is None and abs(unix - moment) > skew:
        raise S3Error("RequestTimeTooSkewed")
    if signed.expires is not None and unix < moment - skew:
        raise S3Error("AccessDenied", "Request is not valid yet")
    if signed.expires is not None and unix > moment + signed.expires:
        raise S3Error("ExpiredRequest")


def _check_headers(call: Call, signed: tuple[str, ...]) -> None:
    """Every `x-amz-` header is signed: nobody on the way may add one. A range or a condition need not be."""
    if any(name.startswith("x-amz-") and name not in signed for name in call.headers):
        raise S3Error("AccessDenied", "There were headers present in the request which were not signed")
