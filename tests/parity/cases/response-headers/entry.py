"""Headers of a Response: given as a dict, as pairs, as js.Headers; read back as a mapping."""

from attempt import report
from js import Headers
from workers import Response, WorkerEntrypoint


def read(headers):
    return lambda: list(map(list, Response("x", headers=headers).headers.items()))


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.url.endswith("/pairs"):
            cookies = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2; Path=/")]
            return Response("x", headers=[*cookies, ("X-One", "1"), ("X-One", "2")])
        if request.url.endswith("/dict"):
            return Response("x", headers={"X-Mixed-Case": "1", "content-type": "text/css"})
        made = Headers.new()
        made.set("x-js", "yes")
        response = Response("x", headers={"X-A": "1", "x-b": "2"})
        baked = Response("", headers=[("set-cookie", "a=1"), ("set-cookie", "b=2")])
        return await report(
            {
                "dict": read({"X-A": "1"}),
                "pairs": read([("X-A", "1"), ("X-A", "2")]),
                "js": read(made),
                "tuple of pairs": read((("X-A", "1"),)),
                "text": read("X-A: 1"),
                "number": read({"x-n": 5}),
                "none": read(None),
                "empty": read({}),
                "bad name": read({"bad name": "1"}),
                "bad value": read({"x": "a\nb"}),
                "spaces": read({"x": "  padded  "}),
                "get": lambda: response.headers.get("X-a"),
                "index": lambda: response.headers["x-A"],
                "missing": lambda: response.headers.get("nope"),
                "missing by index": lambda: response.headers["nope"],
                "in": lambda: ["X-B" in response.headers, "nope" in response.headers],
                "keys": lambda: list(response.headers.keys()),
                "get_all": lambda: baked.headers.get_all("set-cookie"),
                "content type": lambda: response.headers["content-type"],
            }
        )
