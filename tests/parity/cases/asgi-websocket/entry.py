import json

import asgi

REPLY = b"heard"  # the SDK sends bytes without a copy: such as are freed at once arrive as something else
seen = []


async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        return await send({"type": "http.response.body", "body": json.dumps(seen).encode()})
    if scope["type"] == "websocket":
        await globals()[scope["path"][1:]](scope, receive, send)


async def echo(scope, receive, send):
    seen.append([(await receive())["type"], scope["query_string"].decode(), sorted(scope)])
    await send({"type": "websocket.accept", "subprotocol": "ignored"})
    while (message := await receive())["type"] == "websocket.receive":
        if message.get("bytes") is not None:
            seen.append(list(message["bytes"]))
            await send({"type": "websocket.send", "bytes": REPLY})
        else:
            await send({"type": "websocket.send", "text": message["text"].upper()})
    seen.append([message["type"], message["code"], message["reason"]])


async def both(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "bytes": b"first", "text": "second"})
    await send({"type": "websocket.close", "code": 4001, "reason": "enough"})


async def ends(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept"})


async def fails(scope, receive, send):
    await receive()
    raise ValueError("bad")


async def unknown(scope, receive, send):
    await receive()
    await send({"type": "websocket.http.response.start", "status": 403, "headers": []})
    await send({"type": "websocket.close"})


Default = asgi.entrypoint(app)
