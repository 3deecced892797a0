"""The Worker that is asked where the learner gives none: so many questions to one far host, one after the other."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from workers import Response, WorkerEntrypoint, fetch  # pyright: ignore[reportAttributeAccessIssue]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        for _ in range(int(parse_qs(urlsplit(request.url).query)["queries"][0])):
            await fetch(f"https://{self.env.DATABASE}/")
        return Response("done")
