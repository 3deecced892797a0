"""A Worker that serves a bucket: metadata become headers, headers become conditions and ranges."""

from js import Headers
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        key = request.url.partition("example.com/")[2] or request.url.rpartition("/")[2]
        return await getattr(self, f"on_{request.method.value.lower()}")(request, key)

    async def on_put(self, request, key):
        headers = request.js_object.headers
        found = await self.env.FILES.put(key, request.js_object.body, onlyIf=headers, httpMetadata=headers)
        if found is None:
            return Response("Precondition failed", status=412)
        return Response(str(found.size), status=201, headers={"etag": found.httpEtag})

    async def on_get(self, request, key):
        asked = request.js_object.headers
        found = await self.env.FILES.get(key, onlyIf=asked, range=asked)
        if found is None:
            return Response("No such object", status=404)
        headers = Headers.new()
        found.writeHttpMetadata(headers)
        headers.set("etag", found.httpEtag)
        if not hasattr(found, "body"):
            return Response(None, status=304 if asked.has("if-none-match") else 412, headers=headers)
        if asked.has("range"):
            end = found.range.offset + found.range.length - 1
            headers.set("content-range", f"bytes {found.range.offset}-{end}/{found.size}")
        return Response(found.body, status=206 if asked.has("range") else 200, headers=headers)

    async def on_delete(self, request, key):
        await self.env.FILES.delete(key)
        return Response(None, status=204)
