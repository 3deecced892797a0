from urllib.parse import urlsplit

from workers import Response, WorkerEntrypoint

DEFAULTS = {"dark-mode": "off", "gift-cards": "on", "search-v2": "off"}


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        name = urlsplit(request.url).path.removeprefix("/flags").removeprefix("/")
        # 1. No name: all flags, in one operation
        # 2. A name that is not in DEFAULTS: 404
        # 3. PUT: store the body
        # 4. GET: the value, or its default
        todo()
