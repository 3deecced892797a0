import asyncio

from workers import DurableObject, Response, WorkerEntrypoint


class Room(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.log = []
        self.ready = False
        self.count = 0

        async def prepare():
            await asyncio.sleep(0.05)
            self.ready = True

        self.ctx.blockConcurrencyWhile(prepare)

    async def logged(self):
        log, self.log = self.log, []
        return log

    async def is_ready(self):
        return self.ready

    async def wait(self, name, seconds):
        self.log.append("start " + name)
        await asyncio.sleep(seconds)
        self.log.append("end " + name)

    async def read(self, name):
        self.log.append("start " + name)
        await self.ctx.storage.get("k")
        self.log.append("mid " + name)
        await self.ctx.storage.get("k")
        self.log.append("end " + name)

    async def write(self, name):
        self.log.append("start " + name)
        await self.ctx.storage.put("k", name)
        self.log.append("mid " + name)
        await self.ctx.storage.put("l", name)
        self.log.append("end " + name)

    async def racy(self):
        before = await self.ctx.storage.get("racy") or 0
        await asyncio.sleep(0.02)
        await self.ctx.storage.put("racy", before + 1)
        return before + 1

    async def safe(self):
        before = await self.ctx.storage.get("safe") or 0
        await self.ctx.storage.put("safe", before + 1)
        return before + 1

    async def alone(self, name):
        async def body():
            self.log.append("start " + name)
            await asyncio.sleep(0.02)
            self.log.append("end " + name)
            return name

        return await self.ctx.blockConcurrencyWhile(body)

    async def both(self):
        async def body(name):
            self.log.append("start " + name)
            await asyncio.sleep(0.02)
            self.log.append("end " + name)
            return name

        one = self.ctx.blockConcurrencyWhile(lambda: body("one"))
        two = self.ctx.blockConcurrencyWhile(lambda: body("two"))
        self.log.append("asked")
        return [await one, await two]

    async def values(self):
        return [await self.ctx.storage.get("racy"), await self.ctx.storage.get("safe")]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        stub = self.env.ROOM.getByName("gates")
        seen = {"ready": await stub.is_ready()}
        await asyncio.gather(stub.wait("A", 0.1), stub.wait("B", 0.05))
        seen["awaits"] = await stub.logged()
        await asyncio.gather(stub.read("A"), stub.read("B"))
        seen["reads"] = await stub.logged()
        await asyncio.gather(stub.write("A"), stub.write("B"))
        seen["writes"] = await stub.logged()
        seen["racy"] = await asyncio.gather(*[stub.racy() for _ in range(10)])
        seen["safe"] = sorted(await asyncio.gather(*[stub.safe() for _ in range(10)]))
        seen["alone"] = await asyncio.gather(stub.wait("A", 0.1), stub.alone("B"), stub.wait("C", 0.01))
        seen["sections"] = await stub.logged()
        seen["both"] = await stub.both()
        seen["order"] = await stub.logged()
        seen["values"] = await stub.values()
        return Response.json(seen)
