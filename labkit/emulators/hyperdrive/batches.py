"""What a driver sends up to a Sync, made fit for whichever connection answers it, and the answers put in their places.

A statement that a driver prepares is kept at the edge under its name. The database gets it under a name of its text,
before it is first needed on a connection, so that any connection can go on with it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from hashlib import blake2s
from typing import Any

from labkit.emulators.hyperdrive.cacheable import is_cacheable
from labkit.emulators.hyperdrive.messages import Bind, Body, Message, Parse

_ENDS = {"P": "1", "B": "2", "C": "3", "D": "Tn", "E": "CIs", "S": "Z", "Q": "Z", "H": ""}
"""The kinds of messages that end the answer to each kind."""


def server_name(parse: Parse) -> str:
    """The name under which the database knows a statement."""
    return "hd_" + blake2s(parse.message().body, digest_size=8).hexdigest()


@dataclass
class Batch:
    """Messages of a driver, with the statements that their names mean."""

    asked: list[Message]
    statements: list[Parse | None] = field(default_factory=list)

    @classmethod
    def of(cls, asked: list[Message], prepared: dict[str, Parse]) -> Batch:
        """A batch of a connection that has prepared these statements; `prepared` learns of those in it."""
        made = cls(asked)
        for message in asked:
            made.statements.append(_statement_of(message, prepared))
        return made

    @property
    def kinds(self) -> str:
        return "".join(message.kind for message in self.asked)

    @property
    def texts(self) -> list[str]:
        """The SQL that it runs, or describes."""
        named = [each.sql for each in self.statements if each]
        return [Body(each.body).text() for each in self.asked if each.kind == "Q"] or list(dict.fromkeys(named))

    @property
    def queries(self) -> int:
        """How many queries it is: each execution is one."""
        return sum(kind in "EQ" for kind in self.kinds)

    @property
    def is_local(self) -> bool:
        """Whether nothing in it asks the database."""
        return self.kinds[-1] == "S" and all(map(_is_at_the_edge, self.asked[:-1]))

    def key(self) -> tuple[Any, ...] | None:
        """What the answer may be cached under; None where it may not be."""
        kinds = self.kinds
        if kinds.strip("P") not in ("Q", "BES", "BDES", "DBES", "DS") or not all(map(is_cacheable, self.texts)):
            return None
        if kinds[-2:-1] == "E" and self.asked[-2].body[-4:] != bytes(4):  # only some of the rows
            return None
        known = [(each.sql, each.types) for each in self.statements if each]
        bodies = [_unnamed(message) for message in self.asked if message.kind in "QBD"]
        return (kinds, *known, *bodies) if len(self.texts) == 1 else None

    def plan(self, known: Iterable[str]) -> tuple[list[Message], list[tuple[str, str]]]:
        """What to send to a connection that has these statements, and for each answer its kind and what becomes of it:

        it is "sent" on, it is "hidden", or it is "local": it comes from the edge.
        """
        out: list[Message] = []
        fates: list[tuple[str, str]] = []
        has = set(known)
        for message, parse in zip(self.asked, self.statements, strict=True):
            if message.kind == "P" or _is_at_the_edge(message):
                fates.append((message.kind, "local"))
                continue
            if parse and (name := server_name(parse)) not in has:
                out.append(replace(parse, name=name).message())
                fates.append(("P", "hidden"))
                has.add(name)
            out.append(_renamed(message, parse))
            fates.append((message.kind, "sent"))
        return out, fates


def merged(fates: list[tuple[str, str]], answers: Iterable[Message]) -> list[Message]:
    """The answers as the driver expects them. After an error nothing is answered up to the Sync."""
    out: list[Message] = []
    left = deque(answers)
    has_failed = False
    for kind, fate in fates:
        if has_failed and kind != "S":
            continue
        if fate == "local":
            out.append(Message(_ENDS[kind]))
            continue
        has_failed = _answer(kind, fate, left, out)
    return out


def _answer(kind: str, fate: str, left: deque[Message], out: list[Message]) -> bool:
    """Pass on the answer to one message; whether it was refused."""
    while left and _ENDS[kind]:
        message = left.popleft()
        ends = message.kind in _ENDS[kind]
        if not (ends and fate == "hidden"):
            out.append(message)
        if message.kind == "E" and kind != "Q":
            return True
        if ends:
            break
    return False


def _statement_of(message: Message, prepared: dict[str, Parse]) -> Parse | None:
    """The statement that a message needs the database to know. Raises ProtocolError."""
    if message.kind == "P":
        parse = Parse.of(message.body)
        prepared[parse.name] = parse
    elif message.kind == "B":
        return prepared.get(Bind.of(message.body).statement)
    elif message.kind in "DC":
        read = Body(message.body)
        kind, name = read.take(1), read.text()
        if kind == b"S" and message.kind == "D":
            return prepared.get(name)
        if kind == b"S":
            prepared.pop(name, None)
    return None


def _is_at_the_edge(message: Message) -> bool:
    """Whether it only names a statement or forgets one: the database need not hear of it."""
    return message.kind == "P" or (message.kind == "C" and message.body[:1] == b"S")


def _renamed(message: Message, parse: Parse | None) -> Message:
    if parse is None:
        return message
    if message.kind == "B":
        return replace(Bind.of(message.body), statement=server_name(parse)).message()
    return Message("D", b"S" + server_name(parse).encode() + b"\0")


def _unnamed(message: Message) -> bytes:
    """What of a message makes its answer: not the names that a driver chose."""
    if message.kind == "B":
        return replace(Bind.of(message.body), portal="", statement="").message().body
    return message.body[:1] if message.kind == "D" else message.body


def prepared_by(sent: list[Message], answers: list[Message]) -> list[str]:
    """The names that the database has learnt: as many of those sent as it has confirmed."""
    names = [Parse.of(message.body).name for message in sent if message.kind == "P"]
    return names[: sum(message.kind == "1" for message in answers)]
