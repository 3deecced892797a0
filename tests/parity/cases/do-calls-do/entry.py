"""Objects that call objects: a chain, a ring, themselves, many at once, and what a call inside a section holds up."""

import asyncio

from attempt import report
from workers import DurableObject, WorkerEntrypoint


class Box(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.log = []

    def other(self, name):
        return self.env.BOX.getByName(name)

    async def chain(self, names):
        if not names:
            return [self.ctx.id.name]
        return [self.ctx.id.name, *await self.other(names[0]).chain(names[1:])]

    async def ring(self, rounds):
        self.log.append(rounds)
        if rounds:
            return await self.other("b" if self.ctx.id.name == "a" else "a").ring(rounds - 1)
        return "done"

    async def own(self):
        return await self.other(self.ctx.id.name).heard()

    async def heard(self):
        log, self.log = self.log, []
        return log

    async def spread(self, count):
        stubs = [self.other(f"n{number}") for number in range(count)]
        return await asyncio.gather(*(stub.chain([]) for stub in stubs))

    async def moved(self, to, amount):
        await self.ctx.storage.put("money", (await self.ctx.storage.get("money") or 0) - amount)
        await self.other(to).received(amount)

    async def received(self, amount):
        if amount > 10:
            raise ValueError("too much")
        await self.ctx.storage.put("money", (await self.ctx.storage.get("money") or 0) + amount)

    async def money(self):
        return await self.ctx.storage.get("money")


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        a, b = self.env.BOX.getByName("a"), self.env.BOX.getByName("b")
        return await report(
            {
                "a chain": lambda: a.chain(["b", "c", "a", "d"]),
                "a ring": lambda: a.ring(5),
                "heard in a": lambda: a.heard(),
                "heard in b": lambda: b.heard(),
                "itself": lambda: a.own(),
                "many": lambda: a.spread(5),
                "moved": lambda: a.moved("b", 5),
                "refused": lambda: a.moved("b", 50),
                "not undone": lambda: asyncio.gather(a.money(), b.money()),
            }
        )
