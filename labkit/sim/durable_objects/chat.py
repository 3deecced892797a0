"""The Worker that is asked where the learner gives none: `/{object}/{way}` opens a WebSocket to an object.

`hibernating` accepts it so that the object may hibernate, `timer` too but for a task that it leaves running; `standard`
listens to it. A message is the ms that its handler is to compute for.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from js import WebSocketPair  # pyright: ignore[reportMissingImports]
from pyodide.ffi import create_proxy  # pyright: ignore[reportMissingImports]
from workers import DurableObject, Response, WorkerEntrypoint  # pyright: ignore[reportAttributeAccessIssue]

BASE_MS, STEP_MS = 1.01, 0.01
"""What the lab counts for an invocation and its entry, and for each turn of a loop."""
DAY = 86_400


class Hibernating(DurableObject):
    async def fetch(self, request):
        client, server = WebSocketPair.new().object_values()
        self.ctx.acceptWebSocket(server)
        return Response(None, status=101, web_socket=client)

    async def webSocketMessage(self, ws, message):
        for _ in range(round((float(message) - BASE_MS) / STEP_MS)):
            pass


class Timer(Hibernating):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.tick = asyncio.create_task(asyncio.sleep(DAY))


class Standard(DurableObject):
    async def fetch(self, request):
        client, server = WebSocketPair.new().object_values()
        server.accept()
        self.heard = create_proxy(self.hear)
        server.addEventListener("message", self.heard)
        return Response(None, status=101, web_socket=client)

    async def hear(self, event):
        for _ in range(round((float(event.data) - BASE_MS) / STEP_MS)):
            pass


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        _, name, way = urlsplit(request.url).path.split("/")
        return await getattr(self.env, way.upper()).getByName(name).fetch(request)
