"""A bucket at a domain of its own, each place's cache in front of it, or none at an r2.dev address.

| | |
|---|---|
| modelled | What is cached is a matter of the file's extension; HTML and JSON are not (Default cache behavior) |
| | For how long, its headers say, or its status: two hours, a 404 three minutes. Each place by itself |
| | So an overwritten object is stale where it is held, and a cached 404 hides what is uploaded later (Consistency) |
| | HIT, MISS, EXPIRED, REVALIDATED, STALE, BYPASS, DYNAMIC; Age; 4 hours in the browser where nothing is said |
| | The URL with its query and the Origin make the key; one request fetches for all that come meanwhile |
| | Purge by URL, or of everything. Smart Tiered Cache: places ask the one beside the bucket (`tiered`) |
| | Each miss is a Class B operation, a hit none; what goes to the Internet is free |
| | GET and HEAD, conditions, one range, If-Range, CORS rules and preflights; the root lists nothing |
| | r2.dev: no cache, hundreds of requests a second, then 429 |
| simplified | A place's cache never runs out of room; a purge is everywhere at once, in production 150 ms later |
| | With tiers, a copy goes on to age from when the upper tier got it |
| | Error pages have words of our own; a method that does not read is refused with 405 |
| not modelled | Cache Rules but "cache everything", stale-while-revalidate, Cache Reserve, compression, WAF |
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from math import exp
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import unquote, urlsplit

from labkit import facts
from labkit.emulators.caching import answers
from labkit.emulators.caching.answers import Stored as Held
from labkit.emulators.caching.freshness import seconds_to_live
from labkit.emulators.r2 import origin
from labkit.emulators.r2.refusals import UNAVAILABLE, Refusal
from labkit.network.faults import Unreachable
from labkit.workers.js.responses import Response as JsResponse
from labkit.workers.request import Request
from labkit.workers.response import Response
from labkit.world import World

if TYPE_CHECKING:
    from labkit.emulators.r2 import R2

BYPASS, DYNAMIC, EXPIRED, HIT, MISS, REVALIDATED, STALE = (
    "BYPASS", "DYNAMIC", "EXPIRED", "HIT", "MISS", "REVALIDATED", "STALE"
)  # fmt: skip
"""`cf-cache-status`: https://developers.cloudflare.com/cache/concepts/cache-responses/"""


class Zones(Protocol):
    """The caches of every place, as far as a domain sees them."""

    def zone(self, colo: str, domain: str) -> dict[str, Held]: ...

    def places_of(self, domain: str) -> list[dict[str, Held]]: ...


class Found(NamedTuple):
    """What a cache came up with, and how; `is_own` where it had it itself, so that it shows an age."""

    status: str
    held: Held
    is_own: bool = False


class PublicBucket:
    """What answers for a domain: `answer(request, colo)`. Without `caches` it is an r2.dev address.

    `everything` caches all files, whatever their extension; with `tiered`, places ask the cache beside the bucket
    before they ask the bucket.
    """

    def __init__(
        self,
        bucket: R2,
        world: World,
        caches: Zones | None,
        domain: str,
        *,
        everything: bool = False,
        tiered: bool = False,
    ):
        self.bucket, self.world, self.caches, self.domain = bucket, world, caches, domain
        self.everything, self.tiered = everything, tiered
        self._extensions = frozenset(facts.value("cache.extensions"))
        self._look_up, self._spread = facts.value("cache.match"), facts.value("cache.service_sigma")
        self._rate, self._counted = facts.value("r2.dev_requests_per_second"), (0, 0)
        self._browser_ttl, self._most = facts.value("r2.browser_ttl"), facts.value("cache.object_bytes")
        self._fetching: dict[tuple[str, str], asyncio.Event] = {}

    async def answer(self, request: Request, colo: str) -> Response:
        """The response to a request that came in at a place."""
        sent = request.js_object
        method, url, asked = sent.method, sent.url.partition("#")[0], dict(sent.headers._values)
        with self.world.trace.event("r2", "public", colo, method=method, url=url) as event:
            found = await self._answered(method, url, asked, colo)
            status = found.headers._values.get("cf-cache-status")
            event.detail["status"], event.outcome = found.status, status or str(found.status)
            if method == "HEAD":
                found._body = None
            event.bytes = len(found._body or b"")  # type: ignore[arg-type]
            event.units = {"r2.egress_gb": event.bytes / 1e9} if event.bytes else {}
            return Response(found)

    def purge(self, url: str | None = None, *, from_origin: str | None = None) -> int:
        """Drop a URL from every place's cache, or all of them; how many places had it.

        Each origin whose pages have asked for it has a copy of its own, and is named in `from_origin`.
        """
        places = self.caches.places_of(self.domain) if self.caches else []
        if url is None:
            purged = sum(bool(held) for held in places)
            for held in places:
                held.clear()
            return purged
        return sum(held.pop(_cache_key(url, from_origin), None) is not None for held in places)

    async def _answered(self, method: str, url: str, asked: Mapping[str, str], colo: str) -> JsResponse:
        cors = self.bucket.cors
        if method == "OPTIONS":
            allowed = cors.preflight(asked)
            return origin.page(403, "Forbidden", "No CORS rule allows this.") if allowed is None else (
                JsResponse.arrived(204, allowed))  # fmt: skip
        if method not in ("GET", "HEAD"):
            return origin.page(405, "Method not allowed", "A public bucket is read.", {"allow": "GET, HEAD"})
        if self.caches is None and self._is_too_much():
            return origin.page(429, "Too many requests", "An r2.dev address is for development.")
        path = urlsplit(url).path
        key, shared = unquote(path[1:]), cors.headers("GET", asked.get("origin"))
        try:
            if self.caches is None or not self._is_eligible(path):
                return await self._direct(method, key, asked, shared, colo)
            return await self._cached(_cache_key(url, asked.get("origin")), key, asked, shared, colo)
        except Refusal as refusal:
            return origin.page(refusal.status, refusal.s3_code, refusal.message)

    async def _direct(
        self, method: str, key: str, asked: Mapping[str, str], shared: dict[str, str], colo: str
    ) -> JsResponse:
        """The bucket's own answer."""
        added = {"cf-cache-status": DYNAMIC} if self.caches is not None else {}
        action = "HeadObject" if method == "HEAD" else "GetObject"
        return origin.answer(await origin.read(self.bucket, colo, key, action), asked, {**shared, **added})

    async def _cached(
        self, url: str, key: str, asked: Mapping[str, str], shared: dict[str, str], colo: str
    ) -> JsResponse:
        """The answer of a place's cache, filled where it must be. HEAD fills it as GET does."""
        status, held, is_own = await self._through(self._tiers(colo), url, key, shared)
        wanted = {name: text for name, text in asked.items() if name != "range"}
        if held.status == 200 and (part := origin.range_of(asked, held.headers)):
            wanted["range"] = part
        if is_own:
            return answers.from_cache(held, wanted, self.world.unix)
        return answers.answer(held, wanted, {"cf-cache-status": status})

    async def _through(self, tiers: list[str], url: str, key: str, shared: dict[str, str]) -> Found:
        """What the caches of these places, the first before the next, come up with."""
        here, *upper = tiers
        zone = self._zone(here)
        await self._work()
        if lock := self._fetching.get((here, url)):
            await lock.wait()  # one request fetches for all that come meanwhile
        held = zone.get(url)
        if held and held.is_live(self.world.unix):
            return Found(HIT, held, True)
        lock = self._fetching[here, url] = asyncio.Event()
        try:
            if upper:
                status, fresh = await self._from_above(upper, here, url, key, shared)
            else:
                status, fresh = await self._from_bucket(here, key, shared, held)
        except (Refusal, Unreachable) as error:
            if held:
                return Found(STALE, held)
            raise error if isinstance(error, Refusal) else Refusal(UNAVAILABLE) from None
        finally:
            self._fetching.pop((here, url), None)
            lock.set()
        self._keep(zone, url, fresh)
        return Found(status, fresh)

    async def _from_above(
        self, upper: list[str], here: str, url: str, key: str, shared: dict[str, str]
    ) -> tuple[str, Held]:
        """What the next tier has, after the way there and back. It goes on to age from when that tier got it."""
        await self.world.travel(here, upper[0])
        found = await self._through(upper, url, key, shared)
        await self.world.travel(upper[0], here)
        return found.status, found.held

    async def _from_bucket(self, here: str, key: str, shared: dict[str, str], held: Held | None) -> tuple[str, Held]:
        """The bucket's answer, and what it is to a cache that held that until now."""
        known = held.headers.get("etag") if held else None
        stored = await origin.read(self.bucket, here, key, known=known)
        unix = self.world.unix
        fresh = origin.whole(stored, shared, unix)
        ttl = seconds_to_live(fresh.status, fresh.headers, False, unix, by_status=True)
        if ttl is None or ttl <= 0 or len(fresh.body) > self._most:
            return BYPASS, fresh
        if fresh.status == 200 and not fresh.headers.keys() & {"cache-control", "expires"}:
            fresh.headers["cache-control"] = f"max-age={self._browser_ttl}"
        fresh = replace(fresh, expires=unix + ttl)
        if held is None:
            return MISS, fresh
        return (REVALIDATED if stored and stored.http_etag == known else EXPIRED), fresh

    def _keep(self, zone: dict[str, Held], url: str, fresh: Held) -> None:
        """Hold a response for as long as it may be held."""
        if fresh.is_live(self.world.unix):
            zone[url] = fresh
        else:
            zone.pop(url, None)

    def _is_eligible(self, path: str) -> bool:
        """Whether the cache is asked at all: by the extension."""
        _, dot, extension = path.rpartition("/")[2].rpartition(".")
        is_known = bool(dot) and extension.lower() in self._extensions
        return self.everything or is_known or path == "/robots.txt"

    def _tiers(self, colo: str) -> list[str]:
        """The places whose caches are asked, in order: with tiers, the one beside the bucket last."""
        home = self.bucket.place_near(colo)
        return [colo, home] if self.tiered and home != colo else [colo]

    def _zone(self, colo: str) -> dict[str, Held]:
        return self.caches.zone(colo, self.domain)  # type: ignore[union-attr]

    def _is_too_much(self) -> bool:
        """Whether this second has had its requests already. Without a network nothing is limited."""
        second, count = int(self.world.unix), self._counted[1]
        self._counted = (second, count + 1 if self._counted[0] == second else 1)
        return self.world.links is not None and self._counted[1] > self._rate

    async def _work(self) -> None:
        """The time that a cache takes to look: lognormal."""
        if self.world.links:
            spread = self.world.random.gauss(0.0, self._spread)
            await self.world.timeline.sleep(self._look_up * exp(spread))


def _cache_key(url: str, origin: Any) -> str:
    """What a response is held under: the URL, and the origin of the page that asks, for CORS."""
    return f"{url} from {origin}" if origin else url
