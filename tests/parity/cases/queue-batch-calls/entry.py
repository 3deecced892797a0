"""A call on a message counts more than one on the batch, whichever comes first."""

import json

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.method == "POST":
            await self.env.JOBS.sendBatch([{"body": body} for body in ["a", "b", "c"]])
            return Response("sent")
        return Response(await self.env.KV.get("log") or "[]")

    async def queue(self, batch, env, ctx):
        lines = json.loads(await self.env.KV.get("log") or "[]")
        lines.append([batch.queue, [[message.body, message.attempts] for message in batch.messages]])
        await self.env.KV.put("log", json.dumps(lines))
        if batch.queue == "jobs":
            await self.handle(batch)

    async def handle(self, batch):

        first, second, third = (*batch.messages, None, None)[:3]
        if len(batch.messages) == 3:
            second.ack()
            batch.retryAll(delaySeconds=0)
            first.ack()
            third.retry()
        elif first.attempts == 2:
            batch.ackAll()
            batch.retryAll()
