"""The Worker that is asked where the learner gives none: it answers from `caches.default`, and stores what it makes."""

from __future__ import annotations

from js import caches  # pyright: ignore[reportMissingImports]
from workers import Response, WorkerEntrypoint  # pyright: ignore[reportAttributeAccessIssue]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        found = await caches.default.match(request.js_object)
        if found:
            return Response(await found.text(), headers={"x-from": "cache"})
        page = Response("a page", headers={"cache-control": f"max-age={self.env.MAX_AGE}"})
        self.ctx.waitUntil(caches.default.put(request.js_object, page.js_object.clone()))
        return page
