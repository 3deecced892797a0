"""A limit passes so many requests of a key, and each key has its own counter."""

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        key = request.headers.get("x-key") or "none"
        result = await self.env.LIMITER.limit({"key": key})
        return Response.json({"key": key, **result}, status=200 if result.success else 429)
