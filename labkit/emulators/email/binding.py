"""`env.EMAIL`: the binding that sends mail, with a MIME message or with fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from labkit import facts
from labkit.emulators.email import rules
from labkit.emulators.email.mime import Parsed, address_of, parsed, written
from labkit.emulators.email.rules import domain_of, listed
from labkit.workers.bindings import checked, from_platform, js_error, unknown_option
from labkit.workers.context import confirmed
from labkit.workers.ffi import JsException
from labkit.workers.js.mail import EmailMessage

if TYPE_CHECKING:
    from labkit.emulators.email import Mail


class SendEmail:
    """The binding's one method."""

    def __init__(self, mail: Mail, entry: Mapping[str, Any], colo: str):
        self._mail, self._entry, self._colo = mail, entry, colo

    def __repr__(self) -> str:
        return f"<mail {self._entry['name']} at {self._colo}>"

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    async def send(self, *args: Any, **keywords: Any) -> Any:
        """Send an `EmailMessage`, or the fields of a message. Returns a JsDict with `messageId` once it is accepted."""
        world = self._mail.world
        world.charge("email")
        with world.trace.event("email", "send", self._colo, binding=self._entry["name"]) as event:
            given = checked(args[0]) if args else checked(keywords) or None
            try:
                row = await (self._send_mime(given) if isinstance(given, EmailMessage) else self._send_fields(given))
            except JsException as error:
                event.outcome = getattr(error, "code", "refused")
                raise
            to = [*row["to"], *row["cc"], *row["bcc"]]
            if not all(each.lower() in self._mail.verified for each in to):
                event.units["email.outbound"] = 1
            event.bytes, event.detail["to"] = len(row["raw"]), ", ".join(to)
            return from_platform({"messageId": row["message_id"]})

    async def _send_mime(self, message: EmailMessage) -> dict[str, Any]:
        sender, to = message._from, message._to
        rules.check_sender(self._mail, self._entry, sender)
        rules.check_recipients(self._mail, self._entry, [to])
        found = parsed(await message._bytes())
        rules.check_mime(found, sender)
        rules.check_message(self._mail, found, [to])
        return await self._accepted(sender, [to], found)

    async def _send_fields(self, given: Any) -> dict[str, Any]:
        fields = self._fields(given)
        rules.check_fields(fields)
        sender = address_of(fields["from"])
        to, cc, bcc = ([address_of(each) for each in listed(fields.get(name))] for name in ("to", "cc", "bcc"))
        rules.check_sender(self._mail, self._entry, sender)
        rules.check_recipients(self._mail, self._entry, [*to, *cc, *bcc])
        rules.check_headers(fields.get("headers") or {})
        message_id = self._mail.new_id(domain_of(sender))
        try:
            found = parsed(self._written(fields, message_id))
        except ValueError:  # what would break a header's line, or is no Unicode
            raise rules.invalid() from None
        rules.check_message(self._mail, found, [*to, *cc, *bcc])
        return await self._accepted(sender, to, found, message_id, cc=cc, bcc=bcc)

    def _fields(self, given: Any) -> dict[str, Any]:
        """The fields of a message; where the binding has one destination, `to` may be left out."""
        if not isinstance(given, dict):
            raise js_error("TypeError", "Failed to execute 'send' on 'SendEmail': parameter 1 is not of type 'object'.")
        for name in given:
            if name not in rules.FIELDS:
                unknown_option("SendEmail.send", name, rules.FIELDS, strict=self._mail.world.strict)
        return {**given, "to": given.get("to") or self._entry.get("destination_address")}

    def _written(self, fields: Mapping[str, Any], message_id: str) -> bytes:
        return written(
            sender=fields["from"], to=listed(fields["to"]), cc=listed(fields.get("cc")), subject=fields["subject"],
            text=fields.get("text"), html=fields.get("html"), reply_to=fields.get("replyTo"),
            attachments=fields.get("attachments"), headers=fields.get("headers"), message_id=message_id,
            at=self._mail.world.unix,
        )  # fmt: skip

    async def _accepted(
        self, sender: str, to: list[str], found: Parsed, message_id: str | None = None, **more: Any
    ) -> dict[str, Any]:
        """What the service has written down of a message, when it has taken it."""
        await confirmed()
        if self._mail.world.links is not None:
            await self._mail.world.timeline.sleep(facts.value("email.accept"))
        if self._mail.is_down:
            raise rules.refusal("Email Service temporarily unavailable", "E_INTERNAL_SERVER_ERROR")
        message_id = message_id or self._mail.new_id(domain_of(sender))
        return self._mail.keep("send", sender, to, found, message_id, **more)
