"""The server's side of a driver's connection, without I/O: bytes in, replies and batches of messages out.

It answers what is settled at the edge: encryption (refused, as the way to Hyperdrive needs none), the start, the
password. What asks the database leaves it as a batch, for `session` to answer.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from labkit.emulators.hyperdrive import messages
from labkit.emulators.hyperdrive.messages import (
    CANCEL,
    GSS,
    LONGEST,
    LONGEST_PASSWORD,
    LONGEST_START,
    SSL,
    VERSION,
    Body,
    Message,
    ProtocolError,
    Unframer,
)

ASKS = frozenset("PBDECSHQ")
"""Parse, Bind, Describe, Execute, Close, Sync, Flush, Query: what a driver sends once it is connected."""
COPIES = frozenset("dcf")
_LONGEST = {"start": LONGEST_START, "password": LONGEST_PASSWORD}


@dataclass(frozen=True)
class Account:
    """Who may connect, and to what."""

    user: str
    password: str
    database: str


@dataclass
class Step:
    """What bytes led to: a reply, batches for the database, and whether the connection is over."""

    reply: bytes = b""
    batches: list[list[Message]] = field(default_factory=list)
    is_over: bool = False


class Edge:
    """One connection's state: "start", "password", "ready" or "over"."""

    def __init__(self, account: Account, settings: Mapping[str, str], key: tuple[int, int]):
        self.account, self.settings, self.key = account, settings, key
        self.state = "start"
        self.asked: dict[str, str] = {}
        self._unframer = Unframer()
        self._batch: list[Message] = []

    def receive(self, data: bytes) -> Step:
        """Take bytes off the wire. Never raises: what no driver sends ends the connection with an error."""
        step = Step(is_over=self.state == "over")
        self._unframer.feed(data)
        try:
            while not step.is_over and (message := self._unframer.next(_LONGEST.get(self.state, LONGEST))):
                self._take(message, step)
        except ProtocolError as error:
            self._end(step, "08P01", str(error))
        if self._batch and self._batch[-1].kind == "H":  # what it wants to hear before it goes on
            self._hand_over(step)
        return step

    def _take(self, message: Message, step: Step) -> None:
        if self.state == "start":
            self._start(message, step)
        elif self.state == "password":
            self._password(message, step)
        elif message.kind == "X":
            self.state, step.is_over = "over", True
        elif message.kind in ASKS:
            self._ask(message, step)
        elif message.kind not in COPIES:  # PostgreSQL ignores those outside of a COPY
            self._end(step, "08P01", f"invalid frontend message type {ord(message.kind)}")

    def _start(self, message: Message, step: Step) -> None:
        body = Body(message.body)
        code = body.int32()
        if code in (SSL, GSS):
            step.reply += b"N"
        elif code == CANCEL:  # and there is no answer to it
            self.state, step.is_over = "over", True
        elif code >> 16 != VERSION >> 16:
            self._end(step, "0A000", f"unsupported frontend protocol {code >> 16}.{code & 0xFFFF}")
        else:
            self._ask_password(body, step)

    def _ask_password(self, body: Body, step: Step) -> None:
        while name := body.text():
            self.asked[name] = body.text()
        if not self.asked.get("user"):
            return self._end(step, "28000", "no PostgreSQL user name specified in startup packet")
        self.state, self._unframer.has_kind = "password", True
        step.reply += Message("R", (3).to_bytes(4, "big")).encoded()

    def _password(self, message: Message, step: Step) -> None:
        if message.kind != "p":
            return self._end(step, "08P01", f"expected password response, got message type {ord(message.kind)}")
        user, database = self.asked["user"], self.asked.get("database") or self.asked["user"]
        said = Body(message.body).text()
        if user != self.account.user or not hmac.compare_digest(said.encode(), self.account.password.encode()):
            self._end(step, "28P01", f'password authentication failed for user "{user}"')
        elif database != self.account.database:
            self._end(step, "3D000", f'database "{database}" does not exist')
        else:
            self._welcome(step)

    def _welcome(self, step: Step) -> None:
        self.state = "ready"
        settings = dict(self.settings) | {"session_authorization": self.asked["user"]}
        if "application_name" in self.asked:
            settings["application_name"] = self.asked["application_name"]
        process, secret = self.key
        key = Message("K", process.to_bytes(4, "big") + secret.to_bytes(4, "big"))
        said = [messages.parameter(name, value) for name, value in settings.items()]
        step.reply += messages.encoded([Message("R", bytes(4)), *said, key, messages.ready("I")])

    def _ask(self, message: Message, step: Step) -> None:
        if self._batch and self._batch[-1].kind == "H":
            self._batch.pop()  # more has come with it: it need not be answered by itself
        self._batch.append(message)
        if message.kind in "SQ":
            self._hand_over(step)

    def _hand_over(self, step: Step) -> None:
        step.batches.append(self._batch)
        self._batch = []

    def _end(self, step: Step, code: str, words: str) -> None:
        self.state, step.is_over, self._batch = "over", True, []
        step.reply += messages.error(code, words, "FATAL").encoded()
