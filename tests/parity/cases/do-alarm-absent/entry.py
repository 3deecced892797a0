"""An object without a handler has no alarm, and what is no moment is refused."""

from attempt import report
from js import Date
from workers import DurableObject, Response, WorkerEntrypoint


class Room(DurableObject):
    async def check(self):
        s = self.ctx.storage
        return await (
            await report(
                {
                    "set": lambda: s.setAlarm(5_000_000_000_000),
                    "get": lambda: s.getAlarm(),
                    "delete": lambda: s.deleteAlarm(),
                }
            )
        ).text()


class Ringing(DurableObject):
    async def alarm(self):
        pass

    async def check(self):
        s = self.ctx.storage
        return await (
            await report(
                {
                    "half a millisecond": lambda: s.setAlarm(0.5),
                    "a Date of 1970": lambda: s.setAlarm(Date.new(0)),
                    "no Date": lambda: s.setAlarm(Date.new("x")),
                    "infinity": lambda: s.setAlarm(float("inf")),
                    "far": lambda: s.setAlarm(9.3e12),
                    "long ago": lambda: s.setAlarm(-9.3e12),
                    "nearly too far": lambda: s.setAlarm(9.2e12),
                    "it": lambda: s.getAlarm(),
                }
            )
        ).text()


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        space = self.env.ROOM if request.url.endswith("/none") else self.env.RINGING
        return Response(await space.getByName("a").check(), headers={"content-type": "application/json"})
