"""The Workers that the tests serve."""

from __future__ import annotations

PAGES = """
import asyncio
from pyodide.ffi import to_js
from workers import Response, WorkerEntrypoint

met = []


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        name = request.url.partition("?")[0].rpartition("/")[2]
        return await getattr(self, name, self.mirror)(request)

    async def mirror(self, request):
        seen = {"method": request.method, "url": request.url, "colo": request.cf.colo, "body": await request.text()}
        seen["headers"] = sorted(map(list, request.js_object.headers.entries()))
        return Response.json(seen)

    async def length(self, request):
        return Response(str(len(await request.bytes())))

    async def octets(self, request):
        return Response(to_js(bytes(range(256)) * 8192), headers={"content-type": "application/octet-stream"})

    async def empty(self, request):
        return Response(None, status=int(request.url[-3:]), headers={"content-encoding": "gzip"})

    async def measured(self, request):
        return Response("abc", headers={"content-length": request.url.partition("?")[2]})

    async def cookies(self, request):
        response = Response("two")
        response.js_object.headers.append("set-cookie", "a=1")
        response.js_object.headers.append("set-cookie", "b=2")
        return response

    async def none(self, request):
        return Response(None, status=204)

    async def old(self, request):
        return Response(None, status=304, headers={"etag": '"a"'})

    async def away(self, request):
        return Response(None, status=302, headers={"location": "/elsewhere"})

    async def odd(self, request):
        return Response("x", headers={"x-odd": "\\u00e9", "connection": "close", "transfer-encoding": "chunked"})

    async def fail(self, request):
        raise ValueError("no")

    async def packed(self, request):
        return Response("a" * 1000, headers={"content-encoding": "gzip"})

    async def hour(self, request):
        met.append("asked")
        try:
            await asyncio.sleep(3600)
        finally:
            met.append("ended")
        return Response("at last")

    async def minute(self, request):
        await asyncio.sleep(60)
        return Response("a minute")

    async def news(self, request):
        return Response(" ".join(met))

    async def tell(self, request):
        print("told", request.url)
        return Response("done")

    async def scheduled(self, controller, env, ctx):
        print("fired", controller.cron, controller.scheduledTime)
        if controller.cron == "0 0 * * *":
            raise ValueError("no")
"""

ECHO = """
from js import WebSocketPair
from pyodide.ffi import create_proxy, to_js
from workers import Response, WorkerEntrypoint

kept = []


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.url.endswith("/no"):
            return Response("members only", status=403, headers={"x-why": "rule"})
        if request.url.endswith("/ended"):
            return Response(" ".join(map(str, kept)))
        client, server = WebSocketPair.new().object_values()
        server.binaryType = "arraybuffer"
        server.accept()

        def heard(event):
            if isinstance(event.data, str) and event.data.startswith("close"):
                words = event.data.split()[1:]
                return server.close(int(words[0]), words[1]) if words else server.close()
            server.send(event.data)

        self.keep = create_proxy(heard), create_proxy(lambda event: kept.extend([event.code, event.reason]))
        server.addEventListener("message", self.keep[0])
        server.addEventListener("close", self.keep[1])
        server.send(f"welcome to {request.cf.colo}")
        headers = {"sec-websocket-protocol": "chat.v2", "x-room": "a", "set-cookie": "seat=4"}
        return Response(None, status=101, web_socket=client, headers=headers)
"""

ROOM = """
from workers import DurableObject, Response, WorkerEntrypoint
from js import WebSocketPair
from pyodide.ffi import to_js


class Room(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.starts = (ctx.storage.kv.get("starts") or 0) + 1
        ctx.storage.kv.put("starts", self.starts)

    async def fetch(self, request):
        client, server = WebSocketPair.new().object_values()
        server.serializeAttachment(request.url.rpartition("/")[2])
        self.ctx.acceptWebSocket(server)
        return Response(None, status=101, web_socket=client, headers={"sec-websocket-protocol": "chat.v2"})

    def tell(self, words):
        for socket in self.ctx.getWebSockets():
            socket.send(words)

    async def webSocketMessage(self, socket, message):
        self.tell(f"{socket.deserializeAttachment()}: {message} ({self.starts})")

    async def webSocketClose(self, socket, code, reason, clean):
        self.tell(f"{socket.deserializeAttachment()} left: {code} {reason}")


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return await self.env.ROOM.getByName("lobby").fetch(request)
"""


STREAMS = """
import asyncio
from js import FixedLengthStream, TransformStream, Uint8Array
from workers import Response, WorkerEntrypoint

waited_for = []


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        name = request.url.partition("?")[0].rpartition("/")[2]
        if name == "go":
            waited_for.append(name)
            return Response("gone")
        if name == "taken":
            return Response(str(waited_for.count("flood")))
        pipe = FixedLengthStream.new(6) if name == "sized" else TransformStream.new()
        self.ctx.waitUntil(getattr(self, name)(pipe.writable.getWriter()))
        headers = {"content-type": "text/event-stream"} | ({"content-encoding": "gzip"} if name == "packed" else {})
        if name == "missaid":
            headers["content-length"] = request.url.partition("?")[2]
        return Response(pipe.readable, headers=headers)

    async def events(self, writer):
        await writer.write(Uint8Array.new(b"data: first\\n\\n"))
        while not waited_for:
            await asyncio.sleep(0.01)
        await writer.write(Uint8Array.new(b"data: second\\n\\n"))
        await writer.close()

    packed = events

    async def sized(self, writer):
        await writer.write(Uint8Array.new(b"abc"))
        await writer.write(Uint8Array.new(b"def"))
        await writer.close()

    missaid = sized

    async def flood(self, writer):
        for _ in range(64):
            await writer.write(Uint8Array.new(bytes(2**20)))
            waited_for.append("flood")
        await writer.close()

    async def breaks(self, writer):
        await writer.write(Uint8Array.new(b"begun"))
        await writer.abort("no more")

    async def endless(self, writer):
        while True:
            await writer.write(Uint8Array.new(b"x" * 1000))
            await asyncio.sleep(0.01)
"""
