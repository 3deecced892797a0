"""What tests of Hyperdrive share: a database with a table, and drivers that speak its protocol on the timeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit.blocking import Suspendable
from labkit.emulators.hyperdrive import Client, Hyperdrive
from labkit.emulators.hyperdrive.binding import PORT
from labkit.emulators.hyperdrive.messages import (
    VERSION,
    Bind,
    Body,
    Message,
    Parse,
    Unframer,
    cstring,
    encoded,
    fields_of,
)
from labkit.network.links import Links
from labkit.sockets import Socket
from tests.emulators.worlds import Bench

SCHEMA = "create table users (id serial primary key, name text unique not null, age integer)"
ROWS = "insert into users (name, age) values ('ada', 36), ('bob', 41)"


class Setting(Bench):
    """A planet, a Hyperdrive and its database at IAD, and what a test does with them."""

    def __init__(self, *, network: bool = True, origin: str | None = None, **entry: Any):
        super().__init__(links=Links(jitter=0.0) if network else None)
        self.hd = Hyperdrive({"binding": "HD", "id": "hd-1", **entry}, self.world, origin)
        if origin is None:
            self.hd.execute(f"{SCHEMA}; {ROWS}")

    def socket(self, colo: str = "SYD", host: str | None = None) -> Socket:
        """A socket that is connected to Hyperdrive, or to the database's own host."""
        made = Socket()
        made._client = self.hd.dial(colo, host or self.hd.host, self.hd.address.port if host else PORT)
        return made

    def pg8000(self, colo: str = "SYD", host: str | None = None, **more: Any) -> Any:
        """A connection of pg8000, within `blocking`."""
        import pg8000.native

        account = self.hd.account
        given = {"database": account.database, "password": account.password, "ssl_context": False} | more
        return pg8000.native.Connection(account.user, sock=self.socket(colo, host), **given)

    def blocking(self, *jobs: Callable[[], Any]) -> list[Any]:
        """What functions return that block, all at the same time."""
        tasks = [self.timeline.spawn(_blocking(job)) for job in jobs]
        return [self.timeline.run(task) for task in tasks]

    def driver(self, colo: str = "SYD") -> Driver:
        """A driver by hand that has signed in."""
        made = Driver(self, colo)
        self.run(made.sign_in())
        return made

    def stored(self, sql: str) -> list[list[Any]]:
        """Rows of the database itself."""
        return [list(row.values()) for row in self.hd.execute(sql)]


async def _blocking(job: Callable[[], Any]) -> Any:
    async def code() -> Any:
        return job()

    return await Suspendable(code())


class Driver:
    """A driver by hand: it sends messages and shows what comes back, as kinds and as rows of text."""

    def __init__(self, setting: Setting, colo: str = "SYD"):
        self.setting = setting
        client = setting.hd.dial(colo, setting.hd.host, PORT)
        assert client is not None
        self.client: Client = client
        self._unframer = Unframer(has_kind=True)

    async def sign_in(self, password: str | None = None, **asked: str) -> list[Message]:
        """What comes after the password, up to the first ReadyForQuery or the end."""
        account = self.setting.hd.account
        said = {"user": account.user, "database": account.database} | asked
        start = VERSION.to_bytes(4, "big") + b"".join(map(cstring, (part for pair in said.items() for part in pair)))
        self.client.write(Message("", start + b"\0").encoded())
        self.client.write(Message("p", cstring(account.password if password is None else password)).encoded())
        return await self.answers()

    async def answers(self) -> list[Message]:
        """All messages up to a ReadyForQuery, or up to the end of the connection."""
        found: list[Message] = []
        while not found or found[-1].kind != "Z":
            if message := self._unframer.next():
                found.append(message)
            elif data := await self.client.read():
                self._unframer.feed(data)
            else:
                break
        return found

    async def ask(self, *asked: Message) -> list[Message]:
        self.client.write(encoded(asked))
        return await self.answers()

    async def query(self, sql: str) -> Any:
        """The rows of a simple query as text, its tag where it has none, or its SQLSTATE and sentence."""
        return said(await self.ask(Message("Q", cstring(sql))))

    async def bound(self, sql: str, *values: str | None, name: str = "") -> Any:
        """The same by the extended protocol, all in one batch."""
        given = tuple(None if value is None else value.encode() for value in values)
        asked = [Parse(name, sql).message(), Bind("", name, (), given, ()).message()]
        return said(await self.ask(*asked, Message("D", b"P\0"), Message("E", bytes(5)), Message("S")))


def said(answers: list[Message]) -> Any:
    """What answers come to: rows, a tag, or an SQLSTATE and its sentence."""
    rows: list[tuple[str | None, ...]] = []
    tag: Any = None
    for message in answers:
        if message.kind == "E":
            return fields_of(message)["C"], fields_of(message)["M"]
        if message.kind == "D":
            rows.append(_row(message.body))
        elif message.kind == "C":
            tag = Body(message.body).text()
    return rows if rows or (tag or "").startswith("SELECT") else tag


def _row(body: bytes) -> tuple[str | None, ...]:
    read = Body(body)
    values = [read.value() for _ in range(read.int16())]
    return tuple(None if value is None else value.decode() for value in values)


def kinds(answers: list[Message]) -> str:
    """The kinds of messages, in order."""
    return "".join(message.kind for message in answers)
