"""The Worker that is asked where the learner gives none: it writes a note's vector, waits, and looks for it."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

from workers import Response, WorkerEntrypoint  # pyright: ignore[reportAttributeAccessIssue]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        url = urlsplit(request.url)
        note, vector = url.path.rpartition("/")[2], list(sha256(url.path.encode()).digest()[:8])
        await self.env.VECTORS.upsert([{"id": note, "values": vector}])
        await asyncio.sleep(float(parse_qs(url.query).get("wait", ["0"])[0]))
        found = await self.env.VECTORS.query(vector, topK=1)
        return Response.json([match["id"] for match in found["matches"]])
