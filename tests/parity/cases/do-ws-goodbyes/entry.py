"""Goodbyes of both ends, what the handler is told, and what echoing the code comes to."""

from js import WebSocketPair
from pyodide.ffi import to_js
from workers import DurableObject, Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return await self.env.ROOM.getByName("a").fetch(request)


class Room(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.heard = []

    async def fetch(self, request):
        path = request.url.rpartition("/")[2]
        if path == "heard":
            found = {"heard": self.heard, "open": len(self.ctx.getWebSockets())}
            self.heard = []
            return Response.json(found)
        client, server = WebSocketPair.new().object_values()
        self.ctx.acceptWebSocket(server, to_js([path]))
        return Response(None, status=101, web_socket=client)

    async def webSocketMessage(self, ws, message):
        code, _, reason = message.partition(" ")
        ws.close(int(code), reason)

    async def webSocketClose(self, ws, code, reason, was_clean):
        listed = ws in self.ctx.getWebSockets()
        self.heard.append([code, reason, was_clean, listed])
        if list(self.ctx.getTags(ws)) == ["echo"]:
            try:
                ws.close(code, reason)
            except Exception as error:
                self.heard.append(str(error))
