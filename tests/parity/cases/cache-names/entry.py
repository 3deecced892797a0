"""Caches of names of their own, beside the default one."""

from attempt import report
from js import caches
from workers import Response, WorkerEntrypoint

URL = "https://cache.example/names"


def response(text):
    return Response(text, headers={"cache-control": "max-age=60"}).js_object


async def text_in(cache):
    found = await cache.match(URL)
    return await found.text() if found else "a miss"


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        mine, other = await caches.open("mine"), await caches.open("other")
        again = await caches.open("mine")
        await mine.put(URL, response("mine"))
        await caches.default.put(URL, response("default"))
        return await report(
            {
                "mine": lambda: text_in(mine),
                "opened again": lambda: text_in(again),
                "default": lambda: text_in(caches.default),
                "other": lambda: text_in(other),
                "delete": lambda: again.delete(URL),
                "mine after": lambda: text_in(mine),
                "default after": lambda: text_in(caches.default),
                "no name": lambda: caches.open(),
                "a number": lambda: opened(5),
                "keys": lambda: mine.keys(),
                "add": lambda: mine.add(URL),
                "has": lambda: caches.has("mine"),
            }
        )


async def opened(name):
    await (await caches.open(name)).put(URL, response("number"))
    return await text_in(await caches.open(str(name)))
