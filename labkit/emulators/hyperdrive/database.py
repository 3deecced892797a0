"""The database that stands in for a PostgreSQL: SQLite in memory, with sessions that see what is committed.

Each statement sees what is committed when it begins (READ COMMITTED). One transaction writes at a time: others that
want to write wait until it ends. While it is open, everybody else reads the state from before it.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import apsw
import apsw.ext

from labkit import facts
from labkit.emulators.hyperdrive import functions
from labkit.emulators.hyperdrive.dialect import Statement
from labkit.emulators.hyperdrive.refusals import TIMED_OUT, SqlError, refusal

if TYPE_CHECKING:
    from labkit.emulators.hyperdrive.session import Session
    from labkit.world import World

TICK = 10_000
"""After how many instructions of SQLite's machine it is asked whether a statement is to go on."""
Column = tuple[str, str | None, str | None, str | None]
"""Its name, its declared type, and the table and column that it comes from, where it comes from one."""


class Result:
    """What a statement gave: its columns (name, declared type, table, column) and rows, and how many it changed."""

    def __init__(self, columns: list[Column], rows: list[tuple[Any, ...]]):
        self.columns, self.rows = columns, rows
        self.changed = 0


class Database:
    """What is stored. `writer` is the session whose transaction has written and is not over."""

    def __init__(self, world: World, image: bytes = b""):
        self.world = world
        self.running: Session | None = None
        self.live = self._connection(image)
        self.writer: Session | None = None
        self._before = b""
        self._aside: apsw.Connection | None = None
        self._waiting: deque[asyncio.Future[None]] = deque()
        self.longest = facts.value("hyperdrive.query")
        self._most_ticks = facts.value("hyperdrive.query_instructions") // TICK
        self._ticks = 0

    def _connection(self, image: bytes) -> apsw.Connection:
        connection = apsw.Connection(":memory:")
        if image:
            connection.deserialize("main", image)
        connection.config(apsw.SQLITE_DBCONFIG_ENABLE_FKEY, 1)
        connection.limit(apsw.SQLITE_LIMIT_ATTACHED, 0)
        connection.authorizer = _authorize
        connection.set_progress_handler(self._tick, TICK)
        functions.install(connection, lambda: self.world.unix, self.world.random, lambda: self.running)
        return connection

    def image(self) -> bytes:
        """What is committed."""
        return self._before if self.writer else self._serialized()

    def _serialized(self) -> bytes:
        return self.live.serialize("main")

    def load(self, image: bytes) -> None:
        """Put back what was stored; transactions that are open are lost."""
        self.writer = self._aside = None
        self.live = self._connection(image)

    def reading(self, session: Session) -> apsw.Connection:
        """Where a session reads: what is committed, and what it has written itself."""
        if self.writer in (None, session):
            return self.live
        if self._aside is None:
            self._aside = self._connection(self._before)
        return self._aside

    async def run(self, session: Session, statement: Statement, values: Sequence[Any]) -> Result:
        """What a statement gives. Raises SqlError."""
        if not statement.writes:
            return self._run(self.reading(session), session, statement, values)
        await self._admission(session)
        if session.is_in_transaction:
            self._begin(session)
        return self._run(self.live, session, statement, values)

    async def _admission(self, session: Session) -> None:
        """Wait until no other transaction has written and is open, for as long as a statement may take."""
        timeline = self.world.timeline
        end = timeline.now + self.longest
        while self.writer not in (None, session):
            ended: asyncio.Future[None] = timeline.create_future()
            timer = timeline.call_at(end, _wake, ended)
            self._waiting.append(ended)
            try:
                await ended
            finally:
                timer.cancel()
                self._waiting.remove(ended)
            if self.writer not in (None, session) and timeline.now >= end:
                raise TIMED_OUT

    def _begin(self, session: Session) -> None:
        """From its first write on, a transaction is SQLite's too, and the others read what was there before."""
        if self.writer is None:
            self._before, self._aside, self.writer = self._serialized(), None, session
            self.live.execute("BEGIN")

    async def savepoint(self, session: Session, sql: str) -> None:
        """SAVEPOINT, RELEASE and ROLLBACK TO: from then on the session is the one that writes. Raises SqlError."""
        await self._admission(session)
        self._begin(session)
        self._run(self.live, session, Statement(sql, [], sql), ())

    def seen(self, session: Session, statement: Statement, values: Sequence[Any] | None) -> Result:
        """The columns that a statement will give, and with `values` its first row. Raises SqlError."""
        return self._run(self.reading(session), session, statement, values, looks=True)

    def end(self, session: Session, how: str) -> None:
        """COMMIT or ROLLBACK what a session has written, and let the next one write. Raises SqlError."""
        if self.writer is not session:
            return
        try:
            self.live.execute(how)
        except apsw.Error as error:  # a deferred constraint
            self.live.execute("ROLLBACK")
            raise refusal(error) from None
        finally:
            self.writer, self._before, self._aside = None, b"", None
            if self._waiting:
                _wake(self._waiting[0])

    def _run(
        self,
        connection: apsw.Connection,
        session: Session,
        statement: Statement,
        values: Sequence[Any] | None,
        *,
        looks: bool = False,
    ) -> Result:
        """What a statement gives on a connection; where one only `looks`, its columns and at most a row."""
        self.running, self._ticks = session, 0
        cursor, result, before = connection.cursor(), Result([], []), connection.total_changes()

        def prepared(cursor: apsw.Cursor, _sql: str, _values: Any) -> bool:
            result.columns = [(each[0], each[1], each[3], each[4]) for each in cursor.description_full]  # type: ignore[misc]
            return values is not None

        cursor.exec_trace = prepared
        try:
            rows = cursor.execute(
                statement.sqlite, values if values is not None else [None] * statement.parameters, can_cache=not looks
            )
            result.rows = list(islice(rows, 1) if looks else rows)
        except apsw.ExecTraceAbort:
            pass
        except apsw.BindingsError:
            raise SqlError("08P01", "bind message supplies the wrong number of parameters") from None
        except apsw.InterruptError:
            session.slept = self.longest
            raise TIMED_OUT from None
        except OverflowError:
            raise SqlError("22003", "bigint out of range") from None
        except apsw.Error as error:
            raise self._refused(error) from None
        finally:
            cursor.close(True)
        result.changed = connection.changes() if connection.total_changes() != before else 0
        return result

    def _tick(self) -> bool:
        """Whether a statement has computed for as long as it may."""
        self._ticks += 1
        return self._ticks > self._most_ticks

    def _refused(self, error: apsw.Error) -> SqlError:
        """An error as PostgreSQL puts it."""
        table = re.search(r"constraint failed: (\w+)\.", str(error))
        return refusal(error, self.key(table[1]) if table else "")

    def key(self, table: str) -> str:
        """The column that is a table's primary key."""
        keys = [row[1] for row in self.live.execute(f"PRAGMA table_info({quoted(table)})") if row[5]]
        return ", ".join(keys)

    def columns(self, connection: apsw.Connection, table: str) -> dict[str, str]:
        """The declared type of each column of a table, by its name."""
        return {row[1].lower(): row[2] for row in connection.execute(f"PRAGMA table_info({quoted(table)})")}


def quoted(name: str) -> str:
    return '"' + name.strip('"').replace('"', '""') + '"'


def _authorize(action: int, one: str | None, *_: str | None) -> int:
    """Refuse what only SQLite has, as no word of PostgreSQL's: files, and what sets the connection."""
    if action in _SQLITES and one not in _OURS:
        raise SqlError("42601", f'syntax error at or near "{_SQLITES[action]}"')
    return apsw.SQLITE_OK


_OURS = ("table_info", "page_count")
"""Pragmas that we run, and SQLite itself to give an image."""
_SQLITES = {
    apsw.SQLITE_ATTACH: "ATTACH", apsw.SQLITE_DETACH: "DETACH", apsw.SQLITE_PRAGMA: "PRAGMA",
    apsw.SQLITE_CREATE_VTABLE: "VIRTUAL",
}  # fmt: skip


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
