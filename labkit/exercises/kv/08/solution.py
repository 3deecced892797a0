import hmac

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        given = request.headers.get("authorization") or ""
        wanted = f"Bearer {self.env.ADMIN_TOKEN}"  # where it is not set this raises, and nobody gets in
        if not hmac.compare_digest(given.encode(), wanted.encode()):  # a near miss takes as long
            return Response("forbidden", status=401)
        return Response("welcome")
