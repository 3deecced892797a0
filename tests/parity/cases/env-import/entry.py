"""`env` and `wait_until` imported, for code that has no `self`."""

import asyncio

from attempt import report
from workers import Response, WorkerEntrypoint, env, wait_until

AT_TOP = env.GREETING


async def remember(key):
    await env.KV.put(key, "remembered")


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.url.endswith("/later"):
            wait_until(asyncio.ensure_future(remember("later")))
            return Response("accepted", status=202)
        return await report(
            {
                "at the top": lambda: AT_TOP,
                "in a handler": lambda: env.GREETING,
                "kv": lambda: env.KV.get("later"),
                "missing": lambda: env.NOPE,
            }
        )
