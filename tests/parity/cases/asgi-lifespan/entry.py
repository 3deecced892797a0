import json

import asgi
from workers import Response, WorkerEntrypoint

life = []


async def start_and_stop(scope, receive, send):
    life.append((await receive())["type"])
    scope["state"]["pool"] = ["open"]
    await send({"type": "lifespan.startup.complete"})
    life.append((await receive())["type"])
    await send({"type": "lifespan.shutdown.complete"})


async def absent(scope, receive, send):
    raise RuntimeError("no lifespan here")


async def silent(scope, receive, send):
    return


async def refused(scope, receive, send):
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "no pool"})


async def refused_without_a_word(scope, receive, send):
    await receive()
    await send({"type": "lifespan.startup.failed", "message": ""})


async def late(scope, receive, send):
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.failed", "message": "too late"})


async def broken(scope, receive, send):
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    raise ValueError("broken")


def app(lifespan):
    async def call(scope, receive, send):
        if scope["type"] == "lifespan":
            return await lifespan(scope, receive, send)
        state = scope.get("state")
        if state:
            state["own"] = 1
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": json.dumps([state, life]).encode()})

    return call


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        name = request.url.rpartition("/")[2]
        if name == "life":
            return Response.json(life)
        return await asgi.fetch(app(globals()[name]), request, self.env, self.ctx)
