"""Messages in MIME: read with Python's `email`, and written from fields."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any

BOUNDARY = "=_lab_"
_FOLDED = re.compile(r"\s+")


@dataclass(frozen=True)
class Parsed:
    """What a message says. `headers` are lower-case names and values as they were written, unfolded."""

    raw: bytes
    headers: tuple[tuple[str, str], ...]
    subject: str | None = None
    text: str | None = None
    html: str | None = None
    attachments: tuple[str, ...] = ()

    def header(self, name: str) -> str | None:
        """The first header of a name."""
        return next((value for known, value in self.headers if known == name), None)

    @property
    def sender(self) -> str | None:
        """The address of the From header."""
        return parseaddr(self.header("from") or "")[1] or None


def parsed(raw: bytes) -> Parsed:
    """A message, read as far as it can be."""
    message = message_from_bytes(raw, policy=policy.default)
    headers = tuple((name.lower(), _unfolded(value)) for name, value in message.raw_items())
    attachments = tuple(part.get_filename() or part.get_content_type() for part in message.iter_attachments())
    return Parsed(raw, headers, _subject(message), _body(message, "plain"), _body(message, "html"), attachments)


def _subject(message: EmailMessage) -> str | None:
    try:
        found = message["subject"]
    except (ValueError, IndexError):
        return None
    return None if found is None else str(found)


def _body(message: EmailMessage, kind: str) -> str | None:
    """The text of a kind, where the message has one that can be decoded."""
    part = message.get_body((kind,))
    try:
        return None if part is None else part.get_content().replace("\r\n", "\n")
    except (LookupError, ValueError, KeyError):
        return None


def _unfolded(value: str) -> str:
    plain = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return _FOLDED.sub(" ", plain).strip()


def address_of(given: Any) -> str:
    """The address of "ada@example.com" or {"email": ..., "name": ...}; empty where there is none."""
    found = given.get("email", "") if isinstance(given, Mapping) else given
    return found if isinstance(found, str) else ""


def written(
    *,
    sender: Any,
    to: list[Any],
    subject: str,
    text: str | None,
    html: str | None,
    at: float,
    message_id: str,
    cc: list[Any] | None = None,
    reply_to: Any = None,
    attachments: list[Mapping[str, Any]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """A message in MIME, dated `at` Unix seconds; the same fields give the same bytes.

    Raises ValueError for what would break a header's line, and for text that is no Unicode.
    """
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"] = _named(sender), list(map(_named, to))
    optional = {"Cc": list(map(_named, cc or ())), "Reply-To": reply_to and _named(reply_to)}
    for name, value in optional.items():
        if value:
            message[name] = value
    message["Subject"], message["Message-ID"] = subject, message_id
    message["Date"] = format_datetime(datetime.fromtimestamp(int(at), UTC))
    for name, value in (headers or {}).items():
        message[name] = value
    _fill(message, text, html)
    for attachment in attachments or ():
        _attach(message, attachment)
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"{BOUNDARY}{number}")
    return message.as_bytes()


def _fill(message: EmailMessage, text: str | None, html: str | None) -> None:
    """Text, HTML, or both as alternatives."""
    if html is None or text is not None:
        message.set_content(text or "")
        if html is not None:
            message.add_alternative(html, subtype="html")
    else:
        message.set_content(html, subtype="html")


def _attach(message: EmailMessage, attachment: Mapping[str, Any]) -> None:
    content = attachment.get("content", b"")
    kind, _, subtype = str(attachment.get("type") or "application/octet-stream").partition("/")
    cid = attachment.get("contentId")
    message.add_attachment(
        _decoded(content) if isinstance(content, str) else bytes(content), kind, subtype or "octet-stream",
        filename=attachment.get("filename"), disposition=attachment.get("disposition") or "attachment",
        cid=f"<{cid}>" if cid else None,
    )  # fmt: skip


def _decoded(content: str) -> bytes:
    """Bytes of base64; text that is none goes as it is."""
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        return content.encode()


def _named(given: Any) -> Address:
    """An address with its name, if it has one, which can say anything and stays a name."""
    name = given.get("name") if isinstance(given, Mapping) else None
    user, _, domain = address_of(given).rpartition("@")
    return Address(name or "", user, domain)
