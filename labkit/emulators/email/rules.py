"""What mail may be sent and replied to, and the words of refusal.

| words | from |
|---|---|
| "email to ... not allowed", "invalid message-id", of replies | the vendor's local runtime (recorded) |
| "destination address is not a verified address" | production (seen quoted by its users) |
| those with a code `E_...` | the documentation's table of error codes, and its examples for headers |
| that a reply is the second, or goes elsewhere than back; | ours: production refuses, in words that are not public |
| that a header is not to be added to what is forwarded | |
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from labkit import facts
from labkit.emulators.email.mime import Parsed, address_of
from labkit.workers.ffi import JsException

if TYPE_CHECKING:
    from labkit.emulators.email import Mail

FIELDS = ("from", "to", "subject", "html", "text", "cc", "bcc", "replyTo", "attachments", "headers")
NOT_VERIFIED = "destination address is not a verified address"

_ADDRESS = re.compile(r"""[^@\s<>()\[\]\\,;:"]+@[^@\s<>()\[\]\\,;:"]+""")
_PLATFORMS = frozenset(
    "date message-id mime-version content-type content-transfer-encoding dkim-signature return-path received "
    "feedback-id tls-required tls-report-domain tls-report-submitter cfbl-address cfbl-feedback-id".split()
)
_API_FIELDS = {"from": "from", "to": "to", "cc": "cc", "bcc": "bcc", "subject": "subject", "reply-to": "replyTo"}
_ALLOWED = frozenset(
    "in-reply-to references list-unsubscribe list-unsubscribe-post list-id list-archive list-help list-owner list-post "
    "list-subscribe precedence auto-submitted content-language keywords comments importance priority sensitivity "
    "organization require-recipient-valid-since expires reply-by archived-at".split()
)


def refusal(message: str, code: str | None = None) -> JsException:
    """An Error, with the `code` that production gives it."""
    return JsException("Error", message, **({"code": code} if code else {}))


def check_sender(mail: Mail, entry: Mapping[str, Any], sender: str) -> None:
    """Refuse a sender that the binding does not allow, or whose domain is not onboarded."""
    allowed = entry.get("allowed_sender_addresses")
    if allowed is not None and sender not in allowed:
        raise refusal(f"email from {sender} not allowed")
    if mail.domains and domain_of(sender) not in mail.domains:
        raise refusal("Sender domain not verified", "E_SENDER_NOT_VERIFIED")


def check_recipients(mail: Mail, entry: Mapping[str, Any], recipients: Sequence[str]) -> None:
    """Refuse recipients that the binding does not allow, that are too many, or who may get no mail."""
    one, some = entry.get("destination_address"), entry.get("allowed_destination_addresses")
    for each in recipients:
        if (one is not None and each != one) or (some is not None and each not in some):
            raise refusal(f"email to {each} not allowed", "E_RECIPIENT_NOT_ALLOWED")
    if len(recipients) > facts.value("email.recipients"):
        raise refusal("Too many recipients in to/cc/bcc arrays", "E_TOO_MANY_RECIPIENTS")
    for each in recipients:
        if each.lower() in mail.suppressed:
            raise refusal("Recipient is on suppression list", "E_RECIPIENT_SUPPRESSED")
        if mail.world.plan == "free" and not mail.is_verified(each):
            raise refusal(NOT_VERIFIED, "E_RECIPIENT_NOT_ALLOWED")


def check_message(mail: Mail, parsed: Parsed, recipients: Sequence[str]) -> None:
    """Refuse a subject or a message that is too long."""
    if len(parsed.subject or "") > facts.value("email.subject_characters"):
        raise invalid()
    to_verified = all(map(mail.is_verified, recipients)) and mail.world.links is not None
    if len(parsed.raw) > facts.value("email.verified_message_bytes" if to_verified else "email.message_bytes"):
        raise refusal("Email content exceeds size limit", "E_CONTENT_TOO_LARGE")


def check_mime(parsed: Parsed, sender: str) -> None:
    """Refuse a written message without an id, from somebody else, or one that has travelled already."""
    if not parsed.header("message-id"):
        raise refusal("invalid message-id")
    if parsed.sender != sender:
        raise refusal("From: header does not match mail from")
    if parsed.header("received") is not None:
        raise refusal("invalid headers set")


def is_address(given: Any) -> bool:
    """Whether it is one mail address, without a name."""
    return isinstance(given, str) and _ADDRESS.fullmatch(given) is not None


def check_fields(fields: Mapping[str, Any]) -> None:
    """Refuse fields that are missing, are no addresses, or not of their type."""
    if not fields.get("from") or not fields.get("to") or not isinstance(fields.get("subject"), str):
        raise refusal("Required field is missing", "E_FIELD_MISSING")
    addresses = [
        fields["from"],
        *(each for name in ("to", "cc", "bcc", "replyTo") for each in listed(fields.get(name))),
    ]
    names = [each.get("name") for each in addresses if isinstance(each, Mapping)]
    attachments = fields.get("attachments") or []
    if not (
        all(is_address(address_of(each)) for each in addresses)
        and all(isinstance(each, str | None) for each in (fields.get("text"), fields.get("html"), *names))
        and isinstance(fields.get("headers") or {}, Mapping)
        and isinstance(attachments, list)
        and all(map(_is_attachment, attachments))
    ):
        raise invalid()


def invalid() -> JsException:
    """The refusal of what makes no message."""
    return refusal("Validation error in the payload", "E_VALIDATION_ERROR")


def _is_attachment(given: Any) -> bool:
    return (
        isinstance(given, Mapping)
        and isinstance(given.get("content"), str | bytes)
        and all(isinstance(given.get(name), str | None) for name in ("filename", "type", "disposition", "contentId"))
    )


def listed(given: Any) -> list[Any]:
    """One recipient or several."""
    return list(given) if isinstance(given, list) else [given] if given else []


def check_headers(headers: Mapping[str, Any]) -> None:
    """Refuse headers that the platform keeps to itself, does not know, or that are too many or too long."""
    counted = [name for name in headers if not name.lower().startswith("x-")]
    for name, value in headers.items():
        _check_header(name, value)
    if len(counted) > (most := facts.value("email.headers")):
        raise refusal(f"{len(counted)} allowlisted headers provided, maximum is {most}.", "E_HEADERS_TOO_MANY")
    size = sum(len(name.encode()) + len(str(value).encode()) + 4 for name, value in headers.items())
    if size > (most := facts.value("email.header_bytes")):
        words = f"Total custom headers payload ({size / 1024:.1f}KB) exceeds {most // 1024}KB limit."
        raise refusal(words, "E_HEADERS_TOO_LARGE")


def _check_header(name: str, value: Any) -> None:
    lower, is_ours = name.lower(), name.lower().startswith("x-")
    pattern = r"[A-Za-z0-9\-_]+" if is_ours else r"[A-Za-z0-9\-]+"
    if not re.fullmatch(pattern, name) or len(name) > facts.value("email.header_name_bytes"):
        raise refusal(f"Header name '{name}' contains invalid characters.", "E_HEADER_NAME_INVALID")
    if lower in _API_FIELDS:
        words = f"Header '{name}' must be set via the '{_API_FIELDS[lower]}' API field, not the 'headers' object."
        raise refusal(words, "E_HEADER_USE_API_FIELD")
    if lower in _PLATFORMS or lower.startswith("arc-"):
        words = f"Header '{name}' is not allowed. It is auto-generated by the platform."
        raise refusal(words, "E_HEADER_NOT_ALLOWED")
    if not is_ours and lower not in _ALLOWED:
        raise refusal(f"Header '{name}' is not allowed.", "E_HEADER_NOT_ALLOWED")
    if not isinstance(value, str) or not value or "\n" in value or "\r" in value:
        raise refusal(f"Header '{name}' value is invalid.", "E_HEADER_VALUE_INVALID")
    if len(value.encode()) > (most := facts.value("email.header_value_bytes")):
        raise refusal(f"Header '{name}' value exceeds {most} byte limit.", "E_HEADER_VALUE_TOO_LONG")


def check_added(names: Iterable[str]) -> None:
    """Refuse headers that a Worker may not add to what it forwards: all that do not begin with X- (docs)."""
    for name in names:
        if not name.lower().startswith("x-"):
            raise refusal(f"forward: only X-* headers are allowed, not {name}")


def is_replyable(parsed: Parsed) -> bool:
    """Whether the platform lets a Worker reply: not to what was sent by a machine, or has gone back and forth a lot."""
    if (parsed.header("x-auto-response-suppress") or "none").lower() != "none":
        return False
    if (parsed.header("auto-submitted") or "no").lower() != "no":
        return False
    answered, references = parsed.header("in-reply-to"), parsed.header("references")
    if (answered is None) != (references is None):
        return False
    return references is None or references.count("@") < facts.value("email.references")


def check_reply(incoming: Parsed, reply: Parsed, sender: str) -> None:
    """Refuse a reply that does not say to which message it belongs."""
    if reply.sender != sender:
        raise refusal("From: header does not match mail from")
    if not reply.header("message-id"):
        raise refusal("invalid message-id")
    if reply.header("received") is not None:
        raise refusal("invalid headers set")
    if reply.header("in-reply-to") is None:
        raise refusal("no In-Reply-To header found in reply message")
    if reply.header("in-reply-to") != incoming.header("message-id"):
        raise refusal("In-Reply-To does not match original Message-ID")
    references = reply.header("references")
    needed = (incoming.header("message-id") or "", incoming.header("references") or "")
    if references is not None and not all(each in references for each in needed):
        raise refusal("provided References header is invalid")


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()
