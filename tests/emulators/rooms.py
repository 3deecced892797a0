"""A lab with Durable Objects, and hands to drive it: what the tests of their life share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

from labkit import Lab
from labkit.emulators.durable_objects import DurableObjects
from labkit.emulators.durable_objects.durable_object import DurableObject
from labkit.workers.ffi import JsException

SOURCE = """
import asyncio
from workers import DurableObject, Response, WorkerEntrypoint


class Room(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.count = 0
        self.log = []

    async def add(self, by=1):
        self.count += by
        return self.count

    async def note(self, word):
        self.log.append(word)
        return list(self.log)

    async def keep(self, key, value):
        await self.ctx.storage.put(key, value)
        return value

    async def keep_and_wait(self, key, value, seconds):
        await self.ctx.storage.put(key, value)
        await asyncio.sleep(seconds)

    async def keep_in_transaction(self, key, value, seconds):
        async def body(txn):
            await self.ctx.storage.put(key, value)
            await asyncio.sleep(seconds)

        await self.ctx.storage.transaction(body)

    async def leave_a_transaction(self, key, value, seconds):
        self.task = asyncio.create_task(self.keep_in_transaction(key, value, seconds))

    async def keep_unconfirmed(self, key, value):
        await self.ctx.storage.put(key, value, allowUnconfirmed=True)

    async def kept(self, key):
        return await self.ctx.storage.get(key)

    async def wait(self, seconds):
        await asyncio.sleep(seconds)
        return self.count

    async def fail(self):
        raise ValueError("bad thing")

    async def abort(self, reason=None):
        self.ctx.abort(reason)

    async def later(self, seconds):
        self.ctx.waitUntil(asyncio.sleep(seconds))

    async def timer(self, seconds):
        self.task = asyncio.create_task(asyncio.sleep(seconds))

    async def alone(self, seconds):
        async def body():
            await asyncio.sleep(seconds)
            return "alone"

        return await self.ctx.blockConcurrencyWhile(body)

    async def ask_myself(self):
        async def body():
            return await self.env.ROOM.get(self.ctx.id).add()

        return await self.ctx.blockConcurrencyWhile(body)

    async def ask(self, name, by):
        return await self.env.ROOM.getByName(name).add(by)

    async def compute(self, turns):
        for _ in range(turns):
            pass

    async def call(self, function, *args):
        return await function(*args)

    async def adder(self, by):
        async def add(to):
            return to + by + self.count

        return add

    async def tell(self, name):
        return getattr(self.ctx, name)

    async def fetch(self, request):
        return Response(f"{request.method} {request.url} {await request.text()}")


class Default(WorkerEntrypoint):
    pass
"""


class Rooms:
    """A lab whose `Room` objects are called from notebook's env at a place, LHR unless another is named."""

    def __init__(self, source: str = SOURCE, **options: Any):
        bound = options.pop("durable_objects", {"ROOM": "Room"})
        self.lab = Lab(source, durable_objects=bound, **options)
        self.objects: DurableObjects = self.lab.durable_objects("ROOM")
        self._envs: dict[str, Any] = {}

    def room(self, colo: str = "LHR") -> Any:
        """The namespace as a Worker at a place has it."""
        if colo not in self._envs:
            self._envs[colo] = self.lab._deployment.env(self.lab.config, colo)
        return self._envs[colo].ROOM

    def stub(self, name: str = "a", colo: str = "LHR", **options: Any) -> Any:
        return self.room(colo).getByName(name, **options)

    def object(self, name: str = "a") -> DurableObject:
        return self.objects.object(name)

    def state(self, name: str = "a") -> str:
        return next(row["state"] for row in self.objects.objects() if row["object"] == name)

    def run(self, awaitable: Awaitable[Any]) -> Any:
        async def waited() -> Any:
            return await awaitable

        return self.lab.world.timeline.run(waited())

    def together(self, *awaitables: Awaitable[Any]) -> list[Any]:
        """The results, or errors, of what happens at once."""

        async def gathered() -> list[Any]:
            return await asyncio.gather(*awaitables, return_exceptions=True)

        return self.lab.world.timeline.run(gathered())

    def refusal(self, awaitable: Awaitable[Any]) -> JsException:
        """The error that a call ends in."""
        [error] = self.together(awaitable)
        assert isinstance(error, JsException), error
        return error

    def advance(self, seconds: float) -> None:
        self.lab.run(self.lab.advance(seconds))

    @property
    def now(self) -> float:
        return self.lab.now
