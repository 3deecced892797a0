"""Who answers an upgrade: the Worker, an object, nobody; and a socket that nobody asked for."""

import asyncio

from js import WebSocketPair
from pyodide.ffi import create_proxy
from workers import DurableObject, Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        path = request.url.rpartition("/")[2]
        if path == "none":
            return Response("no sockets here", status=426)
        if path == "own":
            client, server = WebSocketPair.new().object_values()
            server.accept()
            self.keep = create_proxy(lambda event: server.send(f"own {event.data}"))
            server.addEventListener("message", self.keep)
            return Response(None, status=101, web_socket=client)
        if path == "inner":
            return await self.inner()
        return await self.env.ROOM.getByName("a").fetch(request)

    async def inner(self):
        answer = await self.env.ROOM.getByName("a").fetch("https://room/", headers={"upgrade": "websocket"})
        socket, heard = answer.js_object.webSocket, asyncio.Queue()
        listener = create_proxy(lambda event: heard.put_nowait(event.data))
        socket.addEventListener("message", listener)
        socket.accept()
        socket.send("from the Worker")
        return Response.json([answer.status, await heard.get()])


class Room(DurableObject):
    async def fetch(self, request):
        client, server = WebSocketPair.new().object_values()
        self.ctx.acceptWebSocket(server)
        return Response(None, status=101, web_socket=client)

    async def webSocketMessage(self, ws, message):
        ws.send(f"room {message}")
