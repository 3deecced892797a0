"""A Worker that keeps its answers: a hit comes from the cache, a miss is stored behind the response."""

from js import caches
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        cache, asked = caches.default, request.js_object
        if request.method.value == "DELETE":
            return Response.json({"deleted": await cache.delete(request.url)})
        if found := await cache.match(asked):
            return Response(await found.text(), status=found.status, headers={"x-from": "cache"})
        made = Response("made", headers={"cache-control": "max-age=60", "x-from": "worker"})
        if request.method.value == "GET":
            self.ctx.waitUntil(cache.put(request.url, made.js_object.clone()))
        return made
