import asyncio
import json
from urllib.parse import urlsplit

from workers import Response, WorkerEntrypoint, fetch

API = "https://api.tern.example"
LOG = "https://log.tern.example/"
PATIENCE = 2  # seconds


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        # 1. Who asks?
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        account = await self.env.AUTH.verify(token) if scheme == "Bearer" else None
        if account is None:
            return Response("Who are you?", status=401)
        customer = account["customer"]  # a local name: others are served at the same time
        # 2. Pass the request on, for two seconds at most
        try:
            async with asyncio.timeout(PATIENCE):
                response = await self.forward(request, customer)
        except TimeoutError:
            response = Response("The API is slow today", status=504)
        # 3. Note what happened, afterwards
        path = urlsplit(request.url).path
        self.ctx.waitUntil(self.note({"customer": customer, "path": path, "status": response.status}))
        return response

    async def forward(self, request, customer):
        url = urlsplit(request.url)
        query = f"?{url.query}" if url.query else ""
        # new headers, not the visitor's: neither the token nor a forged x-customer reaches the API
        headers = {"x-customer": customer}
        body = await request.text() or None  # a GET has no body, and may not have one
        return await fetch(f"{API}{url.path}{query}", method=request.method, headers=headers, body=body)

    async def note(self, record):
        await fetch(LOG, method="POST", body=json.dumps(record))
