"""An object that speaks to its sockets from an RPC, from an alarm, and in answer to `ping` without waking up."""

import time

from js import WebSocketPair, WebSocketRequestResponsePair
from workers import DurableObject, Response, WorkerEntrypoint


class Room(DurableObject):
    async def fetch(self, request):
        client, server = WebSocketPair.new().object_values()
        self.ctx.acceptWebSocket(server)
        self.ctx.setWebSocketAutoResponse(WebSocketRequestResponsePair.new("ping", "pong"))
        return Response(None, status=101, web_socket=client)

    async def say(self, text):
        sockets = self.ctx.getWebSockets()
        for ws in sockets:
            ws.send(text)
        return len(sockets)

    async def remind(self, milliseconds):
        await self.ctx.storage.setAlarm(int(time.time() * 1000) + milliseconds)

    async def alarm(self, info):
        await self.say(f"alarm, retry {info.retryCount}")

    async def webSocketClose(self, ws, code, reason, wasClean):
        ws.close(code, reason)

    async def webSocketMessage(self, ws, message):
        if message == "raise":
            raise ValueError("in a message")
        stamp = self.ctx.getWebSocketAutoResponseTimestamp(ws)
        ws.send(f"heard {message}, answered by itself: {stamp is not None}")


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        room = self.env.ROOM.getByName("r")
        if request.headers.get("upgrade"):
            return await room.fetch(request)
        if request.url.endswith("/remind"):
            return Response.json(await room.remind(100))
        return Response.json(await room.say("to all"))
