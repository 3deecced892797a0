"""The Worker that is asked where the learner gives none: through Hyperdrive, with a driver as it is.

`/queries/3` makes three, `/busy/0.1` one that takes so many seconds, `/flags/dark-mode` reads that flag.
"""

from __future__ import annotations

from contextlib import closing
from urllib.parse import urlsplit

from pg8000 import native
from workers import Response, WorkerEntrypoint  # pyright: ignore[reportAttributeAccessIssue]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        what, last = urlsplit(request.url).path.split("/")[1:]
        hd = self.env.HD
        account = {"port": hd.port, "password": hd.password, "database": hd.database}
        with closing(native.Connection(hd.user, host=hd.host, ssl_context=False, **account)) as database:
            return Response(answer(database, what, last))


def answer(database, what, last):
    if what == "flags":
        rows = database.run(f"SELECT value FROM flags WHERE key = {native.literal(last)}")
        return rows[0][0] if rows else ""
    if what == "busy":
        database.run(f"SELECT pg_sleep({float(last)})")
    else:
        for _ in range(int(last)):
            database.run("SELECT 1")
    return "done"
