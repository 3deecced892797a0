"""A cron job guarded by its scheduled time, and what goes on after the handler has returned."""

import asyncio

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def scheduled(self, controller, env, ctx):
        marker = f"done:{controller.cron}:{controller.scheduledTime}"
        if await self.env.KV.get(marker):
            return "skipped"
        await self.env.KV.put(marker, "1")
        count = int(await self.env.KV.get("count") or 0)
        await self.env.KV.put("count", str(count + 1))
        self.ctx.waitUntil(self.later())
        return "a value that nobody reads"

    async def later(self):
        await asyncio.sleep(0.01)
        later = int(await self.env.KV.get("later") or 0)
        await self.env.KV.put("later", str(later + 1))

    async def fetch(self, request):
        return Response(f"{await self.env.KV.get('count')} {await self.env.KV.get('later')}")
