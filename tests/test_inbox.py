"""Mail that arrives at a Worker: what the handler sees, and what becomes of the message."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from labkit import Lab
from labkit.errors import LabError
from labkit.inbox import EmailOutcome
from labkit.workers import WorkerEntrypoint

MIME = "From: Ada <ada@there.example>\r\nTo: desk@lab.example\r\nMessage-ID: <1@there.example>\r\nSubject: Tides\r\n\r\nHi\r\n"  # noqa: E501


def arrives(lab: Lab, **message: Any) -> EmailOutcome:
    """What became of a message. `raw` may say all but the envelope."""
    return lab.email(**{"to": "desk@lab.example", "sender": "ada@there.example"} | message).drive()


def verified(lab: Lab) -> Lab:
    lab.mail.verify("ops@lab.example")
    return lab


class Reads(WorkerEntrypoint):
    async def email(self, message, env, ctx):
        from js import Response

        print(env, ctx, getattr(message, "from"), message.to, message.rawSize, message.headers.get("subject"))
        print(message.headers.get("x-tide"), message.canBeForwarded)
        print((await Response.new(message.raw).text()).splitlines()[-1])
        try:
            await Response.new(message.raw).text()
        except Exception as error:
            print(type(error).__name__)


def test_the_handler_sees_the_message_and_its_stream_once():
    lab = Lab(Reads)
    outcome = arrives(lab, subject="Caf\u00e9", text="Hello", headers={"X-Tide": "high"})
    assert (outcome.outcome, outcome.dropped) == ("ok", True)
    first, second, *rest = lab.logs.messages
    assert first.startswith("None None ada@there.example desk@lab.example ") and "=?utf-8?" in first
    assert (second, rest) == ("high True", ["Hello", "JsException"])


class Forwards(WorkerEntrypoint):
    async def email(self, message, env, ctx):
        from js import Headers

        sent = await message.forward("ops@lab.example", Headers.new({"X-Seen": "yes"}.items()))
        print(bool(sent.messageId))


def test_it_is_forwarded_to_a_verified_address():
    lab = verified(Lab(Forwards))
    outcome = arrives(lab, raw=MIME)
    row = lab.mail.sent[0]
    assert (outcome.forwarded, outcome.dropped, row["how"], row["headers"]["x-seen"]) == (
        ["ops@lab.example"], False, "forward", "yes",
    )  # fmt: skip


def test_it_is_not_forwarded_to_an_address_that_is_not_verified():
    outcome = arrives(Lab(Forwards), raw=MIME)
    assert (outcome.outcome, outcome.forwarded) == ("exception", [])
    assert "destination address is not a verified address" in outcome.error


def test_without_a_network_every_address_is_verified():
    assert arrives(Lab(Forwards, network=None), raw=MIME).forwarded == ["ops@lab.example"]


class Rejects(WorkerEntrypoint):
    async def email(self, message, env, ctx):
        message.setReject("No such desk")


def test_its_sender_hears_the_reason_of_a_rejection():
    outcome = arrives(Lab(Rejects), raw=MIME)
    assert (outcome.outcome, outcome.rejected, outcome.dropped) == ("ok", "No such desk", False)


class Answers(WorkerEntrypoint):
    async def email(self, message, env, ctx):
        from workers import import_from_javascript

        for each in self.env.REPLIES.to_py():
            mail = import_from_javascript("cloudflare:email").EmailMessage.new(each["from"], each["to"], each["raw"])
            try:
                await message.reply(mail)
                print("ok")
            except Exception as error:
                print(error)


REPLY = "From: desk@lab.example\r\nMessage-ID: <2@lab.example>\r\nIn-Reply-To: <1@there.example>\r\n\r\nThanks\r\n"


def replied(*raws: str, message: dict[str, Any] | None = None, **options: Any) -> tuple[list[str], EmailOutcome]:
    replies = [{"from": "desk@lab.example", "to": "ada@there.example", "raw": raw} for raw in raws]
    lab = Lab(Answers, vars={"REPLIES": options.pop("replies", replies)}, **options)
    outcome = arrives(lab, **(message or {"raw": MIME}))
    return lab.logs.messages, outcome


def test_a_reply_goes_back_with_the_references_that_it_needs():
    logs, outcome = replied(REPLY)
    (row,) = outcome.replies
    assert (logs, row["to"], row["text"]) == (["ok"], ["ada@there.example"], "Thanks\n")
    assert row["headers"]["references"] == "<1@there.example>"


@pytest.mark.parametrize("network", [True, False])
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("In-Reply-To: <1@there.example>\r\n", "", "no In-Reply-To header found in reply message"),
        ("<1@there.example>", "<9@there.example>", "In-Reply-To does not match original Message-ID"),
        ("Message-ID: <2@lab.example>\r\n", "", "invalid message-id"),
        ("From: desk", "From: boss", "From: header does not match mail from"),
        ("Message-ID", "Received: x\r\nMessage-ID", "invalid headers set"),
        ("Message-ID", "References: <7@x.example>\r\nMessage-ID", "provided References header is invalid"),
    ],
)
def test_a_reply_that_does_not_belong_is_refused_in_the_runtimes_words(network: bool, old: str, new: str, words: str):
    options = {} if network else {"network": None}
    logs, outcome = replied(REPLY.replace(old, new), **options)
    assert (logs, outcome.replies) == ([f"Error: {words}"], [])


@pytest.mark.parametrize(
    "header",
    ["Auto-Submitted: auto-replied", "X-Auto-Response-Suppress: OOF", "References: <0@x.example>",
     "In-Reply-To: <0@x.example>", "In-Reply-To: <0@x>\r\nReferences: " + "<0@x> " * 100],
)  # fmt: skip
def test_what_a_machine_sent_and_what_has_gone_back_and_forth_is_not_replied_to(header: str):
    logs, _ = replied(REPLY, message={"raw": f"{header}\r\n{MIME}"})
    assert logs == ["Error: Original email is not replyable"]


def test_99_references_may_be_replied_to_and_so_may_mail_that_says_it_is_not_automatic():
    raw = "In-Reply-To: <0@x>\r\nReferences: " + "<0@x> " * 99 + "\r\nAuto-Submitted: no\r\n" + MIME
    logs, _ = replied(REPLY, message={"raw": raw})
    assert logs == ["ok"]


def test_a_reply_is_refused_where_dmarc_failed():
    logs, _ = replied(REPLY, message={"raw": MIME, "passes_dmarc": False})
    assert logs == ["Error: Original email is not replyable"]


def test_there_is_one_reply_but_locally_any_number():
    assert replied(REPLY, REPLY)[0] == ["ok", "Error: email was already replied to"]
    assert replied(REPLY, REPLY, network=None)[0] == ["ok", "ok"]


def test_a_reply_goes_to_the_sender_and_from_the_domain_that_received():
    elsewhere = {"from": "desk@lab.example", "to": "eve@there.example", "raw": REPLY}
    from_elsewhere = {"from": "desk@other.example", "to": "ada@there.example", "raw": REPLY.replace("lab", "other")}
    logs, outcome = replied(replies=[elsewhere, from_elsewhere])
    assert ("recipient" in logs[0], "domain" in logs[1], outcome.replies) == (True, True, [])


class Fails(WorkerEntrypoint):
    async def email(self, message, env, ctx):
        raise ValueError("no")


def test_a_handler_that_raises_ends_in_an_exception_and_is_logged():
    lab = Lab(Fails)
    outcome = arrives(lab, raw=MIME)
    assert (outcome.outcome, outcome.error) == ("exception", "no")
    assert lab.logs[-1].message.endswith("ValueError: no")
    assert lab.trace.units()["workers.requests"] == 1


class NoHandler(WorkerEntrypoint):
    async def fetch(self, request): ...


def test_a_worker_without_a_handler_says_so():
    with pytest.raises(LabError, match="no email handler"):
        arrives(Lab(NoHandler), raw=MIME)
    with_binding = arrives(Lab(NoHandler, {"send_email": [{"name": "EMAIL"}]}), raw=MIME)
    assert "does not export a email() function" in with_binding.error


def test_a_message_over_25_mib_never_reaches_the_worker():
    lab = Lab(Fails)
    outcome = arrives(lab, raw=MIME + "x" * 25 * 2**20)
    assert (outcome.outcome, lab.logs) == ("rejected", [])


class Dies(WorkerEntrypoint):
    async def email(self, message, env, ctx):
        import asyncio

        await asyncio.sleep(10)


def test_a_place_that_fails_loses_the_run():
    lab = Lab(Dies)
    lab.world.timeline.call_later(5, lab.kill, "SYD")
    assert arrives(lab, raw=MIME, colo="SYD").outcome == "lost"


@pytest.mark.parametrize(
    "message",
    [
        {"to": "nobody"},
        {"sender": ""},
        {"sender": "Ada <ada@there.example>"},
        {"to": "a@b.example\r\nBcc: c@d.example"},
        {"raw": MIME, "subject": "x"},
        {"raw": 5},
        {"raw": "\ud800"},
        {"subject": "x\r\nBcc: c@d.example"},
        {"text": 5},
        {"headers": {"Subject": "twice"}},
        {"headers": {"X-A": 5}},
        {"headers": "X-A"},
    ],
)
def test_what_is_no_message_is_refused(message: dict[str, Any]):
    with pytest.raises(LabError):
        arrives(Lab(Reads), **message)


def test_a_message_arrives_at_no_place_that_has_failed():
    lab = Lab(Rejects)
    lab.kill("SYD")
    arrives(lab, raw=MIME, colo="SYD")
    lab.heal()
    arrives(lab, raw=MIME, colo="SYD")
    first, second = (event.place for event in lab.trace.where("workers", "email"))
    assert (first != "SYD", second) == (True, "SYD")


class Adds(WorkerEntrypoint):
    async def email(self, message, env, ctx):
        from js import Headers

        await message.forward("ops@lab.example", Headers.new([["X-Seen", "yes"], ["Bcc", "eve@there.example"]]))


def test_a_forward_adds_no_headers_but_ones_own_except_locally():
    lab = verified(Lab(Adds))
    outcome = arrives(lab, raw=MIME)
    assert ("only X-* headers are allowed, not bcc" in str(outcome.error), outcome.forwarded) == (True, [])
    assert arrives(Lab(Adds, network=None), raw=MIME).forwarded == ["ops@lab.example"]


class ForwardsALot(WorkerEntrypoint):
    async def email(self, message, env, ctx):
        for _ in range(3):
            await message.forward("ops@lab.example")


def test_a_forward_beyond_the_limit_of_subrequests_is_refused_and_warns_of_nothing(recwarn: pytest.WarningsRecorder):
    lab = verified(Lab(ForwardsALot, {"limits": {"subrequests": 2}}))
    outcome = arrives(lab, raw=MIME)
    assert ("Too many subrequests" in str(outcome.error), len(outcome.forwarded)) == (True, 2)
    del lab
    gc.collect()
    assert [each.message for each in recwarn if "never awaited" in str(each.message)] == []
