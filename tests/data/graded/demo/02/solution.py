from urllib.parse import urlsplit

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        name = urlsplit(request.url).path.removeprefix("/flags/")
        if request.method == "PUT":
            await self.env.FLAGS.put(name, await request.text())
            return Response("stored")
        value = await self.env.FLAGS.get(name)
        if value is None:
            return Response("no such flag", status=404)
        return Response(value)
