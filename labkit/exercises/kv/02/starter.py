from urllib.parse import urlsplit

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        todo()  # take this line out when you begin
        name = urlsplit(request.url).path.removeprefix("/flags/")
        if request.method == "PUT":
            await self.env.FLAGS.put(name, await request.text())
            return Response("stored")
        value = await self.env.FLAGS.get(name)
        return Response("on" if value is None else value)
