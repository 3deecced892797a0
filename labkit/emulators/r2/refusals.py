"""What the service refuses, by its own codes: one table for the binding, the S3 endpoint and the public bucket.

The binding throws `Error: put: <message> (<code>)`, S3 answers `status` with `<Code>` and `<Message>`. The words are
those of the vendor's local runtime, and where it has none, production's as its users report them.
"""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """A way to refuse: the code that the binding shows, the status and the name that S3 shows, the words."""

    code: int
    status: int
    s3: str
    message: str


class Refusal(Exception):
    """The service said no. `str` is its message, without the operation that was refused."""

    def __init__(self, kind: Kind, message: str = ""):
        super().__init__(message or kind.message)
        self.kind = kind

    @property
    def code(self) -> int:
        return self.kind.code

    @property
    def status(self) -> int:
        return self.kind.status

    @property
    def s3_code(self) -> str:
        return self.kind.s3

    @property
    def message(self) -> str:
        return str(self)


INTERNAL_ERROR = Kind(10001, 500, "InternalError", "We encountered an internal error. Please try again.")
TOO_SMALL = Kind(
    10011, 400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed object size."
)  # fmt: skip
METADATA_TOO_LARGE = Kind(
    10012, 400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size."
)  # fmt: skip
BAD_NAME = Kind(10020, 400, "InvalidObjectName", "The specified object name is not valid.")
BAD_MAX_KEYS = Kind(10022, 400, "InvalidMaxKeys", "MaxKeys params must be positive integer <= {most}.")
NO_SUCH_UPLOAD = Kind(10024, 404, "NoSuchUpload", "The specified multipart upload does not exist.")
NO_SUCH_PART = Kind(10025, 400, "InvalidPart", "One or more of the specified parts could not be found.")
BAD_KEY_COUNT = Kind(
    10027, 400, "MalformedXML", "The number of keys in the request must be between 1 and {most} inclusive."
)  # fmt: skip
BAD_ARGUMENT = Kind(10029, 400, "InvalidArgument", "{0}")
PRECONDITION_FAILED = Kind(
    10031, 412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold."
)  # fmt: skip
BAD_DIGEST = Kind(10037, 400, "BadDigest", "The {0} checksum you specified did not match what we received.")
BAD_RANGE = Kind(10039, 416, "InvalidRange", "The requested range is not satisfiable")
UNAVAILABLE = Kind(
    10043, 503, "ServiceUnavailable",
    "Please look at https://www.cloudflarestatus.com for issues or contact customer support.",
)  # fmt: skip
BAD_UPLOAD = Kind(10048, 400, "InvalidPart", "There was a problem with the multipart upload.")
TOO_MANY_REQUESTS = Kind(
    10058, 429, "TooManyRequests", "Reduce your concurrent request rate for the same object."
)  # fmt: skip
TOO_LARGE = Kind(
    100100, 400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed object size."
)  # fmt: skip
NO_SUCH_KEY = Kind(10007, 404, "NoSuchKey", "The specified key does not exist.")
