"""A chat room: tags, attachments, the order of sockets, text and bytes."""

from js import Object, WebSocketPair
from pyodide.ffi import to_js
from workers import DurableObject, Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return await self.env.ROOM.getByName("a").fetch(request)


class Room(DurableObject):
    async def fetch(self, request):
        name = request.url.rpartition("/")[2]
        if name == "members":
            names = [ws.deserializeAttachment().name for ws in self.ctx.getWebSockets()]
            tagged = [ws.deserializeAttachment().name for ws in self.ctx.getWebSockets("all")]
            tags = [list(self.ctx.getTags(ws)) for ws in self.ctx.getWebSockets()]
            return Response.json({"names": names, "tagged": tagged, "tags": tags})
        client, server = WebSocketPair.new().object_values()
        self.ctx.acceptWebSocket(server, to_js(["all", name, "all"]))
        server.serializeAttachment(to_js({"name": name}, dict_converter=Object.fromEntries))
        server.send(f"welcome {name}")
        return Response(None, status=101, web_socket=client)

    async def webSocketMessage(self, ws, message):
        name = ws.deserializeAttachment().name
        if not isinstance(message, str):
            ws.send(to_js(message.to_bytes()[::-1]))
            return
        if message == "fail":
            raise ValueError("on purpose")
        for each in self.ctx.getWebSockets():
            each.send(f"{name}: {message}")
