import asgi
from workers import Response, WorkerEntrypoint


async def app(scope, receive, send):
    if scope["type"] == "http":
        await globals()[scope["path"][1:]](send)


async def fails(send):
    raise ValueError("bad")


async def says_nothing(send):
    pass


async def only_starts(send):
    await send({"type": "http.response.start", "status": 200, "headers": []})


async def fails_late(send):
    await send({"type": "http.response.start", "status": 503, "headers": []})
    await send({"type": "http.response.body", "body": b"said"})
    raise ValueError("late")


async def wrong_status(send):
    await send({"type": "http.response.start", "status": 999, "headers": []})
    await send({"type": "http.response.body", "body": b"x"})


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.url.endswith("/options"):
            return self.options()
        return await asgi.fetch(app, request, self.env)

    def options(self):
        try:
            asgi.Options(encode_body="zip")
        except ValueError as error:
            return Response(f"{error} {asgi.Options()} {asgi.Options(encode_body='manual')}")
