"""What of the runtime's globals belongs to the running event: `fetch` and `caches`."""

from __future__ import annotations

from typing import Any

from labkit.workers.context import here
from labkit.workers.js.requests import Request
from labkit.workers.js.responses import Response
from labkit.workers.proxies import JsProxy


async def fetch(resource: Any, init: Any = None, **keywords: Any) -> Response:
    """Send a request out, and return `js.Response`: JavaScript's own fetch."""
    from labkit.workers.request import Request as PythonRequest

    request = Request.new(resource, init or keywords)
    answer = await here("fetch").fetch(PythonRequest(request))
    return answer.js_object


class Caches(JsProxy):
    """`caches.default` and `caches.open(name)` of the data centre where the event runs."""

    @property
    def default(self) -> Any:
        return here("caches.default").caches.default

    async def open(self, *name: Any) -> Any:
        return await here("caches.open").caches.open(*name)

    def has(self, *args: Any) -> Any:
        return here("caches.has").caches.has(*args)

    def delete(self, *args: Any) -> Any:
        return here("caches.delete").caches.delete(*args)

    def keys(self) -> Any:
        return here("caches.keys").caches.keys()

    def match(self, *args: Any) -> Any:
        return here("caches.match").caches.match(*args)


caches = Caches()


class Navigator(JsProxy):
    userAgent = "Cloudflare-Workers"


navigator = Navigator()
