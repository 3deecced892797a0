from urllib.parse import urlsplit

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        country = urlsplit(request.url).path.removeprefix("/banner/")
        # 1. Read the country's banner
        banner = todo()
        # 2. Choose what the visitor sees
        text = todo()
        return Response(text)
