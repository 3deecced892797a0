"""What a stored response answers to conditions and ranges."""

from attempt import report
from js import caches
from workers import Request, Response, WorkerEntrypoint

URL = "https://cache.example/ranges"
HEADERS = {"cache-control": "max-age=60", "etag": '"abc"', "last-modified": "Tue, 01 Jan 2030 00:00:00 GMT"}


async def matched(**headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    found = await caches.default.match(Request(URL, headers=named).js_object)
    names = ("content-length", "content-range", "etag", "cf-cache-status", "age")
    return [found.status, await found.text(), *[found.headers.get(name) for name in names]]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        await caches.default.put(URL, Response("hello", headers=HEADERS).js_object)
        return await report(
            {
                "plain": lambda: matched(),
                "the same": lambda: matched(if_none_match='"abc"'),
                "weakly the same": lambda: matched(if_none_match='W/"abc"'),
                "another": lambda: matched(if_none_match='"zz"'),
                "one of several": lambda: matched(if_none_match='"zz", "abc"'),
                "not modified": lambda: matched(if_modified_since="Tue, 01 Jan 2030 00:00:00 GMT"),
                "modified": lambda: matched(if_modified_since="Tue, 01 Jan 2019 00:00:00 GMT"),
                "the middle": lambda: matched(range="bytes=1-2"),
                "from": lambda: matched(range="bytes=3-"),
                "the last": lambda: matched(range="bytes=-2"),
                "too far": lambda: matched(range="bytes=9-"),
                "nonsense": lambda: matched(range="nonsense"),
                "a part of the same": lambda: matched(range="bytes=0-1", if_none_match='"abc"'),
            }
        )
