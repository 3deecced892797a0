from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        todo()  # take this line out when you begin
        readers = []
        page = await self.env.NEWS.list(prefix="subscriber")
        for key in page["keys"]:
            found = await self.env.NEWS.getWithMetadata(key["name"])
            readers.append([key["name"].removeprefix("subscriber:"), found["metadata"]["name"]])
        return Response.json(readers)
