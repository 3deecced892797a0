from urllib.parse import urlsplit

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        country = urlsplit(request.url).path.removeprefix("/banner/")
        # 1. Read the country's banner
        banner = await self.env.SHOP.get(f"banner:{country}")
        # 2. Choose what the visitor sees: only None means that nothing is stored
        text = "No news today" if banner is None else banner
        return Response(text)
