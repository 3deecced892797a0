"""A rate limiter: an object a client counts in memory and forgets by an alarm."""

import time

from workers import DurableObject, Response, WorkerEntrypoint

LIMIT = 3


class Limiter(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.seen = 0

    async def allow(self, window):
        if await self.ctx.storage.getAlarm() is None:
            await self.ctx.storage.setAlarm(int(time.time() * 1000) + window)
        self.seen += 1
        return {"allowed": self.seen <= LIMIT, "left": max(0, LIMIT - self.seen)}

    async def alarm(self, info):
        self.seen = 0
        await self.ctx.storage.put("alarms", (await self.ctx.storage.get("alarms") or 0) + 1)
        await self.ctx.storage.put("during", await self.ctx.storage.getAlarm())

    async def state(self):
        storage = self.ctx.storage
        pending = await storage.getAlarm() is not None
        return [self.seen, await storage.get("alarms"), await storage.get("during"), pending]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        limiter = self.env.LIMITER.getByName(request.headers.get("x-client") or "nobody")
        if request.url.endswith("/state"):
            return Response.json(await limiter.state())
        verdict = await limiter.allow(400)
        if not verdict.allowed:
            return Response("Too many requests", status=429, headers={"x-left": "0"})
        return Response.json(verdict, headers={"x-left": str(verdict.left)})
