"""Messages of PostgreSQL's protocol, version 3.0: how they are framed, and the few that are read or written by hand.

A message is its kind, one letter, and its body. Source: https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

VERSION, SSL, GSS, CANCEL = 196608, 80877103, 80877104, 80877102
"""What the first message of a connection may be about."""
LONGEST = 1 << 30
"""Bytes that a message may have; PostgreSQL's own limit."""
LONGEST_START, LONGEST_PASSWORD = 10_000, 65_535
"""The same of whom nobody knows yet."""


class ProtocolError(Exception):
    """What no driver sends: the connection cannot go on."""


class Message(NamedTuple):
    """One message. The first of a connection has no kind."""

    kind: str
    body: bytes = b""

    def encoded(self) -> bytes:
        """The message as it stands on the wire."""
        return self.kind.encode("latin-1") + struct.pack("!I", len(self.body) + 4) + self.body


def encoded(messages: Iterable[Message]) -> bytes:
    """Messages as they stand on the wire, one after the other."""
    return b"".join(message.encoded() for message in messages)


class Unframer:
    """Bytes as they come, cut into messages. `has_kind` is False until the first message of a connection has come."""

    def __init__(self, *, has_kind: bool = False):
        self.has_kind = has_kind
        self._left = bytearray()

    def feed(self, data: bytes) -> None:
        """Take bytes off the wire."""
        self._left += data

    def next(self, longest: int = LONGEST) -> Message | None:
        """The next whole message, or None. Raises ProtocolError where a length cannot be one."""
        start = 1 if self.has_kind else 0
        if len(self._left) < start + 4:
            return None
        (length,) = struct.unpack_from("!I", self._left, start)
        if not 4 <= length <= longest:
            raise ProtocolError("invalid message length")
        if len(self._left) < start + length:
            return None
        kind = chr(self._left[0]) if self.has_kind else ""
        body = bytes(self._left[start + 4 : start + length])
        del self._left[: start + length]
        return Message(kind, body)


class Body:
    """A message's body, read from left to right. Raises ProtocolError where it is too short."""

    def __init__(self, body: bytes):
        self.body, self.at = body, 0

    def take(self, size: int) -> bytes:
        """The next bytes."""
        found = self.body[self.at : self.at + size]
        if size < 0 or len(found) < size:
            raise ProtocolError("insufficient data left in message")
        self.at += size
        return found

    def text(self) -> str:
        """The next text, up to its zero byte."""
        end = self.body.find(b"\0", self.at)
        if end < 0:
            raise ProtocolError("invalid string in message")
        found = self.take(end - self.at)
        self.at += 1
        try:
            return found.decode()
        except UnicodeDecodeError:
            raise ProtocolError('invalid byte sequence for encoding "UTF8"') from None

    def int16(self) -> int:
        return struct.unpack("!h", self.take(2))[0]

    def int32(self) -> int:
        return struct.unpack("!i", self.take(4))[0]

    def value(self) -> bytes | None:
        """The next value: its length and its bytes, or None for NULL."""
        size = self.int32()
        return None if size == -1 else self.take(size)


@dataclass(frozen=True)
class Parse:
    """A statement to be prepared under a name; the unnamed one is replaced by the next."""

    name: str
    sql: str
    types: tuple[int, ...] = ()

    @classmethod
    def of(cls, body: bytes) -> Parse:
        read = Body(body)
        return cls(read.text(), read.text(), tuple(read.int32() for _ in range(read.int16())))

    def message(self) -> Message:
        types = struct.pack(f"!h{len(self.types)}i", len(self.types), *self.types)
        return Message("P", cstring(self.name) + cstring(self.sql) + types)


@dataclass(frozen=True)
class Bind:
    """A portal: a prepared statement and the values of its parameters. Formats are 0 for text and 1 for binary."""

    portal: str
    statement: str
    formats: tuple[int, ...]
    values: tuple[bytes | None, ...]
    results: tuple[int, ...]

    @classmethod
    def of(cls, body: bytes) -> Bind:
        read = Body(body)
        portal, statement = read.text(), read.text()
        formats = tuple(read.int16() for _ in range(read.int16()))
        values = tuple(read.value() for _ in range(read.int16()))
        return cls(portal, statement, formats, values, tuple(read.int16() for _ in range(read.int16())))

    def message(self) -> Message:
        names = cstring(self.portal) + cstring(self.statement)
        return Message("B", names + int16s(self.formats) + row(self.values) + int16s(self.results))


def cstring(text: str) -> bytes:
    return text.encode() + b"\0"


def int16s(numbers: Sequence[int]) -> bytes:
    return struct.pack(f"!h{len(numbers)}h", len(numbers), *numbers)


def row(values: Sequence[bytes | None]) -> bytes:
    """How many values, and each with its length."""
    cells = (b"\xff\xff\xff\xff" if value is None else struct.pack("!i", len(value)) + value for value in values)
    return struct.pack("!h", len(values)) + b"".join(cells)


def error(code: str, message: str, severity: str = "ERROR", **more: str) -> Message:
    """An ErrorResponse: an SQLSTATE and what a driver shows; `more` are further fields, by their letter."""
    fields = {"S": severity, "V": severity, "C": code, "M": message} | more
    return Message("E", b"".join(cstring(letter + text) for letter, text in fields.items()) + b"\0")


def notice(code: str, message: str) -> Message:
    """A NoticeResponse: a warning."""
    return Message("N", error(code, message, "WARNING").body)


def fields_of(message: Message) -> dict[str, str]:
    """The fields of an error or a notice, by their letter."""
    parts = (part.decode(errors="replace") for part in message.body.split(b"\0") if part)
    return {part[0]: part[1:] for part in parts}


def parameter(name: str, value: str) -> Message:
    return Message("S", cstring(name) + cstring(value))


def ready(status: str) -> Message:
    """ReadyForQuery: "I" outside of a transaction, "T" in one, "E" in one that has failed."""
    return Message("Z", status.encode())


def complete(tag: str) -> Message:
    """CommandComplete, such as "SELECT 3"."""
    return Message("C", cstring(tag))
