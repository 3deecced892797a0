"""The Worker that is asked of writes where the learner gives none: `/{object}/{way}/{writes}` writes so many times.

`coalesced` writes in one turn, `awaited` waits for each call, `synced` for each write's confirmation.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from workers import DurableObject, Response, WorkerEntrypoint  # pyright: ignore[reportAttributeAccessIssue]


class Ledger(DurableObject):
    async def coalesced(self, writes):
        await self.ctx.storage.get("0")
        for n in range(writes):
            self.ctx.storage.put(str(n), n)

    async def awaited(self, writes):
        await self.ctx.storage.get("0")
        for n in range(writes):
            await self.ctx.storage.put(str(n), n)

    async def synced(self, writes):
        await self.ctx.storage.get("0")
        for n in range(writes):
            self.ctx.storage.put(str(n), n)
            await self.ctx.storage.sync()


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        _, name, way, writes = urlsplit(request.url).path.split("/")
        await getattr(self.env.LEDGER.getByName(name), way)(int(writes))
        return Response("written")
