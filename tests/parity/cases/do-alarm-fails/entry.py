"""What follows a failed alarm: the same one again, unless the handler has set or deleted one."""

import time

from workers import DurableObject, Response, WorkerEntrypoint


def now():
    return int(time.time() * 1000)


class Room(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.rung = []

    async def start(self):
        self.due = now() + 50
        await self.ctx.storage.setAlarm(self.due)
        return self.ctx.id.name

    async def alarm(self, info):
        case, storage = self.ctx.id.name, self.ctx.storage
        self.rung.append([info.scheduledTime == self.due, info.retryCount, info.isRetry])
        if case == "sets" and len(self.rung) < 2:
            await storage.setAlarm(now() + 100)
            raise ValueError("after it set another")
        if case == "deletes":
            await storage.deleteAlarm()
            raise ValueError("after it deleted its own")
        if case == "retried" and len(self.rung) < 2:
            raise ValueError("once")
        if case == "waits":
            raise ValueError("always")

    async def rang(self):
        left = await self.ctx.storage.getAlarm()
        return {"rung": self.rung, "times": len(self.rung), "left": left and left == self.due}

    async def stop(self):
        await self.ctx.storage.deleteAlarm()
        return await self.ctx.storage.getAlarm()


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        method = request.url.rpartition("/")[2]
        stub = self.env.ROOM.getByName(request.url.split("/")[-2])
        return Response.json(await getattr(stub, method)())
