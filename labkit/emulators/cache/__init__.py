"""The Cache API: `caches.default` and `caches.open(name)`, one cache a place, which nobody copies to another.

| | |
|---|---|
| modelled | match, put and delete in the runtime's own words (recorded from workerd); the key is the URL, for GET alone |
| | Time to live from s-maxage, max-age or Expires, less Age; no-store, no-cache, private and Set-Cookie are not stored |
| | Without such headers the status decides: 200 and 301 two hours, 302 and 303 20 min, 404 and 410 3 min (Cache docs) |
| | `private=Set-Cookie` stores the response without its cookies; Vary is kept and plays no part in the key |
| | If-None-Match and If-Modified-Since give 304, Range gives 206 or 416; Age and `cf-cache-status: HIT` are added |
| simplified | A cache never runs out of room, so nothing is evicted before its time; one cache a place |
| | Several ranges at once are answered with the whole response; weak and strong etags compare alike |
| | Network off: no time passes, and a response without Cache-Control and Expires is not stored, as locally |
| not modelled | Tiered cache (the API has none), purge by tag or prefix, zones, stale-while-revalidate (the API ignores it) |
| | That the API does nothing on workers.dev, in previews and behind Access: in the lab it always works |
"""

from __future__ import annotations

import pickle
from email.utils import formatdate
from math import exp
from typing import Any

from labkit import facts
from labkit.emulators.cache.answers import Stored, answer
from labkit.emulators.cache.freshness import directives, drops_cookie, seconds_to_live
from labkit.trace import Event
from labkit.workers.bindings import js_error, unknown_option, warn
from labkit.workers.ffi import JsException, JsProxy
from labkit.workers.js.headers import text
from labkit.workers.js.requests import Request, fields
from labkit.workers.js.responses import Response
from labkit.world import World

QUERY_OPTIONS = ("ignoreMethod", "ignoreSearch", "ignoreVary")
_MISSING: Any = object()


class Caches:
    """The caches of every place: `at(colo)` is what `js.caches` is there."""

    def __init__(self, world: World):
        self.world = world
        self.held: dict[tuple[str, str | None], dict[str, Stored]] = {}

    def at(self, colo: str) -> CacheStorage:
        """The caches of one place, shared by all Workers that run there."""
        return CacheStorage(self, colo)

    def snapshot(self) -> bytes:
        """Every stored response."""
        return pickle.dumps(self.held)

    def restore(self, state: bytes) -> None:
        """Go back to a snapshot. Caches that are in use keep working."""
        self.held = pickle.loads(state)


class CacheStorage(JsProxy):
    """`js.caches` at one place."""

    __slots__ = ("_caches", "_colo")

    def __init__(self, caches: Caches, colo: str):
        self._caches, self._colo = caches, colo

    @property
    def default(self) -> Cache:
        return Cache(self._caches, self._colo, None)

    async def open(self, name: Any = _MISSING) -> Cache:
        """A cache of that name, apart from the default one."""
        if name is _MISSING:
            raise _wrong_parameter("open", "CacheStorage", 1, "string")
        return Cache(self._caches, self._colo, text(name))


class Cache(JsProxy):
    """One cache at one place. It takes JavaScript's own requests and responses: `response.js_object`."""

    __slots__ = ("_caches", "_world", "_colo", "_name")

    def __init__(self, caches: Caches, colo: str, name: str | None):
        self._caches, self._world, self._colo, self._name = caches, caches.world, colo, name

    async def match(self, request: Any = _MISSING, options: Any = None, **keywords: Any) -> Response | None:
        """The stored response, or None. If-None-Match, If-Modified-Since and Range of the request are honoured."""
        with self._operation("match") as event:
            asked = self._asked("match", event, request)
            found = await self._found(asked) if _is_get(asked, options or keywords) else None
            event.outcome = "hit" if found else "miss"
            if found is None:
                return None
            event.bytes = len(found.body)
            return answer(found, asked.headers._values, self._world.unix)

    async def put(self, request: Any = _MISSING, response: Any = _MISSING, *_: Any) -> None:
        """Store a response in this place, for as long as its headers say. What may not be stored is silently not."""
        with self._operation("put") as event:
            asked = self._asked("put", event, request)
            _check_response(response)
            _check_storable(asked, response)
            event.outcome = "not stored"
            if response.status == 304:
                return
            body = await response._bytes()
            await self._work()
            event.bytes = len(body)
            stored = self._stored(response, body)
            if stored:
                self._held[_key(asked)] = stored
                event.outcome = "stored"

    async def delete(self, request: Any = _MISSING, options: Any = None, **keywords: Any) -> bool:
        """Forget a response in this place; False where there was none."""
        with self._operation("delete") as event:
            asked = self._asked("delete", event, request)
            found = await self._found(asked) if _is_get(asked, options or keywords) else None
            event.outcome = "deleted" if found else "miss"
            return found is not None and self._held.pop(_key(asked), None) is not None

    def add(self, *_: Any) -> None:
        raise _not_implemented("add")

    def addAll(self, *_: Any) -> None:
        raise _not_implemented("addAll")

    def keys(self, *_: Any) -> None:
        raise _not_implemented("keys")

    def matchAll(self, *_: Any) -> None:
        raise _not_implemented("matchAll")

    @property
    def _held(self) -> dict[str, Stored]:
        return self._caches.held.setdefault((self._colo, self._name), {})

    def _operation(self, name: str) -> Event:
        self._world.charge("cache")
        return self._world.trace.event("cache", name, self._colo, cache=self._name or "default")

    def _asked(self, method: str, event: Event, request: Any) -> Request:
        """The request that the key is made of."""
        if request is _MISSING:
            raise _wrong_parameter(method, "Cache", 1, "Request or string")
        _warn_of_python(request)
        asked = request if isinstance(request, Request) else Request.new(request)
        event.detail["url"] = asked.url
        return asked

    async def _found(self, asked: Request) -> Stored | None:
        await self._work()
        stored = self._held.get(_key(asked))
        return stored if stored and stored.is_live(self._world.unix) else None

    async def _work(self) -> None:
        """The time that the cache takes: lognormal."""
        if self._world.links:
            spread = self._world.random.gauss(0.0, facts.value("cache.service_sigma"))
            await self._world.timeline.sleep(facts.value("cache.match") * exp(spread))

    def _stored(self, response: Response, body: bytes) -> Stored | None:
        """The response as this cache keeps it, or None where it may not."""
        unix, cookies = self._world.unix, response.headers._cookies
        headers = {"date": formatdate(unix, usegmt=True)} | response.headers._values
        headers["content-length"] = str(len(body))
        by_status = self._world.links is not None
        ttl = seconds_to_live(response.status, headers, bool(cookies), unix, by_status=by_status)
        if ttl <= 0 or len(body) > facts.value("cache.object_bytes"):
            return None
        kept = [] if drops_cookie(directives(headers.get("cache-control", ""))) else list(cookies)
        return Stored(response.status, headers, kept, body, unix, unix + ttl)


def _key(request: Request) -> str:
    return request.url.partition("#")[0]


def _is_get(request: Request, options: Any) -> bool:
    """Whether the request can have a stored response at all."""
    given = fields(options)
    for name in given:
        if name in ("ignoreSearch", "ignoreVary"):
            raise js_error("Error", f"The '{name}' field on 'CacheQueryOptions' is not implemented.")
        if name not in QUERY_OPTIONS:
            unknown_option("Cache", name, QUERY_OPTIONS)
    return request.method == "GET" or bool(given.get("ignoreMethod"))


def _check_response(response: Any) -> None:
    if isinstance(response, Response):
        return
    if response is not _MISSING:
        _warn_of_python(response)
    raise _wrong_parameter("put", "Cache", 2, "Response")


def _check_storable(request: Request, response: Response) -> None:
    """What the runtime refuses to store, in its words."""
    if response.type == "error":
        raise js_error("TypeError", "Cache is unable to store an error response")
    if request.method != "GET":
        raise js_error("TypeError", "Cannot cache response to non-GET request.")
    if response.status == 206:
        raise js_error("TypeError", "Cannot cache response to a range request (206 Partial Content).")
    if "*" in response.headers._values.get("vary", ""):
        raise js_error("TypeError", "Cannot cache response with 'Vary: *' header.")
    if response.status == 101:
        raise js_error("TypeError", "Cannot cache WebSocket upgrade response.")


def _warn_of_python(value: Any) -> None:
    """The caches are not wrapped as bindings are, so Python's own requests and responses mean nothing to them."""
    if hasattr(value, "js_object"):
        kind = type(value).__name__
        warn(f"The Cache API wants JavaScript's {kind}, and got Python's: pass its .js_object.")


def _wrong_parameter(method: str, owner: str, position: int, wanted: str) -> JsException:
    return js_error(
        "TypeError", f"Failed to execute '{method}' on '{owner}': parameter {position} is not of type '{wanted}'."
    )


def _not_implemented(method: str) -> JsException:
    return js_error("Error", f"Failed to execute '{method}' on 'Cache': the method is not implemented.")
