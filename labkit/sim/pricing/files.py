"""The Worker that is asked where the learner gives none: it sends the file of that name from its R2 bucket."""

from __future__ import annotations

from workers import Response, WorkerEntrypoint  # pyright: ignore[reportAttributeAccessIssue]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        found = await self.env.FILES.get(request.url.rpartition("/")[2])
        return Response(await found.bytes()) if found else Response("not found", status=404)
