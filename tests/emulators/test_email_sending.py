"""The binding that sends mail: what it takes, what it refuses and in which words, what is billed."""

from __future__ import annotations

import asyncio
from email import message_from_bytes, policy
from typing import Any

import pytest

from labkit import Lab, facts
from labkit.emulators.email import Mail
from labkit.errors import LabError
from labkit.workers.ffi import JsException
from labkit.workers.js.mail import EmailMessage
from labkit.workers.js.streams import ReadableStream
from labkit.workers.utils import import_from_javascript
from tests.emulators.rooms import Rooms
from tests.emulators.worlds import Bench, flat, planet

FIELDS = {"from": "me@lab.example", "to": "ada@there.example", "subject": "Tides", "text": "High at noon."}
MIME = "From: Me <me@lab.example>\r\nTo: ada@there.example\r\nMessage-ID: <1@lab.example>\r\nSubject: =?utf-8?q?Caf=C3=A9?=\r\n\r\nHello\r\n"  # noqa: E501


def mail(bench: Bench, **entry: Any) -> Mail:
    return Mail([{"name": "EMAIL", **entry}], bench.world)


def send(bench: Bench, made: Mail, message: Any, **keywords: Any) -> Any:
    return bench.run(made.binding("EMAIL", "LHR").send(message, **keywords))


def refusal(bench: Bench, made: Mail, message: Any) -> tuple[str, str | None]:
    with pytest.raises(JsException) as caught:
        send(bench, made, message)
    assert made.sent == []
    return str(caught.value), getattr(caught.value, "code", None)


def mime(raw: Any = MIME, sender: str = "me@lab.example", to: str = "ada@there.example") -> EmailMessage:
    return EmailMessage.new(sender, to, raw)


def test_fields_become_a_message_that_can_be_read():
    bench = planet()
    made = mail(bench)
    fields = FIELDS | {
        "from": {"email": "me@lab.example", "name": "The Lab"}, "cc": ["bob@there.example"], "bcc": "eve@there.example",
        "replyTo": "desk@lab.example", "subject": "Caf\u00e9", "html": "<p>High</p>", "headers": {"X-Tide": "high"},
        "attachments": [{"content": "aGk=", "filename": "a.txt", "type": "text/plain", "disposition": "attachment"}],
    }  # fmt: skip
    result = send(bench, made, fields)
    (row,) = made.sent
    assert result == {"messageId": row["message_id"]} and row["message_id"].endswith("@lab.example>")
    assert (row["sender"], row["to"], row["cc"], row["bcc"]) == (
        "me@lab.example", ["ada@there.example"], ["bob@there.example"], ["eve@there.example"],
    )  # fmt: skip
    assert (row["subject"], row["text"], row["html"]) == ("Caf\u00e9", "High at noon.\n", "<p>High</p>\n")
    assert row["attachments"] == ("a.txt",)
    assert row["headers"]["from"] == "The Lab <me@lab.example>"
    assert (row["headers"]["reply-to"], row["headers"]["x-tide"]) == ("desk@lab.example", "high")
    assert "eve@" not in row["raw"].decode()
    assert "Caf\u00e9" in repr(made.sent) and "<table>" in made.sent._repr_html_()


@pytest.mark.parametrize("raw", [MIME, MIME.encode(), ReadableStream.of(MIME.encode())])
def test_a_message_in_mime_is_sent_as_it_is(raw: Any):
    bench = flat()
    made = mail(bench)
    send(bench, made, mime(raw))
    (row,) = made.sent
    assert (row["raw"].decode(), row["subject"], row["text"], row["how"]) == (MIME, "Caf\u00e9", "Hello\n", "send")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Message-ID: <1@lab.example>\r\n", "", "Error: invalid message-id"),
        ("Me <me@lab.example>", "you@lab.example", "Error: From: header does not match mail from"),
        ("From: Me <me@lab.example>\r\n", "", "Error: From: header does not match mail from"),
        ("From:", "Received: from x\r\nFrom:", "Error: invalid headers set"),
    ],
)
def test_a_message_in_mime_is_refused_in_the_runtimes_words(old: str, new: str, words: str):
    bench = flat()
    assert refusal(bench, mail(bench), mime(MIME.replace(old, new)))[0] == words


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"destination_address": "bob@there.example"}, "Error: email to ada@there.example not allowed"),
        ({"allowed_destination_addresses": ["bob@there.example"]}, "Error: email to ada@there.example not allowed"),
        ({"allowed_sender_addresses": ["you@lab.example"]}, "Error: email from me@lab.example not allowed"),
    ],
)
@pytest.mark.parametrize("message", [FIELDS, mime()], ids=["fields", "mime"])
def test_a_restricted_binding_says_what_it_does_not_allow(entry: dict[str, Any], words: str, message: Any):
    bench = flat()
    assert refusal(bench, mail(bench, **entry), message)[0] == words


def test_a_binding_with_one_destination_needs_no_to():
    bench = flat()
    made = mail(bench, destination_address="ops@lab.example")
    send(bench, made, {name: value for name, value in FIELDS.items() if name != "to"})
    assert made.sent[0]["to"] == ["ops@lab.example"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"from": None}, "E_FIELD_MISSING"),
        ({"to": []}, "E_FIELD_MISSING"),
        ({"subject": None}, "E_FIELD_MISSING"),
        ({"to": "nobody"}, "E_VALIDATION_ERROR"),
        ({"to": "ada@there.example,eve@there.example"}, "E_VALIDATION_ERROR"),
        ({"subject": "x" * 999}, "E_VALIDATION_ERROR"),
        ({"subject": "x\r\nBcc: eve@there.example"}, "E_VALIDATION_ERROR"),
        ({"subject": "\ud800"}, "E_VALIDATION_ERROR"),
        ({"from": {"email": "me@lab.example", "name": "x\nBcc: eve@there.example"}}, "E_VALIDATION_ERROR"),
        ({"from": {"email": "me@lab.example", "name": 5}}, "E_VALIDATION_ERROR"),
        ({"replyTo": "x@y.example\r\nBcc: eve@there.example"}, "E_VALIDATION_ERROR"),
        ({"replyTo": 5}, "E_VALIDATION_ERROR"),
        ({"text": 5}, "E_VALIDATION_ERROR"),
        ({"html": b"x"}, "E_VALIDATION_ERROR"),
        ({"headers": ["X-A"]}, "E_VALIDATION_ERROR"),
        ({"attachments": "x"}, "E_VALIDATION_ERROR"),
        ({"attachments": [{"filename": "no content"}]}, "E_VALIDATION_ERROR"),
        ({"attachments": [{"content": "aGk=", "filename": "x\r\nX: y"}]}, "E_VALIDATION_ERROR"),
        ({"attachments": [{"content": "aGk=", "filename": "x", "type": "a\r\nb/c"}]}, "E_VALIDATION_ERROR"),
        ({"to": ["a@b.example"] * 49, "cc": "a@b.example", "bcc": "a@b.example"}, "E_TOO_MANY_RECIPIENTS"),
        ({"text": "x" * 5 * 2**20}, "E_CONTENT_TOO_LARGE"),
        ({"headers": {"Date": "x"}}, "E_HEADER_NOT_ALLOWED"),
        ({"headers": {"Shoe-Size": "9"}}, "E_HEADER_NOT_ALLOWED"),
        ({"headers": {"From": "x"}}, "E_HEADER_USE_API_FIELD"),
        ({"headers": {"X-A": ""}}, "E_HEADER_VALUE_INVALID"),
        ({"headers": {"X-A": "a\r\nBcc: eve@there.example"}}, "E_HEADER_VALUE_INVALID"),
        ({"headers": {"X-A": "x" * 2049}}, "E_HEADER_VALUE_TOO_LONG"),
        ({"headers": {"X-" + "a" * 99: "x"}}, "E_HEADER_NAME_INVALID"),
        ({"headers": {"Bad Header!": "x"}}, "E_HEADER_NAME_INVALID"),
        ({"headers": {f"X-{n}": "x" * 2000 for n in range(9)}}, "E_HEADERS_TOO_LARGE"),
    ],
)
def test_fields_beyond_the_limits_are_refused_with_a_code(change: dict[str, Any], code: str):
    bench = flat()
    assert refusal(bench, mail(bench), FIELDS | change)[1] == code


def test_a_name_stays_a_name_whatever_it_says():
    bench = flat()
    made = mail(bench)
    for name in ["\u00c9va <boss@corp.example>", "a, b@c.example", 'x "y" (z)']:
        send(bench, made, FIELDS | {"from": {"email": "me@lab.example", "name": name}})
        message = message_from_bytes(made.sent[-1]["raw"], policy=policy.default)
        (sender,) = message["from"].addresses
        assert (sender.display_name, sender.addr_spec) == (name, "me@lab.example")


def test_fields_at_the_limits_are_sent():
    bench = flat()
    made = mail(bench)
    send(bench, made, FIELDS | {"subject": "x" * 998, "to": ["a@b.example"] * 48, "cc": "a@b.example",
                                "bcc": "a@b.example", "headers": {"X-" + "a" * 98: "x" * 2048}})  # fmt: skip
    assert made.sent[0]["subject"] == "x" * 998


def test_the_words_for_headers_are_the_documentations():
    bench = flat()
    assert refusal(bench, mail(bench), FIELDS | {"headers": {"Date": "x"}})[0] == (
        "Error: Header 'Date' is not allowed. It is auto-generated by the platform."
    )
    assert refusal(bench, mail(bench), FIELDS | {"headers": {"From": "x"}})[0] == (
        "Error: Header 'From' must be set via the 'from' API field, not the 'headers' object."
    )


def test_25_mib_go_to_verified_addresses_only():
    bench = planet()
    made = mail(bench)
    large = FIELDS | {"text": "x" * 6 * 2**20}
    assert refusal(bench, made, large)[1] == "E_CONTENT_TOO_LARGE"
    made.verify("Ada@there.example")
    send(bench, made, large)
    assert len(made.sent) == 1


def test_the_free_plan_sends_to_verified_addresses_only_and_those_are_never_billed():
    bench = planet()
    bench.world.plan = "free"
    made = mail(bench)
    words, code = refusal(bench, made, FIELDS)
    assert (words, code) == ("Error: destination address is not a verified address", "E_RECIPIENT_NOT_ALLOWED")
    made.verify("ada@there.example")
    send(bench, made, FIELDS)
    assert "email.outbound" not in bench.trace.units()


def test_a_message_is_billed_once_and_accepted_after_a_while():
    bench = planet()
    send(bench, mail(bench), FIELDS | {"to": ["a@b.example", "c@d.example"]})
    assert bench.trace.units()["email.outbound"] == 1
    assert bench.now == facts.value("email.accept")
    assert bench.charged["email"] == 1


def test_a_suppressed_address_gets_nothing_and_an_outage_refuses_all():
    bench = planet()
    made = mail(bench)
    made.suppress("ADA@there.example")
    assert refusal(bench, made, FIELDS)[1] == "E_RECIPIENT_SUPPRESSED"
    made.suppressed.clear()
    made.outage("1 minute")
    assert refusal(bench, made, FIELDS)[1] == "E_INTERNAL_SERVER_ERROR"
    bench.advance(60)
    send(bench, made, FIELDS)
    with pytest.raises(LabError, match="0 seconds or more"):
        made.outage(-1)


def test_once_domains_are_onboarded_others_may_not_send():
    bench = planet()
    made = mail(bench)
    made.onboard("other.example")
    assert refusal(bench, made, FIELDS)[1] == "E_SENDER_NOT_VERIFIED"
    made.onboard("lab.example")
    send(bench, made, FIELDS)


def test_a_message_that_is_none_is_refused():
    bench = flat()
    assert "parameter 1 is not of type" in refusal(bench, mail(bench), "hello")[0]


def test_the_message_class_comes_from_its_module():
    message = import_from_javascript("cloudflare:email").EmailMessage.new("a@b.example", "c@d.example", MIME)
    assert (getattr(message, "from"), message.to) == ("a@b.example", "c@d.example")
    with pytest.raises(JsException, match="use the 'new' operator"):
        import_from_javascript("cloudflare:email").EmailMessage("a", "b", "c")


WORKER = """
from workers import Response, WorkerEntrypoint, import_from_javascript
%s

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        EmailMessage = import_from_javascript("cloudflare:email").EmailMessage
        sent = await self.env.EMAIL.send(EmailMessage.new("me@lab.example", "ada@there.example", await request.text()))
        return Response(sent.messageId)
"""


def test_a_worker_sends_a_message_and_so_does_a_cell():
    lab = Lab(WORKER % "", {"send_email": [{"name": "EMAIL"}]})
    assert lab.run(lab.run(lab.fetch("/", body=MIME)).text()).endswith("@lab.example>")
    lab.run(lab.env("LHR").EMAIL.send(FIELDS))
    assert [row["subject"] for row in lab.mail.sent] == ["Caf\u00e9", "Tides"]


def test_the_top_level_of_a_worker_cannot_import_the_module():
    lab = Lab(WORKER % "import_from_javascript('cloudflare:email')", {"send_email": [{"name": "EMAIL"}]})
    assert lab.run(lab.fetch("/", body=MIME)).status == 500
    assert "are available in the global scope" in lab.logs[-1].message


OBJECT = """
from workers import DurableObject, WorkerEntrypoint


class Room(DurableObject):
    async def keep_and_send(self):
        await self.ctx.storage.put("k", 1)
        await self.env.EMAIL.send({"from": "me@lab.example", "to": "ada@there.example", "subject": "Kept", "text": ""})


class Default(WorkerEntrypoint):
    pass
"""


@pytest.mark.parametrize("is_lost", [True, False])
def test_an_objects_mail_leaves_when_what_it_wrote_is_confirmed(is_lost: bool):
    rooms = Rooms(OBJECT, wrangler={"send_email": [{"name": "EMAIL"}]}, network=None)
    confirmed = facts.value("durable_objects.write")

    async def lost() -> None:
        while not rooms.lab.trace.where("durable_objects", "storage.put"):
            await asyncio.sleep(confirmed / 100)
        await asyncio.sleep(confirmed * 0.9)  # the object has computed, and its write is not yet confirmed
        if is_lost:
            rooms.objects.crash("a")

    rooms.together(rooms.stub().keep_and_send(), lost())
    rooms.run(rooms.lab.advance(1))
    assert len(rooms.lab.mail.sent) == (not is_lost)


def test_the_same_seed_sends_the_same_bytes():
    both = []
    for _ in range(2):
        bench = planet(seed=7)
        made = mail(bench)
        send(bench, made, FIELDS | {"html": "<p>x</p>", "attachments": [{"content": b"x", "filename": "x"}]})
        both.append(made.sent[0]["raw"])
    assert both[0] == both[1]


def test_a_snapshot_brings_the_outbox_back():
    bench = flat()
    made = mail(bench)
    send(bench, made, FIELDS)
    state, outbox = made.snapshot(), made.sent
    send(bench, made, FIELDS)
    made.verify("x@y.example")
    made.restore(state)
    assert (len(outbox), made.verified) == (1, set())
