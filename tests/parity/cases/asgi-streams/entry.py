import asyncio

import asgi

seen = []


async def app(scope, receive, send):
    if scope["type"] == "http":
        await globals()[scope["path"][1:]](receive, send)


async def start(send, kind=b"text/plain"):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})


async def part(send, body, more=True):
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def events(receive, send):
    await start(send, b"text/event-stream")
    for number in range(3):
        await part(send, b"data: %d\n\n" % number)
        await asyncio.sleep(0.01)
    await part(send, b"", more=False)
    seen.append("events ended")


async def last(receive, send):
    await start(send)
    await part(send, b"one ")
    await part(send, b"two", more=False)


async def hollow(receive, send):
    await start(send)
    await part(send, b"")
    await part(send, b"late")
    await part(send, b"", more=False)


async def breaks(receive, send):
    await start(send)
    await part(send, b"begun")
    raise ValueError("broke off")


async def left(receive, send):
    await start(send)
    await part(send, b"done", more=False)
    await receive()
    seen.append((await receive())["type"])


async def told(receive, send):
    await start(send)
    await part(send, ", ".join(seen).encode(), more=False)


Default = asgi.entrypoint(app)
