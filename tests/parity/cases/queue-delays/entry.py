"""Delays of sends, of batches, of retries and of the consumer."""

import json

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        jobs = self.env.JOBS
        if request.method == "POST":
            await jobs.send("usual: 1")
            await jobs.send("own: 0", delaySeconds=0)
            await jobs.sendBatch([{"body": "batch: 2"}, {"body": "item: 3", "delaySeconds": 3}], delaySeconds=2)
            return Response("sent")
        return Response(await self.env.KV.get("log") or "[]")

    async def queue(self, batch, env, ctx):
        lines = json.loads(await self.env.KV.get("log") or "[]")
        lines += [[message.body, message.attempts] for message in batch.messages]
        await self.env.KV.put("log", json.dumps(lines))
        for message in batch.messages:
            if message.body == "own: 0" and message.attempts == 1:
                message.retry(delaySeconds=4)
            if message.body == "usual: 1" and message.attempts == 1:
                message.retry()
