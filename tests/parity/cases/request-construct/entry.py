"""Requests that a Worker builds itself."""

from http import HTTPMethod

from attempt import report
from workers import Request, WorkerEntrypoint


async def parts(*args, **options):
    request = Request(*args, **options)
    return [str(request.method), request.url, dict(request.headers), await request.text()]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return await report(
            {
                "address": lambda: parts("https://example.com"),
                "normalised": lambda: parts("https://EXAMPLE.com/a/../b?x=1#y"),
                "post": lambda: parts("https://example.com/", method="POST", body="hello"),
                "method enum": lambda: parts("https://example.com/", method=HTTPMethod.PUT, body=b"\x61"),
                "lower case": lambda: parts("https://example.com/", method="post"),
                "headers dict": lambda: parts("https://example.com/", headers={"X-A": "1"}),
                "headers pairs": lambda: parts("https://example.com/", headers=[("X-A", "1"), ("X-A", "2")]),
                "copy": lambda: parts(Request("https://example.com/x", headers={"a": "b"})),
                "copy with changes": lambda: parts(Request("https://example.com/x"), method="DELETE"),
                "from the request": lambda: parts(request, headers={"x-new": "1"}),
                "js and options": lambda: parts(request.js_object, method="GET"),
                "relative": lambda: parts("/relative"),
                "words": lambda: parts("not a url"),
                "get with a body": lambda: parts("https://example.com/", body="x"),
                "head with a body": lambda: parts("https://example.com/", method="HEAD", body="x"),
                "unknown method": lambda: parts("https://example.com/", method="BREW"),
                "dict as body": lambda: parts("https://example.com/", method="POST", body={"a": 1}),
            }
        )
