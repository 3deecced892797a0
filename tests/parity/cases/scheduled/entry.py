"""The cron handler: three arguments, of which only the controller is given."""

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def scheduled(self, controller, env, ctx):
        if controller.cron == "1 1 1 1 *":
            raise ValueError("failed run")
        await self.env.KV.put("last", f"{controller.cron} at {controller.scheduledTime} {env} {ctx}")

    async def fetch(self, request):
        return Response(await self.env.KV.get("last") or "never ran")
