"""`stub.fetch`: what arrives of a request, what comes back, and the URLs that are refused."""

from attempt import report
from workers import DurableObject, Request, Response, WorkerEntrypoint


class Box(DurableObject):
    async def fetch(self, request):
        path = request.url.rpartition("/")[2]
        if path == "raise":
            raise ValueError("in fetch")
        if path == "nothing":
            return None
        if path == "text":
            return "text"
        if path == "redirect":
            return Response.redirect("https://worker.example/elsewhere", 302)
        if path == "cookies":
            headers = [("set-cookie", "a=1"), ("set-cookie", "b=2"), ("x-box", "yes")]
            return Response(None, status=204, headers=headers)
        seen = sorted([name, value] for name, value in request.headers.items() if name.lower().startswith("x-"))
        body = await request.text() if request.method in ("POST", "PUT") else None
        return Response.json([request.method, request.url, seen, body], status=201)


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        box = self.env.BOX.getByName("a")
        if "/through/" in request.url:
            return await box.fetch(request)
        return await report(
            {
                "a URL": lambda: read(box.fetch("http://box/path?a=1")),
                "no host": lambda: read(box.fetch("/path")),
                "no scheme": lambda: read(box.fetch("box/path")),
                "another scheme": lambda: read(box.fetch("box://x/path")),
                "a method": lambda: read(box.fetch("http://box/x", method="POST", body="text", headers={"x-a": "1"})),
                "a Request": lambda: read(box.fetch(Request("http://box/y", method="PUT", body="text"))),
                "bytes": lambda: read(box.fetch("http://box/z", method="POST", body=b"bytes")),
                "raises": lambda: read(box.fetch("http://box/raise")),
                "nothing": lambda: read(box.fetch("http://box/nothing")),
                "text": lambda: read(box.fetch("http://box/text")),
                "redirect": lambda: read(box.fetch("http://box/redirect", redirect="manual")),
                "cookies": lambda: cookies(box),
                "json": lambda: as_json(box),
            }
        )


async def read(asked):
    response = await asked
    return [response.status, await response.text()]


async def as_json(box):
    response = await box.fetch("http://box/json")
    return [response.ok, response.headers.get("content-type"), (await response.json())[0]]


async def cookies(box):
    response = await box.fetch("http://box/cookies")
    return [response.status, response.headers.get_all("set-cookie"), response.headers.get("x-box")]
