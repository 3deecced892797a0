"""Of several calls on one message, the first counts."""

import json

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.method == "POST":
            await self.env.JOBS.sendBatch(
                [{"body": body} for body in ["ack-retry", "retry-ack", "ack", "retry", "nothing"]]
            )
            return Response("sent")
        return Response(await self.env.KV.get("log") or "[]")

    async def queue(self, batch, env, ctx):
        lines = json.loads(await self.env.KV.get("log") or "[]")
        lines.append([batch.queue, [[message.body, message.attempts] for message in batch.messages]])
        await self.env.KV.put("log", json.dumps(lines))
        if batch.queue == "jobs":
            await self.handle(batch)

    async def handle(self, batch):

        for message in batch.messages:
            for name in message.body.split("-"):
                if name != "nothing" and message.attempts == 1:
                    getattr(message, name)()
