from urllib.parse import urlsplit

from workers import Response, WorkerEntrypoint

DEFAULTS = {"dark-mode": "off", "gift-cards": "on", "search-v2": "off"}


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        name = urlsplit(request.url).path.removeprefix("/flags").removeprefix("/")
        # 1. No name: all flags, in one operation
        if not name:
            stored = await self.env.CONFIG.get([f"flag:{flag}" for flag in DEFAULTS], cacheTtl=300)
            found = {flag: stored[f"flag:{flag}"] for flag in DEFAULTS}
            set_flags = {flag: value for flag, value in found.items() if value is not None}
            return Response.json(DEFAULTS | set_flags)
        # 2. A name that is not in DEFAULTS: 404
        if name not in DEFAULTS:
            return Response("unknown flag", status=404)
        # 3. PUT: store the body, without an end: flags do not switch themselves
        if request.method == "PUT":
            await self.env.CONFIG.put(f"flag:{name}", await request.text())
            return Response("stored")
        # 4. GET: the value, or its default
        value = await self.env.CONFIG.get(f"flag:{name}", cacheTtl=300)
        return Response(DEFAULTS[name] if value is None else value)
