"""The SQLite origin's side of a connection: messages of PostgreSQL's protocol in, messages out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from labkit.emulators.hyperdrive import describing, dialect, messages, results, types
from labkit.emulators.hyperdrive.database import Result
from labkit.emulators.hyperdrive.dialect import Statement
from labkit.emulators.hyperdrive.messages import Bind, Body, Message, Parse, ProtocolError
from labkit.emulators.hyperdrive.refusals import SqlError
from labkit.emulators.hyperdrive.session import COMMANDS, Session
from labkit.emulators.hyperdrive.types import BadValue


@dataclass
class Prepared:
    """A statement under its name, and the types of its parameters."""

    statement: Statement
    types: list[int]


@dataclass
class Portal:
    """A statement that is bound to values; `rows` are those not yet taken, once it runs."""

    prepared: Prepared
    values: list[Any]
    formats: tuple[int, ...]
    result: Result | None = None
    columns: list[results.Column] = field(default_factory=list)
    at: int = 0


class Backend:
    """One connection to the database: its session, its prepared statements and its portals."""

    def __init__(self, session: Session):
        self.session, self.database = session, session.database
        self.prepared: dict[str, Prepared] = {}
        self.portals: dict[str, Portal] = {}
        self._skips = False

    async def exchange(self, asked: list[Message]) -> list[Message]:
        """The answers to messages, in order."""
        return [answer for message in asked async for answer in self._answer(message)]

    async def _answer(self, message: Message) -> AsyncIterator[Message]:
        if message.kind == "S":
            self._skips = False
            self._let_go()
            yield messages.ready(self.session.status)
        elif not self._skips:
            try:
                async for answer in _ANSWERS[message.kind](self, message.body):
                    yield answer
            except (SqlError, ProtocolError, BadValue) as error:
                yield self._failed(error)
                self._skips = message.kind != "Q"
            if message.kind == "Q":
                self._let_go()
                yield messages.ready(self.session.status)

    def _let_go(self) -> None:
        """Portals end with the transaction."""
        if not self.session.is_in_transaction:
            self.portals.clear()

    def _failed(self, error: Exception) -> Message:
        self.session.fail()
        if isinstance(error, SqlError):
            return error.response()
        return messages.error(error.code if isinstance(error, BadValue) else "08P01", str(error))

    # The simple protocol: a text of statements, which are one transaction where they open none.

    async def _query(self, body: bytes) -> AsyncIterator[Message]:
        statements = [dialect.statement(text) for text in dialect.split(Body(body).text())]
        if not statements:
            yield Message("I")
        session, is_one = self.session, len(statements) > 1 and not self.session.is_in_transaction
        for statement in statements:
            if is_one and statement.verb in ("begin", "start", *dialect.ENDS):
                is_one = False  # from here on it says itself what its transactions are
            elif is_one and not session.is_in_transaction:
                await session.begin(statement)
            try:
                async for answer in self._simple(statement):
                    yield answer
            except (SqlError, BadValue):
                if is_one:
                    session.finish("ROLLBACK")
                raise
        if is_one:
            session.finish("COMMIT")

    async def _simple(self, statement: Statement) -> AsyncIterator[Message]:
        result, tag = await self.session.run(statement, ())
        if result.columns:
            columns = self._columns(statement, result)
            yield results.description(columns, ())
            for each in result.rows:
                yield results.row(each, columns, ())
        yield messages.complete(tag)

    # The extended protocol.

    async def _parse(self, body: bytes) -> AsyncIterator[Message]:
        asked = Parse.of(body)
        texts = dialect.split(asked.sql)
        if len(texts) > 1:
            raise SqlError("42601", "cannot insert multiple commands into a prepared statement")
        if asked.name in self.prepared and asked.name:
            raise SqlError("42P05", f'prepared statement "{asked.name}" already exists')
        statement = dialect.statement(texts[0] if texts else "")
        self._check(statement)
        oids = describing.parameter_types(statement, asked.types, self._declared(statement))
        self.prepared[asked.name] = Prepared(statement, oids)
        yield Message("1")

    def _check(self, statement: Statement) -> None:
        """Refuse what cannot be prepared: SQLite looks at it without running it."""
        self.session.refuse_aborted(statement)
        if statement.verb and statement.verb not in COMMANDS:
            self.database.seen(self.session, statement, None)

    async def _bind(self, body: bytes) -> AsyncIterator[Message]:
        asked = Bind.of(body)
        prepared = self._statement(asked.statement)
        if len(asked.values) != len(prepared.types):
            given, wanted, name = len(asked.values), len(prepared.types), asked.statement
            words = f'bind message supplies {given} parameters, but prepared statement "{name}" requires {wanted}'
            raise SqlError("08P01", words)
        forms = results.spread(asked.formats, len(asked.values))
        values = [types.decoded(*each) for each in zip(asked.values, prepared.types, forms, strict=True)]
        self.portals[asked.portal] = Portal(prepared, values, asked.results)
        yield Message("2")

    def _statement(self, name: str) -> Prepared:
        if name not in self.prepared:
            what = f'prepared statement "{name}"' if name else "unnamed prepared statement"
            raise SqlError("26000", f"{what} does not exist")
        return self.prepared[name]

    def _portal(self, name: str) -> Portal:
        if name not in self.portals:
            raise SqlError("34000", f'portal "{name}" does not exist')
        return self.portals[name]

    async def _describe(self, body: bytes) -> AsyncIterator[Message]:
        read = Body(body)
        kind, name = read.take(1), read.text()
        if kind == b"S":
            prepared = self._statement(name)
            yield Message("t", messages.int16s([len(prepared.types)])[:2] + b"".join(
                oid.to_bytes(4, "big") for oid in prepared.types))  # fmt: skip
            statement, values, formats = prepared.statement, [None] * len(prepared.types), ()
        else:
            portal = self._portal(name)
            statement, values, formats = portal.prepared.statement, portal.values, portal.formats
        columns = self._seen(statement, values)
        if kind == b"P":
            self._portal(name).columns = columns
        yield results.description(columns, formats) if columns else Message("n")

    def _seen(self, statement: Statement, values: list[Any]) -> list[results.Column]:
        """The columns of what a statement will give, judged by its first row where it only reads."""
        if not statement.verb or statement.verb in COMMANDS:
            return [(statement.words[-1], types.TEXT)] if statement.verb == "show" else []
        peeks = statement.verb == "select" and not statement.writes and not _ACTS & statement.calls
        return self._columns(statement, self.database.seen(self.session, statement, values if peeks else None))

    async def _execute(self, body: bytes) -> AsyncIterator[Message]:
        read = Body(body)
        portal, most = self._portal(read.text()), read.int32()
        statement = portal.prepared.statement
        if not statement.verb:
            yield Message("I")
            return
        tag = ""
        if portal.result is None:
            portal.result, tag = await self.session.run(statement, portal.values)
        result = portal.result
        columns = portal.columns or self._columns(statement, result)
        taken = result.rows[portal.at : portal.at + most if most > 0 else None]
        portal.at += len(taken)
        for each in taken if columns else ():
            yield results.row(each, columns, portal.formats)
        suspended = 0 < most == len(taken)
        yield Message("s") if suspended else messages.complete(tag or f"SELECT {len(taken)}")

    async def _close(self, body: bytes) -> AsyncIterator[Message]:
        read = Body(body)
        (self.prepared if read.take(1) == b"S" else self.portals).pop(read.text(), None)
        yield Message("3")

    async def _flush(self, _body: bytes) -> AsyncIterator[Message]:
        for nothing in ():
            yield nothing

    def _declared(self, statement: Statement) -> dict[str, str]:
        """The declared types of all columns of the tables that a statement names."""
        found: dict[str, str] = {}
        connection = self.database.reading(self.session)
        for table in describing.tables(statement.sql):
            found = self.database.columns(connection, table) | found
        return found

    def _columns(self, statement: Statement, result: Result) -> list[results.Column]:
        first = result.rows[0] if result.rows else None
        return describing.columns_of(statement, result.columns, first, self._declared(statement))


_ACTS = frozenset(("pg_sleep", "set_config"))
"""Functions that do something: a statement that calls them is not run to see what it gives."""


_ANSWERS: dict[str, Callable[[Backend, bytes], AsyncIterator[Message]]] = {
    "Q": Backend._query, "P": Backend._parse, "B": Backend._bind, "D": Backend._describe, "E": Backend._execute,
    "C": Backend._close, "H": Backend._flush,
}  # fmt: skip
