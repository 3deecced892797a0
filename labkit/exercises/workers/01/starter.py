import asyncio

from workers import Response, WorkerEntrypoint, fetch

PARTS = ("flights", "hotels", "weather", "offers")


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        todo()  # take this line out when you begin
        page = {}
        for part in PARTS:
            response = await fetch(f"https://api.wattle.example/{part}")
            page[part] = await response.json()
        return Response.json(page)
