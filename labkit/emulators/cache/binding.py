"""`caches.default`: one cache as a Worker at one place sees it."""

from __future__ import annotations

from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from labkit import facts
from labkit.emulators.cache import rules
from labkit.emulators.caching.answers import Stored, from_cache
from labkit.emulators.caching.freshness import seconds_to_live
from labkit.trace import Event
from labkit.workers.context import confirmed
from labkit.workers.ffi import JsProxy
from labkit.workers.js.requests import Request
from labkit.workers.js.responses import Response

if TYPE_CHECKING:
    from labkit.emulators.cache import Caches

_MISSING: Any = object()


class Cache(JsProxy):
    """One cache at one place. It takes JavaScript's own requests and responses: `response.js_object`."""

    __slots__ = ("_caches", "_world", "_colo", "_name")

    def __init__(self, caches: Caches, colo: str, name: str | None):
        self._caches, self._world, self._colo, self._name = caches, caches.world, colo, name

    async def match(self, request: Any = _MISSING, options: Any = None, **keywords: Any) -> Response | None:
        """The stored response, or None. If-None-Match, If-Modified-Since and Range of the request are honoured."""
        with self._operation("match") as event:
            asked = self._asked("match", event, request)
            found = await self._found(asked) if rules.is_get(asked, options or keywords) else None
            event.outcome = "hit" if found else "miss"
            if found is None:
                return None
            event.bytes = len(found.body)
            return from_cache(found, asked.headers._values, self._world.unix)

    async def put(self, request: Any = _MISSING, response: Any = _MISSING, *_: Any) -> None:
        """Store a response in this place, for as long as its headers say. What may not be stored is silently not."""
        with self._operation("put") as event:
            asked = self._asked("put", event, request)
            if not isinstance(response, Response):
                rules.warn_of_python(response)
                raise rules.wrong_parameter("put", "Cache", 2, "Response")
            rules.check_storable(asked, response)
            if response.status == 304:
                event.outcome = "not stored"
                return
            body = await response._bytes()
            await confirmed()
            await self._caches.look()
            event.bytes, event.outcome = len(body), self._keep(asked, self._stored(response, body))

    async def delete(self, request: Any = _MISSING, options: Any = None, **keywords: Any) -> bool:
        """Forget a response in this place; False where there was none."""
        with self._operation("delete") as event:
            asked = self._asked("delete", event, request)
            found = await self._found(asked) if rules.is_get(asked, options or keywords) else None
            event.outcome = "deleted" if found else "miss"
            return found is not None and self._held.pop(_key(asked), None) is not None

    def add(self, *_: Any) -> None:
        raise rules.not_implemented("add")

    def addAll(self, *_: Any) -> None:
        raise rules.not_implemented("addAll")

    def keys(self, *_: Any) -> None:
        raise rules.not_implemented("keys")

    def matchAll(self, *_: Any) -> None:
        raise rules.not_implemented("matchAll")

    @property
    def _held(self) -> dict[str, Stored]:
        return self._caches.held.setdefault((self._colo, self._name), {})

    def _operation(self, name: str) -> Event:
        self._world.charge("cache")
        return self._world.trace.event("cache", name, self._colo, cache=self._name or "default")

    def _asked(self, method: str, event: Event, request: Any) -> Request:
        """The request that the key is made of."""
        if request is _MISSING:
            raise rules.wrong_parameter(method, "Cache", 1, "Request or string")
        rules.warn_of_python(request)
        asked = request if isinstance(request, Request) else Request.new(request)
        rules.check_key(asked)
        event.detail["url"] = asked.url
        return asked

    async def _found(self, asked: Request) -> Stored | None:
        await self._caches.look()
        stored = self._held.get(_key(asked))
        return stored if stored and stored.is_live(self._world.unix) else None

    def _keep(self, asked: Request, stored: Stored | None) -> str:
        """Put a response in the former one's place, and say how that went. One that is over already only ends it."""
        if stored is None:
            return "not stored"
        self._held.pop(_key(asked), None)
        if not stored.is_live(self._world.unix):
            return "not stored"
        self._held[_key(asked)] = stored
        return "stored"

    def _stored(self, response: Response, body: bytes) -> Stored | None:
        """The response as this cache keeps it, or None where it may not."""
        unix, has_cookie = self._world.unix, bool(response.headers._cookies)
        headers = {"date": formatdate(unix, usegmt=True)} | response.headers._values
        headers["content-length"] = str(len(body))
        by_status = self._world.links is not None
        ttl = seconds_to_live(response.status, headers, has_cookie, unix, by_status=by_status)
        if ttl is None or len(body) > facts.value("cache.object_bytes"):
            return None
        return Stored(response.status, headers, body, unix, unix + ttl)


def _key(request: Request) -> str:
    return request.url.partition("#")[0]
