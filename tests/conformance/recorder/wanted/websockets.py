"""WebSockets of a Durable Object: the Hibernation API, and sockets that the object accepts itself.

The room notes ["message", text or number of bytes] and ["close", code, reason, wasClean]; a visitor's end notes what
came in there. A message "verb:rest" is obeyed (`subjects.mjs`, `Room`).
"""

from __future__ import annotations

from tests.conformance.recorder.wanted import call, wait

SOON = wait(0.15)
ADA, BOB = call("ROOM.connect", {}, keep="ada"), call("ROOM.connect", {}, keep="bob")
SEEN, ADA_SEEN, BOB_SEEN = call("ROOM.seen"), call("$ada.seen"), call("$bob.seen")
PLAIN = call("ROOM.connect", {"mode": "accept"}, keep="ada")


def say(text: object, who: str = "ada") -> dict:
    return call(f"${who}.send", text)


def tagged(*tags: str, who: str = "ada") -> dict:
    quoted = ",".join(f'"{tag}"' for tag in tags)
    return call("ROOM.connect", {"tags": f"[{quoted}]"}, keep=who)


def closing(*args: object) -> list[dict]:
    return [ADA, call("$ada.close", *args), SOON, SEEN, call("ROOM.sockets")]


def closed_by_room(*args: object) -> list[dict]:
    return [ADA, call("ROOM.hangUp", *args), SOON, ADA_SEEN, SEEN, call("$ada.state"), call("ROOM.sockets")]


SCENARIOS = {
    "a message is answered": [ADA, say("echo:hello"), SOON, ADA_SEEN, SEEN],
    "messages keep their order": [ADA, *(say(f"echo:{n}") for n in range(5)), SOON, ADA_SEEN, SEEN],
    "an empty message": [ADA, say(""), say("echo:"), SOON, ADA_SEEN, SEEN],
    "bytes go both ways": [ADA, say({"$bytes": "AAECAw=="}), say("bytes"), SOON, ADA_SEEN, SEEN],
    "letters beyond ASCII": [ADA, say("echo:šum ☕ 𝄞"), SOON, ADA_SEEN],
    "a long message": [ADA, say({"$repeat": ["x", 100_000]}), SOON, SEEN],
    "the room greets before the visitor listens": [
        call("ROOM.connect", {"greet": "welcome"}, keep="ada"),
        SOON,
        ADA_SEEN,
    ],  # fmt: skip
    "everyone hears": [ADA, BOB, say("all:hi"), SOON, ADA_SEEN, BOB_SEEN],
    "all others hear": [ADA, BOB, say("others:hi", "bob"), SOON, ADA_SEEN, BOB_SEEN],
    "a broadcast from a call": [ADA, BOB, call("ROOM.broadcast", "news"), SOON, ADA_SEEN, BOB_SEEN],
    "a broadcast to a tag": [
        tagged("red"),
        tagged("red", "blue", who="bob"),
        call("ROOM.broadcast", "blue only", "blue"),
        SOON,
        ADA_SEEN,
        BOB_SEEN,
        call("ROOM.broadcast", "nobody", "green"),
        SOON,
        BOB_SEEN,
    ],  # fmt: skip
    "tags are kept": [tagged("b", "a"), say("tags"), SOON, ADA_SEEN, call("ROOM.sockets")],
    "a tag twice counts once": [tagged("a", "a", "b"), call("ROOM.sockets")],
    "sockets by tag": [
        tagged("a"),
        tagged("a", "b", who="bob"),
        call("ROOM.sockets", "b"),
        call("ROOM.sockets", "a"),
        call("ROOM.sockets", "c"),
        call("ROOM.sockets"),
    ],  # fmt: skip
    "ten tags are the most": [tagged(*"abcdefghij"), call("ROOM.sockets"), tagged(*"abcdefghijk", who="bob")],
    "256 characters of a tag are the most": [tagged("x" * 256), tagged("x" * 257, who="bob"), tagged("", who="eve")],
    "an attachment stays with its socket": [
        ADA,
        BOB,
        say('attach:{"name":"ada","seats":[1,2]}'),
        SOON,
        say("attachment"),
        say("attachment", "bob"),
        SOON,
        ADA_SEEN,
        BOB_SEEN,
        call("ROOM.attachments"),
    ],  # fmt: skip
    "an attachment is replaced": [ADA, say('attach:"one"'), say("attach:2"), say("attachment"), SOON, ADA_SEEN],
    "an attachment given on arrival": [
        call("ROOM.connect", {"attach": '{"user":7}'}, keep="ada"),
        say("attachment"),
        SOON,
        ADA_SEEN,
    ],  # fmt: skip
    "16 KiB of attachment are the most": [
        call("ROOM.connect", {"attach": '"' + "x" * 16_000 + '"'}, keep="ada"),
        call("ROOM.connect", {"attach": '"' + "x" * 16_500 + '"'}, keep="bob"),
    ],  # fmt: skip
    "a visitor closes without a code": closing(),
    "a visitor closes with 1000": closing(1000, "done"),
    "what a visitor hears who has closed": [ADA, call("$ada.close", 1000, "done"), SOON, ADA_SEEN, call("$ada.state")],
    "a visitor closes with a code of the application": closing(4001, "moved"),
    "a visitor closes with a code that nobody may send": [ADA, call("$ada.close", 1005), call("$ada.close", 999)],
    "a visitor closes with 3000 and no reason": closing(3000),
    "a reason has 123 bytes at most": [ADA, call("$ada.close", 1000, "x" * 124), call("$ada.close", 1000, "x" * 123)],
    "a visitor closes twice": [ADA, call("$ada.close", 1000, "a"), call("$ada.close", 1000, "b"), SOON, SEEN],
    "nothing is sent after a close": [ADA, call("$ada.close", 1000, ""), say("late"), SOON, SEEN],
    "a room that answers a close": [
        call("ROOM.answerCloses"),
        ADA,
        call("$ada.close", 4002, "bye"),
        SOON,
        SEEN,
        ADA_SEEN,
        call("$ada.state"),
    ],  # fmt: skip
    "the room hangs up": closed_by_room(1000, "over"),
    "the room hangs up with a code of its own": closed_by_room(4500, ""),
    "the room closes from a message": [ADA, say("close:4003 enough"), SOON, ADA_SEEN, SEEN],
    "the room closes with codes that it may not send": [ADA, say("close:999 x"), say("close:1006 x"), SOON, SEEN],
    "the other socket stays": [
        ADA,
        BOB,
        call("$ada.close", 1000, ""),
        SOON,
        say("all:still", "bob"),
        SOON,
        BOB_SEEN,
        call("ROOM.sockets"),
    ],  # fmt: skip
    "a handler that throws leaves the socket open": [
        ADA,
        say("throw:oops"),
        SOON,
        say("echo:alive"),
        SOON,
        ADA_SEEN,
        SEEN,
    ],  # fmt: skip
    "an automatic answer wakes nobody": [
        call("ROOM.answer", "ping", "pong"),
        ADA,
        say("ping"),
        say("echo:x"),
        SOON,
        ADA_SEEN,
        SEEN,
        call("ROOM.answered"),
    ],  # fmt: skip
    "an automatic answer is for the exact text": [
        call("ROOM.answer", "ping", "pong"),
        ADA,
        say("Ping"),
        say("ping "),
        SOON,
        ADA_SEEN,
        SEEN,
        call("ROOM.answered"),
    ],  # fmt: skip
    "an automatic answer can be taken back": [
        call("ROOM.answer", "ping", "pong"),
        ADA,
        call("ROOM.noAnswer"),
        say("ping"),
        SOON,
        ADA_SEEN,
        SEEN,
    ],  # fmt: skip
    "an automatic answer has 2,048 bytes at most": [
        call("ROOM.answer", {"$repeat": ["x", 2049]}, "y"),
        call("ROOM.answer", "y", {"$repeat": ["x", 2049]}),
    ],  # fmt: skip
    "slow handlers overlap": [ADA, say("slow"), say("echo:quick"), wait(0.6), ADA_SEEN],
    "a socket of the object itself": [PLAIN, say("echo:hi"), SOON, ADA_SEEN, SEEN, call("ROOM.sockets")],
    "a socket of the object itself closes": [PLAIN, call("$ada.close", 1000, "bye"), SOON, SEEN],
    "accepted in both ways": [
        call("ROOM.connect", {"mode": "accept", "twice": "hibernate"}),
        call("ROOM.connect", {"mode": "hibernate", "twice": "hibernate"}),
        call("ROOM.connect", {"mode": "hibernate", "twice": "accept"}),
    ],  # fmt: skip
    "sent before it is accepted": [call("ROOM.connect", {"before": "too soon"})],
    "a request that asks for no socket": [call("ROOM.connect", {}, {})],
    "sleeps after ten seconds and keeps its sockets": [
        tagged("red"),
        say('attach:"kept"'),
        say("heard"),
        SOON,
        call("ROOM.born"),
        wait(12),
        say("heard"),
        say("attachment"),
        say("tags"),
        SOON,
        ADA_SEEN,
        call("ROOM.born"),
    ],  # fmt: skip
    "a socket of its own keeps it awake": [
        PLAIN,
        say("heard"),
        wait(12),
        say("heard"),
        SOON,
        ADA_SEEN,
        call("ROOM.born"),
    ],
    "an automatic answer leaves it asleep": [
        call("ROOM.answer", "ping", "pong"),
        ADA,
        wait(12),
        say("ping"),
        SOON,
        ADA_SEEN,
        wait(0.2),
        call("ROOM.born"),
    ],  # fmt: skip
}
