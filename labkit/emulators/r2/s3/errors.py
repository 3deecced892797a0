"""What the S3 endpoint refuses with: the codes, their statuses and R2's sentences.

Codes and statuses: https://developers.cloudflare.com/r2/api/error-codes/; where that page has none, S3's own
(https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html). An error's document has a code and a message
and nothing else, as R2's has.
"""

from __future__ import annotations

from collections.abc import Mapping

from labkit.emulators.r2 import refusals
from labkit.emulators.r2.refusals import Kind, Refusal
from labkit.errors import LabError

CODES: dict[str, tuple[int, str]] = {
    **{kind.s3: (kind.status, kind.message) for kind in vars(refusals).values() if isinstance(kind, Kind)},
    "AccessDenied": (403, "Access Denied"),
    "AuthorizationQueryParametersError": (400, "The query parameters of the signature are not complete."),
    "AccessForbidden": (403, "CORSResponse: This CORS request is not allowed."),
    "BucketConflict": (409, "Your previous request to create the named bucket succeeded and you already own it."),
    "BucketNotEmpty": (409, "The bucket you tried to delete is not empty."),
    "ExpiredRequest": (400, "Request has expired"),
    "IncompleteBody": (400, "You did not provide the number of bytes specified by the Content-Length HTTP header."),
    "InvalidArgument": (400, "Invalid Argument"),
    "BadDigest": (400, "The checksum you specified did not match what we received."),
    "InvalidPart": (400, refusals.NO_SUCH_PART.message),
    "InvalidBucketName": (400, "The specified bucket name is not valid."),
    "InvalidDigest": (400, "The Content-MD5 or checksum you specified is not valid."),
    "InvalidPartOrder": (400, "The list of parts was not in ascending order."),
    "InvalidRegionName": (400, "The region name is not valid."),
    "InvalidRequest": (400, "Invalid Request"),
    "InvalidURI": (400, "Couldn't parse the specified URI."),
    "MalformedTrailerError": (400, "The request contained trailing data that was not well-formed."),
    "MalformedXML": (400, "The XML you provided was not well formed or did not validate against our published schema"),
    "MethodNotAllowed": (405, "The specified method is not allowed against this resource."),
    "MissingContentLength": (411, "You must provide the Content-Length HTTP header."),
    "NoSuchBucket": (404, "The specified bucket does not exist."),
    "NoSuchCORSConfiguration": (404, "The CORS configuration does not exist"),
    "NoSuchLifecycleConfiguration": (404, "The lifecycle configuration does not exist"),
    "NotImplemented": (501, "Not implemented"),
    "NotModified": (304, ""),
    "RequestTimeTooSkewed": (403, "The difference between the request time and the server's time is too large."),
    "SignatureDoesNotMatch": (
        403,
        "The request signature we calculated does not match the signature you provided. "
        "Check your secret access key and signing method.",
    ),
    "Unauthorized": (401, "Unauthorized"),
    "XAmzContentSHA256Mismatch": (400, "The provided 'x-amz-content-sha256' header does not match what was computed."),
}
"""By code: the status, and what is said where nothing more precise is. Those of the binding's refusals come first."""

UNEVEN = "All non-trailing parts must have the same length."
"""What the S3 endpoint says of parts of different sizes; the binding has other words."""


def words_of(refusal: Refusal) -> str:
    """What an S3 client is told of a refusal, the bucket's own too."""
    return UNEVEN if refusal.kind is refusals.BAD_UPLOAD else refusal.message


def sentence_of(error: LabError) -> str:
    """What the workbook refuses in a cell, for a client that does not read its pages."""
    return str(error).partition(" Read: ")[0]


class S3Error(Refusal):
    """The request is answered with this error. `headers` go along, such as the etag of what was not modified."""

    def __init__(self, code: str, message: str = "", headers: Mapping[str, str] | None = None):
        status, usual = CODES[code]
        super().__init__(Kind(0, status, code, usual), message)
        self.headers = dict(headers or {})
