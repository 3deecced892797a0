"""A message that has arrived: what the `email` handler gets, and what becomes of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from labkit.emulators.email import rules
from labkit.emulators.email.mime import Parsed, parsed
from labkit.emulators.email.rules import domain_of, refusal
from labkit.workers.context import confirmed
from labkit.workers.js.conversions import text
from labkit.workers.js.headers import Headers
from labkit.workers.js.mail import EmailMessage
from labkit.workers.js.streams import ReadableStream
from labkit.workers.objects import JsObject
from labkit.workers.promises import JsPromise, promise
from labkit.workers.proxies import JsException, JsProxy

if TYPE_CHECKING:
    from labkit.emulators.email import Mail


@dataclass
class Received:
    """An incoming message and what the Worker has done with it. `passes_dmarc` whether its sender is who it says."""

    sender: str
    to: str
    message: Parsed
    passes_dmarc: bool = True
    rejected: str | None = None
    forwarded: list[str] = field(default_factory=list)
    replies: list[dict[str, Any]] = field(default_factory=list)


class ForwardableEmailMessage(JsProxy):
    """The message as a handler has it, raw: attributes by dot, the sender by `getattr(message, "from")`."""

    __slots__ = ("_mail", "_received", "_colo", "raw", "headers")

    def __init__(self, mail: Mail, received: Received, colo: str):
        self._mail, self._received, self._colo = mail, received, colo
        self.raw = ReadableStream.of(received.message.raw)
        self.headers = Headers.new([list(line) for line in received.message.headers])

    @property
    def to(self) -> str:
        return self._received.to

    @property
    def rawSize(self) -> int:
        return len(self._received.message.raw)

    @property
    def canBeForwarded(self) -> bool:
        return self._received.passes_dmarc

    def __getattr__(self, name: str) -> str:
        if name != "from":
            raise AttributeError(name)
        return self._received.sender

    def setReject(self, reason: Any = None) -> None:
        """Refuse the message: its sender's server hears the reason."""
        self._received.rejected = text(reason)

    def forward(self, rcptTo: Any, headers: Any = None) -> JsPromise:
        """Pass the message on to a verified destination address, with further headers if wanted."""
        return promise(self._passed_on("forward", partial(self._forward, text(rcptTo), headers)))

    def reply(self, message: Any) -> JsPromise:
        """Answer the sender with an `EmailMessage`, once."""
        return promise(self._passed_on("reply", partial(self._reply, message)))

    async def _passed_on(self, operation: str, work: Callable[[], Awaitable[dict[str, Any]]]) -> JsObject:
        world = self._mail.world
        world.charge("email")
        with world.trace.event("email", operation, self._colo, to=self._received.to) as event:
            try:
                row = await work()
            except JsException:
                event.outcome = "refused"
                raise
            event.bytes = len(row["raw"])
            return JsObject({"messageId": row["message_id"].strip("<>")})

    async def _forward(self, to: str, headers: Any) -> dict[str, Any]:
        if not self._mail.is_verified(to):
            raise refusal(rules.NOT_VERIFIED)
        added = list(Headers.of(headers)._items())
        if self._mail.world.links is not None:
            rules.check_added(name for name, _ in added)
        await confirmed()
        more = "".join(f"{name}: {value}\r\n" for name, value in added)
        found = parsed(more.encode() + self._received.message.raw)
        self._received.forwarded.append(to)
        return self._mail.keep("forward", self._received.sender, [to], found, self._mail.new_id(domain_of(to)))

    async def _reply(self, message: Any) -> dict[str, Any]:
        received = self._received
        if not isinstance(message, EmailMessage):
            raise JsException("TypeError", "Failed to execute 'reply' on 'ForwardableEmailMessage': parameter 1 is not "
                              "of type 'EmailMessage'.")  # fmt: skip
        if not rules.is_replyable(received.message) or not received.passes_dmarc:
            raise refusal("Original email is not replyable")
        found = parsed(await message._bytes())
        rules.check_reply(received.message, found, message._from)
        if self._mail.world.links is not None:
            self._check_way(message)
        await confirmed()
        if found.header("references") is None:
            found = parsed(self._references() + found.raw)
        row = self._mail.keep("reply", message._from, [message._to], found, self._mail.new_id(domain_of(message._from)))
        received.replies.append(row)
        return row

    def _check_way(self, message: EmailMessage) -> None:
        """Refuse a second reply, one to somebody else, and one from another domain."""
        received = self._received
        if received.replies:
            raise refusal("email was already replied to")
        if message._to != received.sender:
            raise refusal("reply recipient does not match the original sender")
        if domain_of(message._from) != domain_of(received.to):
            raise refusal("reply sender domain does not match the domain that received the email")

    def _references(self) -> bytes:
        """The References header that a reply without one gets."""
        incoming = self._received.message
        known = [incoming.header("message-id") or "", incoming.header("references") or ""]
        return f"References: {' '.join(filter(None, known))}\r\n".encode()
