"""The Worker that stands for a site's assets: it says what it was asked."""

from urllib.parse import urlsplit

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        url = urlsplit(request.url)
        seen = [f"{name}={value}" for name, value in request.headers.items() if name == "x-a"]
        path = f"{url.path}?{url.query}" if url.query else url.path
        text = " ".join([request.method, path, *seen, await request.text()])
        return Response(f"assets: {text}", status=404 if path.startswith("/missing") else 200)
