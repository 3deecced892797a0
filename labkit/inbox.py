"""Mail that arrives: the event that runs a Worker's `email` handler, and what became of the message."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from labkit import facts
from labkit.emulators.email import ForwardableEmailMessage, Mail, Received
from labkit.emulators.email.mime import parsed, written
from labkit.emulators.email.rules import domain_of, is_address
from labkit.errors import LabError
from labkit.invocation import ExceededCpu
from labkit.logs import traceback_of
from labkit.lost import spare
from labkit.network import places
from labkit.worker import Lost, Worker

TOO_LARGE = "Email message size is bigger than the production size limit of 25MiB."


@dataclass(frozen=True)
class EmailOutcome:
    """How the handler ended ("ok", "exception", "exceededCpu", "lost"), and what it has done with the message.

    `rejected` is the reason that the sender's server heard, None where there was none; `forwarded` the addresses it
    was passed on to, `replies` what went back, as rows of `lab.mail.sent`. A message that is too large is "rejected"
    before the handler sees it.
    """

    outcome: str
    error: str | None = None
    rejected: str | None = None
    forwarded: list[str] = field(default_factory=list)
    replies: list[dict[str, Any]] = field(default_factory=list)

    @property
    def dropped(self) -> bool:
        """Whether nobody will ever hear of the message: neither forwarded, nor rejected, nor answered."""
        return not (self.forwarded or self.replies or self.rejected is not None)


def received(
    worker: Worker,
    mail: Mail,
    *,
    to: str,
    sender: str,
    subject: str = "",
    text: str | None = None,
    html: str | None = None,
    raw: str | bytes | None = None,
    headers: Mapping[str, str] | None = None,
    passes_dmarc: bool = True,
    colo: str | None = None,
) -> Coroutine[Any, Any, EmailOutcome]:
    """One run of the `email` handler on a message, written from its fields or given as `raw` MIME.

    It arrives at `colo`, or anywhere that is alive. Refuses what is no address, and fields beside `raw`.
    """
    for address in (to, sender):
        if not is_address(address):
            raise LabError(f"{address!r} is no mail address, such as ada@example.com.")
    if raw is not None and (subject or text is not None or html is not None or headers):
        raise LabError("Give the message as raw MIME, or its subject, text, html and headers.")
    if raw is not None and not isinstance(raw, str | bytes):
        raise LabError(f"raw={raw!r}: a message in MIME is text or bytes.")
    try:
        if raw is None:
            raw = written(sender=sender, to=[to], subject=subject, text=text, html=html, headers=headers,
                          at=worker.world.unix, message_id=mail.new_id(domain_of(sender)))  # fmt: skip
        content = raw.encode() if isinstance(raw, str) else raw
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise LabError(
            f"This makes no message: subject, text and html are text, headers a dict of text. {error}"
        ) from None
    place = _arrival(worker, places.place(colo).code if colo else None)
    return _run(worker, mail, Received(sender, to, parsed(content), passes_dmarc), place)


def _arrival(worker: Worker, colo: str | None) -> str:
    """Where a message arrives: at a place that is named and alive, else at any that is alive."""
    faults = worker.world.faults
    alive = [code for code in sorted(places.PLACES) if not (faults and faults.is_dead(code))]
    return colo if colo in alive else worker.world.random.choice(alive or sorted(places.PLACES))


async def _run(worker: Worker, mail: Mail, message: Received, colo: str) -> EmailOutcome:
    """The handler's run, and what it has done with the message."""
    if len(message.message.raw) > facts.value("email.inbound_bytes"):
        return EmailOutcome("rejected", rejected=TOO_LARGE)
    ended, error, task = "ok", None, asyncio.current_task()
    try:
        await worker.invoke(colo, "Default", "email", ForwardableEmailMessage(mail, message, colo), None, None,
                            units={"workers.requests": 1})  # fmt: skip
    except Lost:
        ended = "lost"
        spare(task)  # type: ignore[arg-type]
    except Exception as raised:
        worker.log(colo, "error", traceback_of(raised))
        ended, error = "exceededCpu" if isinstance(raised, ExceededCpu) else "exception", str(raised)
    return EmailOutcome(ended, error, message.rejected, message.forwarded, message.replies)
