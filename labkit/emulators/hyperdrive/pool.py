"""The connections that Hyperdrive keeps to the database, in the region next to it.

One is taken at the first statement of a transaction and given back at its end. Where all are in use, who wants one
waits in line. A connection that has not been used for ten minutes is closed.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from labkit import facts
from labkit.emulators.hyperdrive.messages import Message, cstring
from labkit.emulators.hyperdrive.origins import Link
from labkit.emulators.hyperdrive.refusals import SqlError

if TYPE_CHECKING:
    from labkit.emulators.hyperdrive import Hyperdrive

NO_CONNECTION = SqlError("58000", "Failed to acquire a connection from the pool.")


class Server:
    """One connection to the database, as the pool keeps it. `prepared` are the names that the database knows."""

    def __init__(self, number: int, link: Link, now: float):
        self.number, self.link = number, link
        self.opened = self.used = now
        self.queries = 0
        self.client = ""
        self.prepared: set[str] = set()
        self.is_dirty = self.is_closed = False

    def close(self) -> None:
        """Close it, once."""
        if not self.is_closed:
            self.is_closed = True
            self.link.close()

    async def reset(self) -> None:
        """Forget what SET has set."""
        if self.is_dirty:
            await self.link.exchange([Message("Q", cstring("RESET ALL"))])
            self.is_dirty = False


class Pool:
    """The connections of one place. Another place has its own, with a limit of its own."""

    def __init__(self, hyperdrive: Hyperdrive, place: str):
        self.hyperdrive, self.place = hyperdrive, place
        self.idle: list[Server] = []
        self.busy: list[Server] = []
        self.opening = 0
        self.waiting: deque[asyncio.Future[Server | None]] = deque()
        self.opened = 0
        self._idle_for, self._patience = facts.value("hyperdrive.idle"), facts.value("hyperdrive.acquire_timeout")

    @property
    def size(self) -> int:
        """How many connections the database sees, those being opened included."""
        self._close_unused()
        return len(self.idle) + len(self.busy) + self.opening

    @property
    def connections(self) -> list[Server]:
        """Those that are open, by their numbers."""
        self._close_unused()
        return sorted(self.idle + self.busy, key=lambda server: server.number)

    async def take(self, client: str) -> Server:
        """A connection for one transaction. Raises SqlError where none comes free in time, or the database is down."""
        self._close_unused()
        server = self.idle.pop() if self.idle else None
        if server is None:
            server = await (
                self._open() if self.size < self.hyperdrive.settings.origin_connection_limit else self._wait()
            )
        server.client = client
        self.busy.append(server)
        return server

    async def _open(self) -> Server:
        """A new connection: TCP, TLS and the sign-in, each over the way to the database."""
        hyperdrive = self.hyperdrive
        self.opening += 1
        try:
            with hyperdrive.world.trace.event("hyperdrive", "open", self.place, round_trips=hyperdrive.handshakes):
                for _ in range(hyperdrive.handshakes):
                    await hyperdrive.to_database(self.place)
                hyperdrive.refuse_down()
                link = hyperdrive.origin.connect()
        except BaseException:
            self._next(None)
            raise
        finally:
            self.opening -= 1
        self.opened += 1
        return Server(self.opened, link, hyperdrive.now)

    async def _wait(self) -> Server:
        """The next connection that comes free. Raises SqlError after the longest that a client waits."""
        timeline = self.hyperdrive.world.timeline
        free: asyncio.Future[Server | None] = timeline.create_future()
        self.waiting.append(free)
        timer = timeline.call_later(self._patience, _give_up, free)
        try:
            server = await free
        except BaseException:
            if free.done() and not free.cancelled() and not free.exception() and (given := free.result()):
                self._hand_on(given)
            raise
        finally:
            timer.cancel()
            if free in self.waiting:
                self.waiting.remove(free)
        return server or await self._open()

    async def give(self, server: Server) -> None:
        """Take a connection back, as new for whoever has it next."""
        if server.is_closed:
            return
        await server.reset()
        self.busy.remove(server)
        self._hand_on(server)

    def drop(self, server: Server) -> None:
        """Close a connection that cannot be used again: its client went away in the middle of a transaction."""
        if server in self.busy:
            self.busy.remove(server)
        server.close()
        self._next(None)

    def _hand_on(self, server: Server) -> None:
        server.used, server.client = self.hyperdrive.now, ""
        if not self._next(server):
            self.idle.append(server)

    def _next(self, server: Server | None) -> bool:
        """Let the first in line have a connection, or (None) open one; whether there was anybody."""
        while self.waiting:
            free = self.waiting.popleft()
            if not free.done():
                free.set_result(server)
                return True
        return False

    def _close_unused(self) -> None:
        """Close what nobody has used for too long. Nobody notices before they look."""
        now = self.hyperdrive.now
        for server in [each for each in self.idle if now - each.used >= self._idle_for]:
            self.idle.remove(server)
            server.close()

    def close(self) -> None:
        """Close all connections, as a restart of the pool does."""
        for server in self.idle + self.busy:
            server.close()
        self.idle, self.busy = [], []


def _give_up(free: asyncio.Future[Server | None]) -> None:
    if not free.done():
        free.set_exception(NO_CONNECTION)
