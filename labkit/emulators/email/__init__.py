"""Email: a Worker that receives mail and forwards, rejects or answers it, and the binding that sends mail.

| | |
|---|---|
| modelled | `email(self, message, env, ctx)`: the message as raw as the SDK leaves it, its stream read once |
| | `setReject`, `forward`, `reply`; what a reply must say, in the words of the vendor's local runtime |
| | One reply a message, to its sender, from the domain that received it, if DMARC passed (docs, "Reply to emails") |
| | `forward` only to verified addresses (docs, "Email handler"; `lab.mail.verify`), adding X-* headers alone |
| | `send` with a MIME message (`EmailMessage` of `cloudflare:email`) and with fields (`from`, `to`, `subject` ...) |
| | Restrictions of a binding: `destination_address`, allowed destinations and senders (docs, "Send bindings") |
| | Limits of 50 recipients, 998 characters, 5 and 25 MiB; the allowlist of headers; codes `E_...` (docs, "Limits") |
| | Free plan: to verified addresses only; sends to those are never billed (docs, "Pricing") |
| | Suppressed addresses (`suppress`) and an outage of the service, to inject |
| simplified | `send` takes a dict, gives a JsDict; the SDK does not wrap this binding: production may want `to_js` |
| | Every address is routed to the Worker; every sending domain is onboarded, until `onboard` names some |
| | Words of refusals that only production has are those of the table of error codes, or of its examples |
| | A message is billed once, however many recipients; it is sent when it is accepted, which takes 0.15 s |
| | Verified from the start are the addresses that the configuration names |
| | Network off: no addresses to verify, any headers and number of replies, as in the vendor's local runtime |
| not modelled | Delivery and bounces; DKIM, SPF, ARC, spam verdicts; daily quotas; the REST API, SMTP; routing rules |
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from string import ascii_letters, digits
from typing import Any

from labkit.emulators.email.binding import SendEmail
from labkit.emulators.email.incoming import ForwardableEmailMessage, Received
from labkit.emulators.email.mime import Parsed
from labkit.emulators.email.sent import Sent, row_of
from labkit.emulators.outages import Outages
from labkit.world import World

__all__ = ["ForwardableEmailMessage", "Mail", "Received", "SendEmail", "Sent"]


class Mail(Outages):
    """All mail of a Worker: `binding(name, colo)` is what `env` holds at a place, `sent` what has gone out.

    `verified` are destination addresses, `domains` those that may send (empty: all), `suppressed` who gets nothing.
    """

    def __init__(self, entries: Iterable[Mapping[str, Any]], world: World):
        self.world = world
        self.entries = {entry["name"]: entry for entry in entries}
        self.sent = Sent()
        self.verified: set[str] = {address for entry in self.entries.values() for address in _named(entry)}
        self.domains: set[str] = set()
        self.suppressed: set[str] = set()

    def binding(self, name: str, colo: str) -> SendEmail:
        """The binding of this name as a Worker at this place has it."""
        return SendEmail(self, self.entries[name], colo)

    def verify(self, *addresses: str) -> None:
        """Have these destination addresses verified, as by the link in the mail that they got."""
        self.verified.update(map(str.lower, addresses))

    def onboard(self, *domains: str) -> None:
        """Let these domains send mail, and no others."""
        self.domains.update(map(str.lower, domains))

    def suppress(self, *addresses: str) -> None:
        """Put these addresses on the suppression list, as a bounce or a complaint does."""
        self.suppressed.update(map(str.lower, addresses))

    def is_verified(self, address: str) -> bool:
        """Whether an address is a verified destination. Without a network, all are."""
        return self.world.links is None or address.lower() in self.verified

    def new_id(self, domain: str) -> str:
        """A message's id, `<...@domain>`."""
        return f"<{''.join(self.world.random.choices(ascii_letters + digits, k=36))}@{domain}>"

    def keep(
        self, how: str, sender: str, to: list[str], parsed: Parsed, message_id: str, **more: Any
    ) -> dict[str, Any]:
        """Write down what has gone out, `how` being send, reply or forward; returns its row."""
        row = row_of(self.world.unix, how, sender, to, parsed, message_id, **more)
        self.sent.append(row)
        return row

    def snapshot(self) -> Any:
        """What has gone out, and who may get mail."""
        return copy.deepcopy((list(self.sent), self.verified, self.domains, self.suppressed, self.down_until))

    def restore(self, state: Any) -> None:
        """Go back to a snapshot."""
        sent, self.verified, self.domains, self.suppressed, self.down_until = copy.deepcopy(state)
        self.sent[:] = sent


def _named(entry: Mapping[str, Any]) -> list[str]:
    """The destinations that a binding's configuration names."""
    one, some = entry.get("destination_address"), entry.get("allowed_destination_addresses") or ()
    return [address.lower() for address in ([one] if one else some)]
