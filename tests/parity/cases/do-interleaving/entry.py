"""Which events may come between an object's lines: at a plain await, at a read, at a write, in a section, at a call."""

import asyncio

from workers import DurableObject, Response, WorkerEntrypoint


class Box(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.log = []

    async def taken(self):
        log, self.log = self.log, []
        return log

    async def steps(self, name, *waits):
        self.log.append(f"start {name}")
        for number, wait in enumerate(waits):
            await self.wait(wait)
            self.log.append(f"{name}{number}")
        self.log.append(f"end {name}")

    async def wait(self, kind):
        match kind:
            case "sleep":
                await asyncio.sleep(0.05)
            case "short":
                await asyncio.sleep(0.02)
            case "read":
                await self.ctx.storage.get("k")
            case "write":
                await self.ctx.storage.put("k", 1)
            case "sql":
                self.ctx.storage.sql.exec("SELECT 1").one()
            case "sync":
                await self.ctx.storage.sync()
            case "section":
                await self.ctx.blockConcurrencyWhile(self.section)
            case "call":
                await self.env.BOX.getByName("other").taken()
            case "transaction":
                await self.ctx.storage.transaction(self.transaction)

    async def section(self):
        self.log.append("in")
        await asyncio.sleep(0.02)
        self.log.append("out")

    async def transaction(self, txn):
        await txn.put("k", 2)

    async def check_then_act(self):
        taken = await self.ctx.storage.get("seat")
        if taken:
            return "taken"
        await self.ctx.storage.put("seat", True)
        return "yours"

    async def check_ask_then_act(self):
        taken = await self.ctx.storage.get("other seat")
        await self.env.BOX.getByName("other").taken()
        if taken:
            return "taken"
        await self.ctx.storage.put("other seat", True)
        return "yours"


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        box = self.env.BOX.getByName("a")
        await self.env.BOX.getByName("other").taken()
        pairs = {
            "sleeps": (["sleep"], ["short"]), "reads": (["read", "read"], ["read"]), "a read and a sleep":
            (["sleep", "read"], ["short", "short"]), "sql": (["sql", "sql"], ["sql"]), "a section": (["section"],
            ["short"]), "calls": (["call"], ["sql"]), "a section under a sleep":
            (["sleep"], ["section"]), "no await at all": ([], []),
        }  # fmt: skip
        seen = {}
        for label, (first, second) in pairs.items():
            await asyncio.gather(box.steps("A", *first), box.steps("B", *second))
            seen[label] = await box.taken()
        seen["a seat"] = sorted(await asyncio.gather(*(box.check_then_act() for _ in range(5))))
        seen["a seat, after a call"] = sorted(await asyncio.gather(*(box.check_ask_then_act() for _ in range(5))))
        return Response.json(seen)
