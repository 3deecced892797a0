"""The ways to the database: through a pool next to it, or straight, as a Worker without Hyperdrive would go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.emulators.hyperdrive.batches import Batch, merged, prepared_by
from labkit.emulators.hyperdrive.cacheable import sets
from labkit.emulators.hyperdrive.messages import Message
from labkit.emulators.hyperdrive.pool import NO_CONNECTION, Pool, Server
from labkit.emulators.hyperdrive.refusals import TIMED_OUT, SqlError
from labkit.network.faults import Unreachable
from labkit.trace import Event

if TYPE_CHECKING:
    from labkit.emulators.hyperdrive import Hyperdrive

LOST = SqlError("58000", "Internal error.")
CLOSED = SqlError("57P01", "terminating connection due to administrator command")


def status_of(answers: list[Message], before: str) -> str:
    """The state of the transaction after these answers: `before`, where they do not say."""
    said = [message.body.decode() for message in answers if message.kind == "Z"]
    return said[-1] if said else before


class Route:
    """How one client reaches the database, and the connection that it holds there."""

    def __init__(self, hyperdrive: Hyperdrive, colo: str, client: str):
        self.hyperdrive, self.colo, self.client = hyperdrive, colo, client
        self.server: Server | None = None
        self.status = "I"

    async def ask(self, batch: Batch, event: Event) -> list[Message]:
        """The answers to a batch. Raises SqlError where the database cannot be asked."""
        raise NotImplementedError

    async def leave(self) -> None:
        """The client has gone."""
        raise NotImplementedError

    async def _exchange(self, server: Server, batch: Batch) -> list[Message]:
        """Let a connection answer: the way of the message is the caller's, the time that the database takes is ours."""
        hyperdrive = self.hyperdrive
        hyperdrive.refuse_down()
        if server.is_closed:
            raise CLOSED
        if hyperdrive.service > hyperdrive.longest:
            await hyperdrive.pass_time(hyperdrive.longest)
            raise TIMED_OUT
        sent, fates = batch.plan(server.prepared)
        answers = await server.link.exchange(sent)
        server.prepared |= set(prepared_by(sent, answers))
        server.queries += batch.queries
        server.is_dirty = server.is_dirty or any(map(sets, batch.texts))
        await hyperdrive.pass_time(hyperdrive.service + server.link.slept)
        answers = merged(fates, answers)
        self.status = status_of(answers, "T" if self.status == "I" else self.status)
        return answers


class Pooled(Route):
    """Through the pool: a connection for as long as a transaction lasts."""

    pool: Pool

    async def ask(self, batch: Batch, event: Event) -> list[Message]:
        server = await self._enter(event)
        event.detail |= {"connection": server.number, "pool": self.pool.place}
        try:
            await self.hyperdrive.to_database(self.pool.place)
            answers = await self._exchange(server, batch)
        except Unreachable:
            self._lose()
            raise NO_CONNECTION from None
        except BaseException:  # also where the database was down, or took too long
            self._lose()
            raise
        if self.status == "I":
            self.server = None
            await self.pool.give(server)
        await self._home()
        return answers

    async def _enter(self, event: Event) -> Server:
        """Go to the pool, and wait there for a connection where none is held."""
        if self.server is not None:
            try:
                await self.hyperdrive.world.travel(self.colo, self.pool.place)
            except Unreachable:
                self._lose()
                raise LOST from None
            return self.server
        self.pool = await self.hyperdrive.pools.reach(self.colo)
        arrived = self.hyperdrive.now
        try:
            self.server = await self.pool.take(self.client)
        except Unreachable:
            raise NO_CONNECTION from None
        finally:
            event.detail["wait"] = self.hyperdrive.now - arrived
        return self.server

    async def _home(self) -> None:
        try:
            await self.hyperdrive.world.travel(self.pool.place, self.colo)
        except Unreachable:
            raise LOST from None

    def _lose(self) -> None:
        """The connection is of no use any more."""
        if self.server is not None:
            server, self.server, self.status = self.server, None, "I"
            self.pool.drop(server)

    async def leave(self) -> None:
        """What the client had not committed is undone, and its connection is free."""
        if self.server is not None:
            server, self.server, self.status = self.server, None, "I"
            try:
                if server.is_closed:
                    return
                await server.link.exchange([Message("S"), Message("Q", b"ROLLBACK\0")])
            except SqlError:
                self.pool.drop(server)
            else:
                await self.pool.give(server)


class Direct(Route):
    """A connection of its own, all the way from the Worker: TCP, TLS and the sign-in first. Local runs go this way."""

    async def open(self) -> None:
        """Connect. Raises SqlError where the database is down or out of reach."""
        hyperdrive = self.hyperdrive
        trips = hyperdrive.handshakes
        with hyperdrive.world.trace.event("hyperdrive", "open", self.colo, round_trips=trips, to=hyperdrive.place):
            for _ in range(trips):
                await self._there_and_back()
            hyperdrive.refuse_down()
        self.server = Server(0, hyperdrive.origin.connect(), hyperdrive.now)

    async def ask(self, batch: Batch, event: Event) -> list[Message]:
        if self.server is None:
            await self.open()
        assert self.server is not None
        await self._there_and_back()
        return await self._exchange(self.server, batch)

    async def _there_and_back(self) -> None:
        world, database = self.hyperdrive.world, self.hyperdrive.place
        try:
            await world.travel(self.colo, database)
            await world.travel(database, self.colo)
        except Unreachable:
            raise SqlError("08006", "connection to the database timed out") from None

    async def leave(self) -> None:
        if self.server is not None:
            server, self.server = self.server, None
            server.close()
