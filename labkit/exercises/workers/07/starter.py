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
        # 2. Pass the request on, for two seconds at most
        # 3. Note what happened, afterwards
        return todo()
