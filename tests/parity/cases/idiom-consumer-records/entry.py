"""A queue's consumer that keeps what it saw in a Durable Object: of two attempts, the effect stays."""

from workers import DurableObject, Response, WorkerEntrypoint


class Ledger(DurableObject):
    async def record(self, line):
        lines = await self.ctx.storage.get("lines") or []
        await self.ctx.storage.put("lines", [*lines, line])

    async def lines(self):
        return await self.ctx.storage.get("lines") or []


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.method == "POST":
            await self.env.JOBS.sendBatch([{"body": {"n": 1}}, {"body": "bad", "contentType": "text"}])
            return Response("sent", status=202)
        return Response.json(await self.env.LEDGER.getByName("all").lines())

    async def queue(self, batch, env, ctx):
        ledger = self.env.LEDGER.getByName("all")
        for message in batch.messages:
            await ledger.record([batch.queue, message.body, message.attempts])
            if message.body == "bad":
                message.retry()
            else:
                message.ack()
