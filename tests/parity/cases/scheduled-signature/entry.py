"""A cron handler with one argument, as in JavaScript: the runtime gives it three."""

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def scheduled(self, controller):
        await self.env.KV.put("last", "ran")

    async def fetch(self, request):
        return Response(await self.env.KV.get("last") or "never ran")
