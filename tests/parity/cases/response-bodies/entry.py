"""What a Response may be made of, and the content type that each gets."""

from attempt import attempt
from js import Uint8Array
from pyodide.ffi import to_js
from workers import Blob, FormData, Response, WorkerEntrypoint

BODIES = {
    "text": lambda: Response("h\u00e9llo"),
    "empty": lambda: Response(""),
    "none": lambda: Response(),
    "bytes": lambda: Response(b"\x00\x01\xff"),
    "blob": lambda: Response(Blob("<p>", content_type="text/html")),
    "array": lambda: Response(to_js(b"abc")),
    "typed": lambda: Response(Uint8Array.new([104, 105])),
    "form": lambda: Response(FormData({"a": "1"})),
    "dict": lambda: Response({}),
    "list": lambda: Response([]),
    "int": lambda: Response(5),
    "bytearray": lambda: Response(bytearray(b"a")),
    "memoryview": lambda: Response(memoryview(b"a")),
    "response": lambda: Response(Response("inner", status=201).js_object),
    "wrapped": lambda: Response(Response("inner", status=201)),
    "response-and-status": lambda: Response(Response("inner").js_object, status=500),
    "stream": lambda: Response(Response("inner").body),
}


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        name = request.url.rsplit("/", 1)[1]
        made = []
        failed = await attempt(lambda: made.append(BODIES[name]()))
        if failed:
            return Response(failed, status=400)
        if name == "form":
            return Response(made[0].headers["content-type"].split("boundary")[0])
        return made[0]
