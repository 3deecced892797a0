"""`js` and `pyodide.ffi`, as far as Workers use them."""

import js
from attempt import report
from pyodide.ffi import JsException, JsProxy, create_proxy, to_js
from workers import WorkerEntrypoint


def thrown():
    try:
        js.JSON.parse("{")
    except JsException as error:
        return [error.name, error.message == str(error).split(": ", 1)[1], isinstance(error, JsProxy)]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        plain = to_js({"a": 1, "b": [1, None]}, dict_converter=js.Object.fromEntries)
        array = to_js([1, 2])
        return await report(
            {
                "map": lambda: to_js({"a": 1}).get("a"),
                "object": lambda: [plain.constructor.name, plain.a, plain.b[0]],
                "object by index": lambda: plain["a"],
                "object to python": lambda: plain.to_py(),
                "array": lambda: [array.constructor.name, array[1], len(array), array.to_py()],
                "tuple": lambda: to_js((1, 2)).to_py(),
                "text": lambda: to_js("a"),
                "none": lambda: to_js(None),
                "bytes": lambda: to_js(b"ab").to_py(),
                "set": lambda: to_js({1}).constructor.name,
                "stringify": lambda: js.JSON.stringify(plain),
                "parse": lambda: js.JSON.parse('{"a": [1, null]}').to_py(),
                "error": thrown,
                "headers": lambda: list(js.Headers.new([["a", "b"]])),
                "url": lambda: [js.URL.new("https://a.example/p?q=1#h").searchParams.get("q"), js.URL.new("/x", "https://a.example").href],
                "bad url": lambda: js.URL.new("nope"),
                "date": lambda: js.Date.new(0).toISOString(),
                "object keys": lambda: list(js.Object.keys(plain)),
                "missing attribute": lambda: plain.nope,
                "missing global": lambda: js.nope,
                "assign": lambda: [setattr(plain, "c", 3), plain.c],
                "typed array": lambda: bytes(js.Uint8Array.new(to_js([1, 2]))),
                "encode": lambda: bytes(js.TextEncoder.new().encode("h\u00e9")),
                "proxy": lambda: create_proxy(lambda: 5)(),
                "resolved": lambda: js.Promise.resolve(5),
            }
        )
