"""The databases that Hyperdrive may stand in front of: SQLite in memory, or a PostgreSQL that really runs.

Both are spoken to in messages of PostgreSQL's protocol, so that nothing behind this module knows which it is.
"""

from __future__ import annotations

from collections.abc import Coroutine
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol

from labkit.emulators.hyperdrive import messages
from labkit.emulators.hyperdrive.backend import Backend
from labkit.emulators.hyperdrive.database import Database
from labkit.emulators.hyperdrive.messages import Message
from labkit.emulators.hyperdrive.protocol import Account
from labkit.emulators.hyperdrive.refusals import SqlError
from labkit.emulators.hyperdrive.session import SETTINGS, Session
from labkit.errors import LabError

if TYPE_CHECKING:
    from labkit.world import World

QUERY_SECONDS = 60.0
"""Real seconds after which a real PostgreSQL is no longer waited for."""
LOCK = "SET lock_timeout = '2s'"
"""Who waits there for a lock of another connection would stop the lab for ever."""


class Link(Protocol):
    """An open connection to the database. `slept` is the seconds that the last exchange took by pg_sleep."""

    pid: int
    slept: float

    def exchange(self, asked: list[Message]) -> Coroutine[Any, Any, list[Message]]:
        """The answers to messages, up to the last that has one."""
        ...

    def close(self) -> None:
        """End the connection; what was not committed is undone."""


class Origin(Protocol):
    """A database. `settings` is what it tells a driver that connects."""

    settings: dict[str, str]

    def connect(self) -> Link:
        """A new connection. Raises SqlError where there is none to be had."""
        ...

    def snapshot(self) -> bytes | None: ...

    def restore(self, state: bytes | None) -> None: ...


class SqliteLink:
    """A connection to SQLite."""

    def __init__(self, session: Session):
        self._session, self._backend = session, Backend(session)
        self.pid, self.slept = session.pid, 0.0

    async def exchange(self, asked: list[Message]) -> list[Message]:
        self._session.slept = 0.0
        try:
            return await self._backend.exchange(asked)
        finally:
            self.slept = self._session.slept

    def close(self) -> None:
        self._session.finish("ROLLBACK")


class SqliteOrigin:
    """SQLite in memory behind PostgreSQL's protocol."""

    def __init__(self, account: Account, world: World):
        self.account, self.settings = account, dict(SETTINGS)
        self.database = Database(world)
        self._pids = count(1001)

    def connect(self) -> Link:
        return SqliteLink(Session(self.database, self.account, next(self._pids)))

    def snapshot(self) -> bytes:
        return self.database.image()

    def restore(self, state: bytes | None) -> None:
        self.database.load(state or b"")


class PostgresLink:
    """A connection to a PostgreSQL over a real socket: it blocks until the answer is there."""

    def __init__(self, driver: Any, pid: int):
        self._driver, self.pid, self.slept = driver, pid, 0.0

    async def exchange(self, asked: list[Message]) -> list[Message]:
        ends = sum(each.kind in "SQ" for each in asked)
        if not ends or (
            asked[-1].kind == "Q" and len(asked) > 1 and asked[-2].kind != "S"
        ):  # nobody knows whether an answer would end
            raise SqlError("0A000", "What does not end with Sync is not emulated in front of a real PostgreSQL")
        try:
            self._driver._sock.write(messages.encoded(asked))
            self._driver._sock.flush()
            return self._answers(ends)
        except OSError:
            raise SqlError("58000", "Internal error.") from None

    def _answers(self, ends: int) -> list[Message]:
        reader, found = messages.Unframer(has_kind=True), []
        while ends:
            head = self._read(5)
            reader.feed(head + self._read(int.from_bytes(head[1:], "big") - 4))
            found.append(reader.next())
            ends -= found[-1].kind == "Z"
        return found

    def _read(self, size: int) -> bytes:
        found = self._driver._sock.read(size)
        if len(found or b"") < size:
            raise OSError("the connection was closed")
        return found

    def close(self) -> None:
        self._driver.close()


class PostgresOrigin:
    """A PostgreSQL that really runs. pg8000 signs in; from then on messages pass as they are."""

    def __init__(self, account: Account, host: str, port: int):
        self.account, self.host, self.port = account, host, port
        self.settings = dict(SETTINGS)

    def connect(self) -> Link:
        try:
            from pg8000.core import CoreConnection
        except ImportError:
            raise LabError("In front of a real PostgreSQL, Hyperdrive needs pg8000: pip install pg8000.") from None
        return self._connect(CoreConnection)

    def _connect(self, driver: Any) -> Link:
        import pg8000

        account = self.account
        try:
            link = driver(account.user, self.host, account.database, self.port, account.password, timeout=QUERY_SECONDS)
            link.execute_simple(LOCK)
        except pg8000.InterfaceError:
            raise SqlError("58000", "Server connection attempt failed: connection_refused") from None
        except pg8000.DatabaseError as error:
            said = error.args[0]
            raise SqlError(said.get("C", "58000"), said.get("M", str(error))) from None
        self.settings |= {name: str(value) for name, value in link.parameter_statuses.items()}
        return PostgresLink(link, int.from_bytes(link._backend_key_data[:4], "big"))

    def snapshot(self) -> None:
        return None

    def restore(self, state: bytes | None) -> None:
        """What a real database holds stays as it is."""
