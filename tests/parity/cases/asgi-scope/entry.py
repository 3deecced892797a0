import json

import asgi


async def app(scope, receive, send):
    """Says what it was told, but for what no JSON can say."""
    if scope["type"] == "lifespan":
        raise RuntimeError("no lifespan here")
    seen = {name: scope[name] for name in ("type", "asgi", "http_version", "scheme", "path")}
    seen["method"] = [str(scope["method"]), type(scope["method"]).__name__]
    seen["raw_path"], seen["query_string"] = scope["raw_path"].decode(), scope["query_string"].decode()
    seen["names"] = sorted(scope)
    seen["headers"] = [
        [name.decode(), value.decode()] for name, value in scope["headers"] if name.startswith((b"x-", b"accept-l"))
    ]
    seen["bytes"] = sorted({type(part).__name__ for header in scope["headers"] for part in header})
    seen["env"] = scope["env"].GREETING
    body = json.dumps(seen).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})


Default = asgi.entrypoint(app)
