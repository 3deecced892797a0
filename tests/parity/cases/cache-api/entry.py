"""The Cache API: what it keeps, and what it refuses."""

from attempt import report
from js import caches
from workers import Request, Response, WorkerEntrypoint

KEPT = {"cache-control": "max-age=60"}


def response(text="body", status=200, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(text, status=status, headers={**KEPT, **named}).js_object


async def put_and_match(path, made, **options):
    cache, url = caches.default, f"https://cache.example/{path}"
    await cache.put(Request(url).js_object, made)
    found = await cache.match(Request(url, **options).js_object)
    return [found.status, await found.text(), found.headers.get("x-kept")] if found else "a miss"


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        cache, url = caches.default, "https://cache.example/u"
        return await report(
            {
                "miss": lambda: cache.match(url),
                "hit": lambda: put_and_match("a", response(x_kept="1")),
                "hit by text": lambda: by_text(cache, url),
                "other query": lambda: put_and_match("b?x=1", response()),
                "head": lambda: put_and_match("head", response(), method="HEAD"),
                "no cache-control": lambda: put_and_match("c", Response("x").js_object),
                "no-store": lambda: put_and_match("d", response(cache_control="no-store")),
                "private": lambda: put_and_match("e", response(cache_control="private, max-age=60")),
                "max-age=0": lambda: put_and_match("f", response(cache_control="max-age=0")),
                "s-maxage": lambda: put_and_match("g", response(cache_control="s-maxage=60")),
                "set-cookie": lambda: put_and_match("h", response(set_cookie="a=1")),
                "404": lambda: put_and_match("i", response(status=404)),
                "206": lambda: put_and_match("j", response(status=206)),
                "vary *": lambda: put_and_match("k", response(vary="*")),
                "post": lambda: cache.put(Request("https://cache.example/p", method="POST").js_object, response()),
                "delete": lambda: cache.delete("https://cache.example/a"),
                "delete again": lambda: cache.delete("https://cache.example/a"),
                "after the delete": lambda: cache.match("https://cache.example/a"),
                "a Python Response": lambda: cache.put(url, Response("x", headers=KEPT)),
                "relative": lambda: cache.match("/relative"),
            }
        )


async def by_text(cache, url):
    await cache.put(url, response("by text"))
    found = await cache.match(url)
    return await found.text()
