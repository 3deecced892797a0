"""A batch is not done before what waitUntil was given, and fails with it."""

import asyncio
import json

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.method == "POST":
            await self.env.JOBS.send("x")
            return Response("sent")
        return Response(await self.env.KV.get("log") or "[]")

    async def queue(self, batch, env, ctx):
        lines = json.loads(await self.env.KV.get("log") or "[]")
        lines.append([[message.body, message.attempts] for message in batch.messages])
        await self.env.KV.put("log", json.dumps(lines))
        if batch.messages[0].attempts == 1:
            self.ctx.waitUntil(self.fail())

    async def fail(self):
        await asyncio.sleep(0.05)
        raise ValueError("in the background")
