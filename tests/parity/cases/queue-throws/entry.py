"""A handler that raises: its messages come again, then to the dead letter queue."""

import json

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.method == "POST":
            await self.env.JOBS.sendBatch([{"body": body} for body in ["a", "b"]])
            return Response("sent")
        return Response(await self.env.KV.get("log") or "[]")

    async def queue(self, batch, env, ctx):
        lines = json.loads(await self.env.KV.get("log") or "[]")
        lines.append([batch.queue, [[message.body, message.attempts] for message in batch.messages]])
        await self.env.KV.put("log", json.dumps(lines))
        if batch.queue == "jobs":
            await self.handle(batch)

    async def handle(self, batch):

        raise ValueError("the handler fails")
