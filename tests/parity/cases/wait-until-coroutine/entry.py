"""The imported `wait_until` drops a bare coroutine without a word; `self.ctx.waitUntil` runs it."""

from workers import Response, WorkerEntrypoint, env, wait_until


async def remember(key):
    await env.KV.put(key, "remembered")


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.url.endswith("/later"):
            wait_until(remember("imported"))
            self.ctx.waitUntil(remember("context"))
        return Response(str([key["name"] for key in (await env.KV.list())["keys"]]))
