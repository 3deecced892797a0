"""The Worker that polls, where the learner gives none: it writes, and asks every so often how far the index is.

`processedUpToMutation` is the last mutation of a job: where others write too, it may never be one's own.
"""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs, urlsplit

from workers import Response, WorkerEntrypoint  # pyright: ignore[reportAttributeAccessIssue]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        url, polls = urlsplit(request.url), 0
        every = float(parse_qs(url.query)["every"][0])
        written = await self.env.VECTORS.upsert([{"id": url.path.rpartition("/")[2], "values": [1.0] * 8}])
        processed = None
        while processed != written["mutationId"]:
            await asyncio.sleep(every)
            polls, processed = polls + 1, (await self.env.VECTORS.describe())["processedUpToMutation"]
        return Response(str(polls))
