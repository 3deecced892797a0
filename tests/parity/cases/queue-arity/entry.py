"""A handler with too few parameters raises a TypeError, and its messages come again."""

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.method == "POST":
            await self.env.JOBS.send("x")
            return Response("sent")
        return Response(await self.env.KV.get("log") or "nothing was handled")

    async def queue(self, batch):
        await self.env.KV.put("log", batch.queue)
