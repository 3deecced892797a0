import hashlib
import json
import secrets
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

from workers import Response, WorkerEntrypoint

HOUR = 3600
COOKIE = "Path=/; HttpOnly; Secure; SameSite=Lax"


def key_of(secret):
    """The key of a session, from which nobody can tell the secret."""
    # 1. `session:` and the SHA-256 of the secret, as hexadecimal text
    return "session:" + hashlib.sha256(secret.encode()).hexdigest()


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        path = urlsplit(request.url).path
        if path == "/login":
            secret, user = secrets.token_urlsafe(32), (await request.json())["user"]
            # 2. Store the session for an hour
            await self.env.SESSIONS.put(key_of(secret), json.dumps({"user": user}), expirationTtl=HOUR)
            return Response("welcome", headers={"set-cookie": f"sid={secret}; Max-Age={HOUR}; {COOKIE}"})
        cookie = SimpleCookie(request.headers.get("cookie")).get("sid")
        if cookie is None:
            return Response("who are you?", status=401)
        if path == "/logout":
            # 3. Remove the session, and let the browser forget the cookie: Max-Age=0
            await self.env.SESSIONS.delete(key_of(cookie.value))
            return Response("goodbye", headers={"set-cookie": f"sid=; Max-Age=0; {COOKIE}"})
        # 4. Read the session, from a copy that is half a minute old at most; show it, or answer 401
        session = await self.env.SESSIONS.get(key_of(cookie.value), type="json", cacheTtl=30)
        return Response("who are you?", status=401) if session is None else Response.json(session)
