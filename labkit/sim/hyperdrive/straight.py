"""The Worker that goes past Hyperdrive: each request opens a connection to the database's own host."""

from __future__ import annotations

from contextlib import closing
from urllib.parse import urlsplit

from pg8000 import native
from workers import Response, WorkerEntrypoint  # pyright: ignore[reportAttributeAccessIssue]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        count = int(urlsplit(request.url).path.rpartition("/")[2])
        hd, host = self.env.HD, self.env.DATABASE
        account = {"port": hd.port, "password": hd.password, "database": hd.database}
        with closing(native.Connection(hd.user, host=host, ssl_context=False, **account)) as database:
            for _ in range(count):
                database.run("SELECT 1")
        return Response("done")
