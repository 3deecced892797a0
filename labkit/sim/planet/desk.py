"""The Worker that users in a closed loop ask where the learner gives none: `/{desk}` is one object, one at a time.

A service takes an exponential time, half a second on average.
"""

from __future__ import annotations

import asyncio
import random
from urllib.parse import urlsplit

from workers import DurableObject, Response, WorkerEntrypoint  # pyright: ignore[reportAttributeAccessIssue]

SERVICE_S = 0.5


class Desk(DurableObject):
    async def serve(self):
        async def alone():
            await asyncio.sleep(random.expovariate(1 / SERVICE_S))

        await self.ctx.blockConcurrencyWhile(alone)


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        await self.env.DESK.getByName(urlsplit(request.url).path).serve()
        return Response("served")
