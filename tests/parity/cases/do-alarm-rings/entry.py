"""What an alarm's handler is given, and what it sees of the alarm."""

import time

from workers import DurableObject, Response, WorkerEntrypoint

EARLY = 1
"""Milliseconds that an alarm of workerd rings too soon now and then (4 of 120 did); the lab's never does."""


def now():
    return int(time.time() * 1000)


class Room(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.rung = []

    async def start(self):
        self.due = now() + 100
        await self.ctx.storage.setAlarm(self.due)
        return await self.ctx.storage.getAlarm() == self.due

    async def past(self):
        await self.ctx.storage.setAlarm(5)
        return True

    async def twice(self):
        await self.ctx.storage.setAlarm(now() + 50_000)
        return await self.start()

    async def alarm(self, info):
        storage = self.ctx.storage
        seen = {
            "type": [type(info.scheduledTime).__name__, info.retryCount, info.isRetry],
            "keys": sorted(info.object_keys()),
            "in time": now() >= info.scheduledTime - EARLY,
            "inside": await storage.getAlarm(),
        }
        if not self.rung:
            await storage.setAlarm(now() + 100)
            seen["set again"] = await storage.getAlarm() > info.scheduledTime
        self.rung.append(seen)

    async def rang(self):
        return {"rung": self.rung, "times": len(self.rung), "left": await self.ctx.storage.getAlarm()}


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        method = request.url.rpartition("/")[2]
        stub = self.env.ROOM.getByName(request.url.split("/")[-2])
        return Response.json(await getattr(stub, method)())
