"""What is one key of the cache, and what is none."""

from attempt import report
from js import Object, caches
from pyodide.ffi import to_js
from workers import Request, Response, WorkerEntrypoint

URL = "https://cache.example/keys"


def response():
    return Response("body", headers={"cache-control": "max-age=60"}).js_object


def options(**given):
    return to_js(given, dict_converter=Object.fromEntries)


async def is_there(request, *more):
    return await caches.default.match(request, *more) is not None


def asked(method):
    return Request(URL, method=method).js_object


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        await caches.default.put(URL, response())
        return await report(
            {
                "the same": lambda: is_there(URL),
                "a fragment": lambda: is_there(URL + "#x"),
                "a query": lambda: is_there(URL + "?x"),
                "an empty query": lambda: is_there(URL + "?"),
                "a slash": lambda: is_there(URL + "/"),
                "http": lambda: is_there(URL.replace("https", "http")),
                "capitals": lambda: is_there("HTTPS://CACHE.example/keys"),
                "dots": lambda: is_there("https://cache.example/a/../keys"),
                "the port": lambda: is_there("https://cache.example:443/keys"),
                "another port": lambda: is_there("https://cache.example:8443/keys"),
                "a password": lambda: is_there("https://u:p@cache.example/keys"),
                "a password is put": lambda: caches.default.put("https://u:p@cache.example/keys", response()),
                "HEAD": lambda: is_there(asked("HEAD")),
                "POST": lambda: is_there(asked("POST")),
                "POST, ignored": lambda: is_there(asked("POST"), options(ignoreMethod=True)),
                "ignoreSearch": lambda: is_there(URL, options(ignoreSearch=True)),
                "ignoreVary": lambda: is_there(URL, options(ignoreVary=False)),
                "delete by POST": lambda: caches.default.delete(asked("POST")),
                "delete by POST, ignored": lambda: caches.default.delete(asked("POST"), options(ignoreMethod=True)),
                "gone": lambda: is_there(URL),
                "no URL": lambda: is_there("keys"),
                "a number": lambda: is_there(5),
            }
        )
