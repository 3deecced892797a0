"""Handlers that take fewer arguments than they are given: an object's may, and its RPC methods may not."""

import time

from attempt import attempt
from js import WebSocketPair
from workers import DurableObject, Response, WorkerEntrypoint


class Box(DurableObject):
    async def fetch(self):
        client, server = WebSocketPair.new().object_values()
        self.ctx.acceptWebSocket(server)
        return Response(None, status=101, web_socket=client)

    async def webSocketMessage(self, ws):
        ws.send("no message taken")

    async def webSocketClose(self, ws, code):
        ws.close(code, "")
        await self.ctx.storage.put("closed", code)

    async def alarm(self):
        await self.ctx.storage.put("rang", True)

    async def wake(self):
        await self.ctx.storage.setAlarm(time.time() * 1000 + 100)

    async def kept(self):
        return await self.ctx.storage.list()

    async def one(self, value):
        return value


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        box = self.env.BOX.getByName("a")
        if request.headers.get("upgrade"):
            return await box.fetch(request)
        if request.url.endswith("/wake"):
            await box.wake()
        return Response.json([await box.kept(), await attempt(lambda: box.one(1, 2))])
