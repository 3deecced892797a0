"""The ways in which a cron handler can fail, and what it had done before."""

import asyncio

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def scheduled(self, controller, env, ctx):
        await self.env.KV.put("last", f"{controller.cron} began")
        if controller.cron == "1 * * * *":
            raise ValueError("no backup today")
        if controller.cron == "2 * * * *":
            await self.env.KV.put("k", "v", expirationTtl=1)
        if controller.cron == "3 * * * *":
            await asyncio.gather(self.work(), self.fails())
        if controller.cron == "4 * * * *":
            self.env.MISSING.get("k")
        await self.env.KV.put("last", f"{controller.cron} ended")

    async def work(self):
        await asyncio.sleep(0)

    async def fails(self):
        raise KeyError("x")

    async def fetch(self, request):
        return Response(await self.env.KV.get("last") or "never ran")
