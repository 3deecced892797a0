"""A room whose sockets may hibernate: tags and attachments go through `to_js`, messages to everybody else."""

import json

from js import Object, WebSocketPair
from pyodide.ffi import to_js
from workers import DurableObject, Response, WorkerEntrypoint


class Room(DurableObject):
    async def fetch(self, request):
        name = request.url.rpartition("=")[2]
        client, server = WebSocketPair.new().object_values()
        self.ctx.acceptWebSocket(server, to_js([name, f"first:{name[0]}"]))
        server.serializeAttachment(to_js({"name": name, "said": 0}, dict_converter=Object.fromEntries))
        return Response(None, status=101, web_socket=client)

    async def webSocketMessage(self, ws, message):
        kept = ws.deserializeAttachment()
        ws.serializeAttachment(to_js({"name": kept.name, "said": kept.said + 1}, dict_converter=Object.fromEntries))
        text = message if isinstance(message, str) else f"{len(message.to_bytes())} bytes"
        for other in self.ctx.getWebSockets():
            if other.deserializeAttachment().name != kept.name:
                other.send(f"{kept.name}: {text}")
        ws.send(json.dumps([list(self.ctx.getTags(ws)), ws.deserializeAttachment().to_py()]))

    async def webSocketClose(self, ws, code, reason, wasClean):
        ws.close(code, reason)
        for other in self.ctx.getWebSockets():
            if other.readyState == 1:
                other.send(f"left: {code} {reason} {wasClean}")

    async def who(self, tag):
        return [ws.deserializeAttachment().name for ws in self.ctx.getWebSockets(tag)]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        room = self.env.ROOM.getByName("hall")
        if request.headers.get("upgrade") == "websocket":
            return await room.fetch(request.js_object)
        return Response.json(sorted(await room.who(request.url.rpartition("/")[2])))
