"""The automatic answer: to the letter, without the handler, with a time."""

from attempt import report
from js import WebSocketPair, WebSocketRequestResponsePair
from pyodide.ffi import jsnull
from workers import DurableObject, Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return await self.env.ROOM.getByName("a").fetch(request)


class Room(DurableObject):
    async def fetch(self, request):
        path = request.url.rpartition("/")[2]
        if path == "words":
            return await self.words()
        if path == "clear":
            self.ctx.setWebSocketAutoResponse()
            return Response("cleared")
        if path == "seen":
            [socket] = self.ctx.getWebSockets()
            date = self.ctx.getWebSocketAutoResponseTimestamp(socket)
            return Response("never" if date is jsnull else type(date.getTime()).__name__)
        client, server = WebSocketPair.new().object_values()
        self.ctx.acceptWebSocket(server)
        self.ctx.setWebSocketAutoResponse(WebSocketRequestResponsePair.new("ping", "pong"))
        return Response(None, status=101, web_socket=client)

    async def webSocketMessage(self, ws, message):
        ws.send(f"handler {message if isinstance(message, str) else len(message.to_bytes())}")

    def pair(self):
        found = self.ctx.getWebSocketAutoResponse()
        return None if found is jsnull else [found.request, found.response]

    def set(self, *args):
        self.ctx.setWebSocketAutoResponse(WebSocketRequestResponsePair.new(*args))
        return self.pair() if len(args[0]) < 9 else None

    async def words(self):
        ctx = self.ctx
        return await report(
            {
                "none": self.pair,
                "set": lambda: self.set("a", "b"),
                "numbers": lambda: self.set("1", 2),
                "text": lambda: ctx.setWebSocketAutoResponse("x"),
                "null": lambda: ctx.setWebSocketAutoResponse(jsnull),
                "2048": lambda: self.set("x" * 2048, "y" * 2048),
                "2049": lambda: self.set("x" * 2049, "y"),
                "2050 bytes": lambda: self.set("é" * 1025, "y"),
                "a response of 2049": lambda: self.set("x" * 9, "y" * 2049),
                "one text": lambda: self.set("x"),
                "no text": lambda: WebSocketRequestResponsePair.new() and None,
                "clear": lambda: ctx.setWebSocketAutoResponse(),
                "cleared": self.pair,
                "no socket": lambda: ctx.getWebSocketAutoResponseTimestamp("x"),
            }
        )
