"""Values as streams: a body put as it arrives, and a value streamed to the visitor."""

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        kv = self.env.KV
        if request.method == "PUT":
            await kv.put("upload", request.body, metadata={"type": request.headers.get("content-type")})
            return Response(None, status=204)
        found = await kv.getWithMetadata("upload", "stream")
        if found.value is None:
            return Response("nothing there", status=404)
        return Response(found.value, headers={"content-type": found.metadata.type})
