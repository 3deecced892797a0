"""The Worker that is asked where the learner gives none: it stores an object and says how long caches may keep it."""

from __future__ import annotations

from urllib.parse import urlsplit

from workers import Response, WorkerEntrypoint  # pyright: ignore[reportAttributeAccessIssue]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        key = urlsplit(request.url).path[1:]
        if request.method == "PUT":
            kept = {"cacheControl": f"max-age={self.env.MAX_AGE}"}
            await self.env.FILES.put(key, await request.text(), httpMetadata=kept)
            return Response("stored", status=201)
        stored = await self.env.FILES.get(key)
        return Response(await stored.text()) if stored else Response("no such object", status=404)
