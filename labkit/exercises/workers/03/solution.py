import json
from urllib.parse import urlsplit

from workers import Response, WorkerEntrypoint, fetch

AUDIT = "https://audit.kestrel.example/records"


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        path = urlsplit(request.url).path
        # 1. What the customer waits for
        response = Response(f"Statement {path}")
        # 2. What goes on when she has it
        self.ctx.waitUntil(self.record(path, request.cf.colo))
        return response

    async def record(self, path, colo):
        # 3. The record
        body = json.dumps({"path": path, "colo": colo})
        answer = await fetch(AUDIT, method="POST", body=body)
        # 4. A record that was refused leaves a line in the log
        if not answer.ok:
            print(f"audit lost: {path}")
