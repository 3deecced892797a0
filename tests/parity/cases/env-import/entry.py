"""`env` imported, for code that has no `self`."""

from attempt import report
from workers import Response, WorkerEntrypoint, env

AT_TOP = env.GREETING


async def remember(key):
    await env.KV.put(key, "remembered")


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.url.endswith("/later"):
            await remember("later")
            return Response("kept", status=202)
        return await report(
            {
                "at the top": lambda: AT_TOP,
                "in a handler": lambda: env.GREETING,
                "kv": lambda: env.KV.get("later"),
                "missing": lambda: env.NOPE,
            }
        )
