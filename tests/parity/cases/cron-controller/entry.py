"""What a cron handler can read off its controller."""

from attempt import report
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def scheduled(self, controller, env, ctx):
        seen = await report({
            "cron": lambda: controller.cron, "time": lambda: controller.scheduledTime,
            "type": lambda: controller.type, "kind": lambda: type(controller.scheduledTime).__name__,
            "noRetry": lambda: controller.noRetry(), "retryCount": lambda: controller.retryCount,
            "env": lambda: env, "ctx": lambda: ctx,
        })  # fmt: skip
        await self.env.KV.put("seen", await seen.text())

    async def fetch(self, request):
        return Response(await self.env.KV.get("seen") or "never ran")
