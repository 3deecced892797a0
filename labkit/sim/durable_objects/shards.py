"""The Worker that is asked where the learner gives none: a counter in so many objects.

`/{counter}/keyed/{user}/{shards}/{ms}` counts in the shard that a hash of the user names, `random` in any of them; both
compute for so many ms there. `/{counter}/total/{shards}` adds all shards up, and asks them at once.
"""

from __future__ import annotations

import asyncio
import random
import zlib
from urllib.parse import urlsplit

from workers import DurableObject, Response, WorkerEntrypoint  # pyright: ignore[reportAttributeAccessIssue]

BASE_MS, STEP_MS = 1.01, 0.01
"""What the lab counts for an invocation and its entry, and for each turn of a loop."""


class Shard(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.count = 0

    async def add(self, ms):
        for _ in range(round((ms - BASE_MS) / STEP_MS)):
            pass
        self.count += 1

    async def read(self):
        return self.count


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        _, counter, pick, *rest = urlsplit(request.url).path.split("/")
        if pick == "total":
            shards = [self.shard(counter, n) for n in range(int(rest[0]))]
            return Response(str(sum(await asyncio.gather(*(shard.read() for shard in shards)))))
        user, shards, ms = rest
        number = zlib.crc32(user.encode()) if pick == "keyed" else random.randrange(int(shards))
        await self.shard(counter, number % int(shards)).add(float(ms))
        return Response("counted")

    def shard(self, counter, number):
        return self.env.SHARD.getByName(f"{counter}-{number}")
