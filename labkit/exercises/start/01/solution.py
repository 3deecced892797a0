from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        city = request.cf.colo  # set by Cloudflare for every request, not by the visitor
        return Response(f"Hello from {city}")
