"""An object's metadata as headers, in and out.

Custom metadata is Unicode in the binding and ASCII in a header: R2 writes and reads RFC 2047's encoded words, and
leaves out names that no header can have (https://developers.cloudflare.com/r2/api/s3/extensions/).
"""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime
from typing import Any

from labkit.emulators.r2.objects import HTTP_FIELDS, INFREQUENT, STANDARD, Stored, check_metadata
from labkit.emulators.r2.s3.asks import http_date, quoted
from labkit.emulators.r2.s3.errors import S3Error
from labkit.emulators.r2.s3.xml import is_token

META = "x-amz-meta-"
CLASSES = {"STANDARD": STANDARD, "STANDARD_IA": INFREQUENT}
NAMES = {kind: name for name, kind in CLASSES.items()}
DEFAULT_TYPE = "application/octet-stream"

_is_plain = re.compile(r"[\x20-\x7e\t]*").fullmatch


def http_of(headers: dict[str, str]) -> dict[str, Any]:
    """The system metadata that a request's headers give an object."""
    given: dict[str, Any] = {field: headers[name] for field, name in HTTP_FIELDS.items() if headers.get(name)}
    if "cacheExpiry" in given and (expiry := _moment(given.pop("cacheExpiry"))):
        given["cacheExpiry"] = expiry
    encodings = [each.strip() for each in given.pop("contentEncoding", "").split(",")]
    if rest := ", ".join(each for each in encodings if each and each != "aws-chunked"):
        given["contentEncoding"] = rest
    return given


def custom_of(headers: dict[str, str], limit: int) -> dict[str, str]:
    """The custom metadata that a request's headers give an object. Refuses more bytes than `limit`."""
    found = {name.removeprefix(META): _read(value) for name, value in headers.items() if name.startswith(META)}
    check_metadata(found, limit)
    return found


def storage_class_of(headers: dict[str, str], default: str = STANDARD) -> str:
    given = headers.get("x-amz-storage-class")
    if given is None:
        return default
    if given not in CLASSES:
        raise S3Error("NotImplemented", f"Header 'x-amz-storage-class' with value '{given}' not implemented")
    return CLASSES[given]


def headers_of(stored: Stored) -> dict[str, str]:
    """What a read says of an object, whatever part of it is read."""
    headers = {
        "etag": quoted(stored.etag),
        "last-modified": http_date(stored.uploaded),
        "accept-ranges": "bytes",
        "content-type": DEFAULT_TYPE,
    }
    for field, value in stored.http.items():
        text = http_date(value.timestamp()) if isinstance(value, datetime) else value
        if _is_plain(text):
            headers[HTTP_FIELDS[field]] = text
    if stored.storage_class != STANDARD:
        headers["x-amz-storage-class"] = NAMES[stored.storage_class]
    named = {name: value for name, value in stored.custom.items() if is_token(name)}
    headers.update({META + name.lower(): _written(value) for name, value in named.items()})
    if missing := len(stored.custom) - len(named):
        headers["x-amz-missing-meta"] = str(missing)
    return headers


def _read(value: str) -> str:
    """A header's value with its encoded words decoded; as it is where they are none."""
    if "=?" not in value:
        return value
    try:
        text = str(make_header(decode_header(value)))
        text.encode()  # some charsets have halves of characters, which are no text that can be stored
        return text
    except (HeaderParseError, LookupError, ValueError):
        return value


def _written(value: str) -> str:
    if _is_plain(value) and value == value.strip():
        return value
    return f"=?UTF-8?B?{base64.b64encode(value.encode('utf-8', 'replace')).decode()}?="


def _moment(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
