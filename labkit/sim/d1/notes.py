"""The Workers that are asked where the learner gives none: notes by key, read from the nearest replica."""

from __future__ import annotations

from urllib.parse import urlsplit

from workers import Response, WorkerEntrypoint  # pyright: ignore[reportAttributeAccessIssue]

BOOKMARK = "x-d1-bookmark"


class Default(WorkerEntrypoint):
    """POST writes a note, GET reads it. Each request is a session of its own, which may begin anywhere."""

    def wanted(self, request):
        return "first-unconstrained"

    async def fetch(self, request):
        key = urlsplit(request.url).path.rpartition("/")[2]
        session = self.env.DB.withSession(self.wanted(request))
        if request.method == "POST":
            sql = "INSERT INTO notes VALUES (?1, ?2) ON CONFLICT DO UPDATE SET text = ?2"
            await session.prepare(sql).bind(key, await request.text()).run()
            text = "written"
        else:
            text = await session.prepare("SELECT text FROM notes WHERE key = ?").bind(key).first("text")
        return Response(text or "", headers={BOOKMARK: session.getBookmark() or ""})


class Bookmarked(Default):
    """The same, each request going on where the visitor's last one ended."""

    def wanted(self, request):
        return request.headers.get(BOOKMARK) or "first-unconstrained"
