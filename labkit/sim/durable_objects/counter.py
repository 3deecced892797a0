"""The Worker that is asked where the learner gives none: `/{object}/{work}/{ms}` lets one object work for a request.

`compute` computes for so many milliseconds in all; `section` waits for so many inside of `blockConcurrencyWhile`,
`outside` as long for something else, such as another host; `write` stores the count, whatever the milliseconds.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from workers import DurableObject, Response, WorkerEntrypoint  # pyright: ignore[reportAttributeAccessIssue]

BASE_MS, STEP_MS = 1.01, 0.01
"""What the lab counts for an invocation and its entry, and for each turn of a loop."""


class Counter(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.count = 0

    async def compute(self, ms):
        for _ in range(round((ms - BASE_MS) / STEP_MS)):
            pass
        self.count += 1
        return self.count

    async def section(self, ms):
        async def alone():
            await asyncio.sleep(ms / 1000)
            self.count += 1

        await self.ctx.blockConcurrencyWhile(alone)
        return self.count

    async def outside(self, ms):
        await asyncio.sleep(ms / 1000)
        self.count += 1
        return self.count

    async def write(self, ms):
        self.count += 1
        self.ctx.storage.put("count", self.count)
        return self.count


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        _, name, work, ms = urlsplit(request.url).path.split("/")
        counted = await getattr(self.env.COUNTER.getByName(name), work)(float(ms))
        return Response(str(counted))
