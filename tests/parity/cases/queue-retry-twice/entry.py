"""Of two retries of one message, the delay of the last counts."""

import json

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.method == "POST":
            await self.env.JOBS.sendBatch([{"body": body} for body in ["a"]])
            return Response("sent")
        return Response(await self.env.KV.get("log") or "[]")

    async def queue(self, batch, env, ctx):
        lines = json.loads(await self.env.KV.get("log") or "[]")
        lines.append([batch.queue, [[message.body, message.attempts] for message in batch.messages]])
        await self.env.KV.put("log", json.dumps(lines))
        if batch.queue == "jobs":
            await self.handle(batch)

    async def handle(self, batch):

        first = batch.messages[0]
        if first.attempts == 1:
            first.retry(delaySeconds=30)
            first.retry()
        elif first.attempts == 2:
            first.retry()
            first.retry({"delaySeconds": "0.9"})
