"""A small application: sessions in KV with a cookie, as a lesson might build it."""

import json

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        path = request.url.split("/", 3)[3]
        match request.method, path:
            case "POST", "login":
                return await self.log_in(await request.json())
            case "GET", "me":
                return await self.me(request)
            case "POST", "logout":
                return await self.log_out(request)
            case _:
                return Response("Not Found", status=404)

    async def log_in(self, form):
        if not form.get("user"):
            return Response.json({"error": "user is required"}, status=400)
        session = {"user": form["user"]}
        await self.env.SESSIONS.put("s:1", json.dumps(session), expirationTtl=3600, metadata=session)
        return Response.json({"ok": True}, headers={"Set-Cookie": "sid=1; HttpOnly; Path=/"})

    async def me(self, request):
        session = await self.session(request)
        return Response.json(session) if session else Response("Unauthorized", status=401)

    async def log_out(self, request):
        await self.env.SESSIONS.delete("s:1")
        return Response(None, status=204, headers={"Set-Cookie": "sid=; Max-Age=0"})

    async def session(self, request):
        cookies = dict(part.split("=", 1) for part in request.headers.get("cookie", "").split("; ") if "=" in part)
        return await self.env.SESSIONS.get(f"s:{cookies['sid']}", "json") if "sid" in cookies else None
