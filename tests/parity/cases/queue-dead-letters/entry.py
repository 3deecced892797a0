"""A message that is retried too often goes to the dead letter queue: its id, its timestamp, a first attempt."""

import json

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.method == "POST":
            await self.env.JOBS.send({"n": 1})
            return Response("sent")
        log = json.loads(await self.env.KV.get("log") or "[]")
        same = [[queue, attempts, body, id == log[0][3], at == log[0][4]] for queue, attempts, body, id, at in log]
        return Response.json(same)

    async def queue(self, batch, env, ctx):
        lines = json.loads(await self.env.KV.get("log") or "[]")
        for message in batch.messages:
            lines.append([batch.queue, message.attempts, message.body, message.id, message.timestamp.isoformat()])
            if batch.queue == "jobs":
                message.retry()
        await self.env.KV.put("log", json.dumps(lines))
