"""Work that goes on after the response."""

import asyncio

from attempt import report
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        match request.url.rsplit("/", 1)[1]:
            case "start":
                self.ctx.waitUntil(self.log("coroutine"))
                self.ctx.waitUntil(asyncio.ensure_future(self.log("task")))
                return Response("accepted", status=202)
            case "fails":
                self.ctx.waitUntil(self.fail())
                return Response("accepted", status=202)
            case "after":
                return await report({"keys": self.keys, "returns": lambda: self.ctx.waitUntil(self.log("third"))})

    async def log(self, name):
        await asyncio.sleep(0.01)
        await self.env.KV.put(name, "done")

    async def fail(self):
        raise ValueError("nobody hears this")

    async def keys(self):
        return [key["name"] for key in (await self.env.KV.list())["keys"]]
