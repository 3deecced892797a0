"""The Worker that is asked where the learner gives none: `/one-by-one/5` awaits five queries, `/batch/5` sends them
together, and `/scan/5000` counts so many rows, which keeps the database's thread busy."""

from __future__ import annotations

from urllib.parse import urlsplit

from workers import Response, WorkerEntrypoint  # pyright: ignore[reportAttributeAccessIssue]

SCAN = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT count(*) FROM n"


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        how, count = urlsplit(request.url).path.split("/")[1:]
        db = self.env.DB
        if how == "scan":
            await db.prepare(SCAN).bind(int(count)).run()
        elif how == "batch":
            await db.batch([db.prepare("SELECT 1")] * int(count))
        else:
            for _ in range(int(count)):
                await db.prepare("SELECT 1").first()
        return Response("done")
