from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        todo()  # take this line out when you begin
        # 1. A signature is stored
        if request.method == "POST":
            email = (await request.json())["email"]
            number = int(await self.env.PETITION.get("number") or 0)
            await self.env.PETITION.put("number", str(number + 1))
            return Response("thank you")
        # 2. The signatures are counted
        return Response(await self.env.PETITION.get("number") or "0")
