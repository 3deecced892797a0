"""A handler that asks for no retry, before it fails and after it has succeeded."""

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def scheduled(self, controller, env, ctx):
        answer = controller.noRetry()
        await self.env.KV.put(controller.cron, f"{answer} {controller.noRetry()}")
        if controller.cron == "0 2 * * *":
            raise RuntimeError("after noRetry")

    async def fetch(self, request):
        listed = await self.env.KV.list()
        return Response(", ".join([f"{key.name}: {await self.env.KV.get(key.name)}" for key in listed["keys"]]))
