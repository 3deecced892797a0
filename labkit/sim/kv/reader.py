"""The Worker that is asked where the learner gives none: the key at the path's end, from `env.FLAGS`."""

from __future__ import annotations

from urllib.parse import urlsplit

from workers import Response, WorkerEntrypoint  # pyright: ignore[reportAttributeAccessIssue]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        key = urlsplit(request.url).path.rpartition("/")[2]
        value = await self.env.FLAGS.get(key, cacheTtl=self.env.CACHE_TTL)
        return Response(value or "off")
