"""When an object is made, what it has then, and what stays between its requests."""

import asyncio

from attempt import attempt, report
from workers import DurableObject, WorkerEntrypoint

made = []


class Box(DurableObject):
    shared = []

    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        made.append(ctx.id.name)
        self.calls = 0
        self.loaded = None
        ctx.blockConcurrencyWhile(self.load)

    async def load(self):
        self.loaded = [await self.ctx.storage.get("kept"), self.calls]

    async def call(self):
        self.calls += 1
        self.shared.append(self.ctx.id.name)
        await self.ctx.storage.put("kept", self.calls)
        return [self.calls, self.loaded, sorted(set(self.shared))]

    async def has(self):
        return [self.env.GREETING, self.ctx.id.name, type(self).__name__, self.ctx is self.ctx]

    async def made(self):
        return sorted(name for name in made if name)


class Bare(DurableObject):
    async def call(self):
        return [self.ctx.id.name, self.env.GREETING]


class Forgetful(DurableObject):
    def __init__(self, ctx, env):
        self.own = 1

    async def call(self):
        return [self.own, hasattr(self, "ctx")]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        one, two = self.env.BOX.getByName("one"), self.env.BOX.getByName("two")
        return await report(
            {
                "has": one.has,
                "first": one.call,
                "second": one.call,
                "another stub": lambda: self.env.BOX.getByName("one").call(),
                "another object": two.call,
                "at once": lambda: asyncio.gather(*(self.env.BOX.getByName("three").call() for _ in range(3))),
                "made": one.made,
                "no __init__": lambda: self.env.BARE.getByName("x").call(),
                "no super": lambda: self.env.FORGETFUL.getByName("x").call(),
                "nothing runs": lambda: self.env.BOX.getByName("never").name,
                "still": one.made,
                "not awaited": lambda: not_awaited(one),
                "in between": lambda: attempt(one.nope),
            }
        )


async def not_awaited(box):
    call = asyncio.ensure_future(box.call())
    await asyncio.sleep(0)
    return [(await box.call())[0], (await call)[0]]
