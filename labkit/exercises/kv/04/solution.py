from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        readers, cursor = [], None
        while True:
            page = await self.env.NEWS.list(prefix="subscriber:", cursor=cursor)
            for key in page["keys"]:  # each row brings its metadata along
                readers.append([key["name"].removeprefix("subscriber:"), key["metadata"]["name"]])
            if page["list_complete"]:  # the only sign of the end: an empty page is none
                return Response.json(readers)
            cursor = page["cursor"]
