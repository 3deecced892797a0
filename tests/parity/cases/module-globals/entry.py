"""Module globals outlive a request; attributes of the instance do not."""

from workers import Response, WorkerEntrypoint

count = 0
seen = []


class Default(WorkerEntrypoint):
    visits = 0

    async def fetch(self, request):
        global count
        count += 1
        self.visits += 1
        seen.append(request.url.rsplit("/", 1)[1])
        return Response(f"{count} {self.visits} {seen} {__name__}")
