"""A helper module that reads the importable `env`, awaited by whichever handler needs it."""

from attempt import report
from store import counted, settings
from workers import DurableObject, WorkerEntrypoint, env


class Box(DurableObject):
    async def count(self):
        total = (await self.ctx.storage.get("total") or 0) + 1
        await self.ctx.storage.put("total", total)
        return total

    async def from_inside(self):
        return [await settings(), env.GREETING, await env.BOX.getByName("other").count()]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return await report(
            {
                "a fixture": settings,
                "with a namespace": counted,
                "again": counted,
                "both ways": lambda: self.env.GREETING == env.GREETING,
                "in an object": lambda: env.BOX.getByName("a").from_inside(),
                "missing": lambda: env.NOPE,
            }
        )

    async def scheduled(self, controller, _env, _ctx):
        await env.KV.put("settings", f"of {controller.cron}")
