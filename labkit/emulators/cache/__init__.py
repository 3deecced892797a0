"""The Cache API: `caches.default` and `caches.open(name)`, one cache a place, which nobody copies to another.

| | |
|---|---|
| modelled | match, put and delete in the runtime's words (recorded from workerd); the key is the URL, for GET alone |
| | Time to live: s-maxage, max-age or Expires, less Age. no-store, no-cache, private and Set-Cookie are not stored |
| | Without such headers the status decides: 200 and 301 two hours, 302 and 303 20 min, 404 and 410 3 min (Cache docs) |
| | `private=Set-Cookie` stores the response without its cookies; Vary is kept and plays no part in the key |
| | If-None-Match and If-Modified-Since give 304, Range gives 206 or 416; Age and `cf-cache-status: HIT` are added |
| simplified | A cache never runs out of room, so nothing is evicted before its time; one cache a place |
| | Several ranges at once are answered with the whole response |
| | Network off: no time passes, and a response without Cache-Control and Expires is not stored, as locally |
| not modelled | Tiered cache (the API has none), purge by tag or prefix, zones, stale-while-revalidate (it has none) |
| | That the API does nothing on workers.dev, in previews and behind Access: in the lab it always works |
"""

from __future__ import annotations

import pickle
from math import exp
from typing import Any

from labkit import facts
from labkit.emulators.cache.binding import Cache
from labkit.emulators.cache.rules import not_implemented, wrong_parameter
from labkit.emulators.caching.answers import Stored
from labkit.workers.ffi import JsProxy
from labkit.workers.js.headers import text
from labkit.world import World

__all__ = ["Cache", "CacheStorage", "Caches"]

_MISSING: Any = object()


class Caches:
    """The caches of every place: `at(colo)` is what `js.caches` is there."""

    def __init__(self, world: World):
        self.world = world
        self.held: dict[tuple[str, str | None], dict[str, Stored]] = {}
        self.zones: dict[tuple[str, str], dict[str, Stored]] = {}
        self._time, self._spread = facts.value("cache.match"), facts.value("cache.service_sigma")

    def at(self, colo: str) -> CacheStorage:
        """The caches of one place, shared by all Workers that run there."""
        return CacheStorage(self, colo)

    def zone(self, colo: str, domain: str) -> dict[str, Stored]:
        """What a place holds of a domain that answers itself, such as a public bucket's: responses by URL."""
        return self.zones.setdefault((colo, domain), {})

    def places_of(self, domain: str) -> list[dict[str, Stored]]:
        """What each place holds of a domain."""
        return [held for (_, name), held in self.zones.items() if name == domain]

    async def look(self) -> None:
        """The time that a place's cache takes to look something up, or to store it: lognormal."""
        if self.world.links:
            await self.world.timeline.sleep(self._time * exp(self.world.random.gauss(0.0, self._spread)))

    def snapshot(self) -> bytes:
        """Every stored response."""
        return pickle.dumps((self.held, self.zones))

    def restore(self, state: bytes) -> None:
        """Go back to a snapshot. Caches that are in use keep working."""
        self.held, self.zones = pickle.loads(state)


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
            raise wrong_parameter("open", "CacheStorage", 1, "string")
        return Cache(self._caches, self._colo, text(name))

    def has(self, *_: Any) -> None:
        raise not_implemented("has", "CacheStorage")

    def delete(self, *_: Any) -> None:
        raise not_implemented("delete", "CacheStorage")

    def keys(self, *_: Any) -> None:
        raise not_implemented("keys", "CacheStorage")

    def match(self, *_: Any) -> None:
        raise not_implemented("match", "CacheStorage")
