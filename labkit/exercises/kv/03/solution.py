from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        # 1. PUT: store the text, with its author as metadata and its end
        if request.method == "PUT":
            notice = await request.json()
            await self.env.SHOP.put(
                "notice",
                notice["text"],
                metadata={"author": notice["author"]},
                expirationTtl=max(60, notice["seconds"]),  # KV refuses less than a minute
            )
            return Response("stored")
        # 2. GET: read the text and its author at once
        found = await self.env.SHOP.getWithMetadata("notice")
        # 3. Answer with both, or with 404
        if found["value"] is None:
            return Response("no notice", status=404)
        return Response(found["value"], headers={"x-author": found["metadata"]["author"]})
