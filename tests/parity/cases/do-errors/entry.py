import asyncio
from uuid import uuid4

from attempt import attempt
from workers import DurableObject, Response, WorkerEntrypoint


class Room(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.life = str(uuid4())

    async def value(self):
        return self.life

    async def kept(self, key):
        return await self.ctx.storage.get(key)

    async def fail(self):
        raise ValueError("bad thing")

    async def abort(self, reason):
        await self.ctx.storage.put("before abort", 1)
        self.ctx.abort(reason)

    async def abort_without_words(self):
        self.ctx.abort()

    async def abort_unheard(self):
        try:
            self.ctx.abort("unheard")
        except Exception:
            return "caught"

    async def block_and_fail(self):
        async def body():
            raise ValueError("in the section")

        try:
            await self.ctx.blockConcurrencyWhile(body)
        except Exception as error:
            return "caught " + str(error)[:20]

    async def wait(self):
        await asyncio.sleep(0.3)
        return "waited"


class Broken(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        raise ValueError("no good")

    async def value(self):
        return 1


class BrokenLater(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)

        async def prepare():
            await asyncio.sleep(0.01)
            raise ValueError("not prepared")

        self.ctx.blockConcurrencyWhile(prepare)

    async def value(self):
        return 1


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        seen = {}

        async def note(label, call):
            seen[label] = await attempt(call)

        stub = self.env.ROOM.getByName("errors")
        first = await stub.value()
        await note("fail", stub.fail)
        seen["same life after an exception"] = await stub.value() == first
        await note("missing", stub.nope)
        waiting = asyncio.ensure_future(attempt(stub.wait))
        await asyncio.sleep(0.05)
        await note("abort", lambda: stub.abort("why"))
        seen["what waited"] = await waiting
        await note("after abort", stub.value)
        await note("after abort, kept", lambda: stub.kept("before abort"))
        stub = self.env.ROOM.getByName("errors")
        second = await stub.value()
        seen["a new life"] = second != first
        await note("kept", lambda: stub.kept("before abort"))
        await note("abort without words", stub.abort_without_words)
        stub = self.env.ROOM.getByName("errors")
        await note("abort unheard", stub.abort_unheard)
        stub = self.env.ROOM.getByName("errors")
        third = await stub.value()
        await note("section", stub.block_and_fail)
        await note("after section", stub.value)
        stub = self.env.ROOM.getByName("errors")
        seen["reset by the section"] = await stub.value() != third
        for name in ("BROKEN", "LATER"):
            stub = getattr(self.env, name).getByName("x")
            await note(name, stub.value)
            await note(name + " again", stub.value)
            await note(name + " anew", getattr(self.env, name).getByName("x").value)
        try:
            await self.env.ROOM.getByName("errors").fail()
        except Exception as error:
            seen["properties"] = {
                name: getattr(error, name, "none") for name in ("name", "remote", "retryable", "overloaded")
            }
        return Response.json(seen)
