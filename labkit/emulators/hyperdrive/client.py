"""A driver's connection at the edge: bytes in, bytes out. What it asks goes to the cache, or on to the database."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from labkit.emulators.hyperdrive import messages
from labkit.emulators.hyperdrive.batches import Batch
from labkit.emulators.hyperdrive.cacheable import unsupported
from labkit.emulators.hyperdrive.caches import Key
from labkit.emulators.hyperdrive.messages import Message, Parse, ProtocolError
from labkit.emulators.hyperdrive.protocol import Edge, Step
from labkit.emulators.hyperdrive.refusals import SqlError
from labkit.emulators.hyperdrive.routes import Direct, Route
from labkit.trace import Event
from labkit.workers.context import confirmed

if TYPE_CHECKING:
    from labkit.emulators.hyperdrive import Hyperdrive


class Client:
    """One connection. `write` never waits; `read` waits for what comes back, b"" at the end."""

    def __init__(self, hyperdrive: Hyperdrive, colo: str, route: Route):
        self.hyperdrive, self.colo, self.route = hyperdrive, colo, route
        self.edge = Edge(hyperdrive.account, hyperdrive.origin.settings, hyperdrive.next_key())
        self.prepared: dict[str, Parse] = {}
        self.is_over = False
        self._said: deque[bytes] = deque()
        self._heard = bytearray()
        self._news: asyncio.Future[None] | None = None
        self._work: asyncio.Task[None] | None = None

    def write(self, data: bytes) -> None:
        """Send bytes; what they ask for is under way when this returns. They are lost once the connection is over."""
        if self.is_over:
            return
        self._said.append(bytes(data))
        if self._work is None:
            self._work = self.hyperdrive.world.timeline.spawn(self._answer_all(), name="hyperdrive")

    async def read(self, most: int = 1 << 30) -> bytes:
        """What has come back, or b"" once the connection is over."""
        while not self._heard and not self.is_over:
            self._news = self.hyperdrive.world.timeline.create_future()
            await self._news
        found = bytes(self._heard[:most])
        del self._heard[: len(found)]
        return found

    def close(self) -> None:
        """The driver hangs up. What it has not committed is undone."""
        if not self.is_over:
            self._end()
            if self._work is not None:
                self._work.cancel()
            self.hyperdrive.world.timeline.spawn(self.route.leave(), name="hyperdrive", detached=True)

    async def _answer_all(self) -> None:
        try:
            while self._said and not self.is_over:
                step = self.edge.receive(self._said.popleft())
                await self._answer_step(step)
        except BaseException:
            self._end()
            raise
        finally:
            self._work = None

    async def _answer_step(self, step: Step) -> None:
        await self.hyperdrive.at_the_edge()
        if step.reply and self.edge.state == "ready" and isinstance(self.route, Direct):
            await self._sign_in(self.route)
        self._hear(step.reply)
        for asked in step.batches:
            self._hear(messages.encoded(await self._answer(asked)))
        if step.is_over:
            self._end()
            await self.route.leave()

    async def _sign_in(self, route: Direct) -> None:
        """A straight connection is made all the way before the first answer."""
        try:
            await route.open()
        except SqlError as error:
            self._hear(error.response("FATAL").encoded())
            self._end()

    async def _answer(self, asked: list[Message]) -> list[Message]:
        """The answers to a batch: never an exception but a cancellation."""
        try:
            batch = Batch.of(asked, self.prepared)
            if batch.is_local:
                return [Message("1" if each.kind == "P" else "3") for each in asked[:-1]] + [self._ready()]
            with self.hyperdrive.operation(batch, self.colo) as event:
                try:
                    return await self._asked(batch, event)
                except SqlError as error:
                    event.outcome, event.detail["error"] = "exception", error.words
                    raise
        except SqlError as error:
            return [error.response(), *self._end_of(asked)]
        except ProtocolError as error:
            return [messages.error("08P01", str(error)), *self._end_of(asked)]

    def _ready(self) -> Message:
        return messages.ready(self.route.status)

    def _end_of(self, asked: list[Message]) -> list[Message]:
        if self.route.status == "T":
            self.route.status = "E"
        return [self._ready()] if asked[-1].kind in "SQ" else []

    async def _asked(self, batch: Batch, event: Event) -> list[Message]:
        if feature := next(filter(None, map(unsupported, batch.texts)), ""):
            raise SqlError("0A000", f"Hyperdrive does not support {feature}.")
        key = batch.key() if self._may_be_cached() else None
        if key is None:
            event.detail["cache"] = event.outcome = "bypass"
            await confirmed()
            return await self.route.ask(batch, event)
        return await self._cached(key, batch, event)

    def _may_be_cached(self) -> bool:
        """Not in a transaction: it is to read what it has written."""
        is_on = not self.hyperdrive.settings.caching_disabled
        return is_on and self.route.status == "I" and not isinstance(self.route, Direct)

    async def _cached(self, key: Key, batch: Batch, event: Event) -> list[Message]:
        caches = self.hyperdrive.caches
        answer, is_stale = caches.find(self.colo, key)
        if answer is None:
            event.detail["cache"] = event.outcome = "miss"
            answers = await self.route.ask(batch, event)
            caches.keep(self.colo, key, batch.texts[0], answers)
            return answers
        answer.hits += 1
        event.outcome = event.detail["cache"] = "stale" if is_stale else "hit"
        event.detail["age"] = self.hyperdrive.now - answer.at
        if is_stale:
            caches.revalidate(self.colo, key, batch, answer)
        await self.hyperdrive.read_cache()
        return answer.messages

    def _hear(self, data: bytes) -> None:
        if data and not self.is_over:
            self._heard += data
            self._tell()

    def _end(self) -> None:
        self.is_over = True
        self._tell()

    def _tell(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)
