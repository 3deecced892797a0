import json

import asgi
from workers import WorkerEntrypoint


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    answer = globals()[scope["path"][1:]]
    await answer(scope, receive, send)


async def start(send, status=200, *headers):
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def received(scope, receive, send):
    """The messages that bring the body, up to the one that ends it."""
    messages = [await receive()]
    while messages[-1]["more_body"]:
        messages.append(await receive())
    seen = [[each["type"], each["body"].decode(), type(each["body"]).__name__, each["more_body"]] for each in messages]
    await start(send, 200, (b"content-type", b"application/json"))
    await send({"type": "http.response.body", "body": json.dumps(seen).encode()})


async def cookies(scope, receive, send):
    await start(send, 201, (b"Set-Cookie", b"a=1"), (b"set-cookie", b"b=2"), (b"x-a", b"1"), (b"x-a", b"2"))
    await send({"type": "http.response.body", "body": bytearray(b"two")})


async def empty(scope, receive, send):
    await start(send, 204)
    await send({"type": "http.response.body", "body": b"dropped"})


async def bare(scope, receive, send):
    await start(send)
    await send({"type": "http.response.body"})


async def unchanged(scope, receive, send):
    await start(send, 304, (b"etag", b'"a"'))
    await send({"type": "http.response.body"})


async def accents(scope, receive, send):
    await start(send, 200, (b"x-a", "caf\u00e9".encode()))
    await send({"type": "http.response.body", "body": "caf\u00e9".encode()})


async def latin(scope, receive, send):
    await start(send, 200, (b"x-a", "caf\u00e9".encode("latin-1")))
    await send({"type": "http.response.body", "body": b"x"})


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return await asgi.fetch(app, request.js_object, self.env)
