"""A bucket at a domain of its own, each place's cache in front of it, or none at an r2.dev address.

| | |
|---|---|
| modelled | What is cached is a matter of the file's extension; HTML and JSON are not (Default cache behavior) |
| | For how long, its headers say, or its status: two hours, a 404 three minutes. Each place by itself |
| | So an overwritten object is stale where it is held, and a cached 404 hides what is uploaded later (Consistency) |
| | HIT, MISS, EXPIRED, REVALIDATED, UPDATING, STALE, BYPASS, DYNAMIC; Age; 4 hours in the browser at the least |
| | stale-while-revalidate and stale-if-error, and what forbids them. One fetches for all who ask meanwhile |
| | The URL with its query and the Origin of the page that asks make the key of what is held |
| | Purge by URL, or of everything. Smart Tiered Cache: places ask the one beside the bucket (`tiered`) |
| | Each miss is a Class B operation, a hit none; what goes to the Internet is free |
| | GET and HEAD, conditions, one range, If-Range, CORS rules and preflights; the root lists nothing |
| | r2.dev: no cache, hundreds of requests a second, then 429 |
| simplified | A place's cache never runs out of room; a purge is everywhere at once, in production 150 ms later |
| | What a place is fetching at the moment of a purge is kept, though it be old |
| | A request with an Authorization header is answered as any other |
| | With tiers, a copy goes on to age from when the upper tier got it |
| | Error pages have words of our own; a method that does not read is refused with 405 |
| not modelled | Cache Rules but "cache everything", Cache Reserve, compression, WAF |
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from labkit import facts
from labkit.emulators.caching import answers
from labkit.emulators.r2 import origin
from labkit.emulators.r2.edge import DYNAMIC, Edge, Wanted, Zones
from labkit.emulators.r2.refusals import Refusal
from labkit.workers.js.responses import Response as JsResponse
from labkit.workers.request import Request
from labkit.workers.response import Response
from labkit.world import World

if TYPE_CHECKING:
    from labkit.emulators.r2 import R2

__all__ = ["PublicBucket", "Zones"]


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
        self.bucket, self.world, self.domain, self.everything = bucket, world, domain, everything
        self.edge = Edge(bucket, world, caches, domain, tiered=tiered) if caches is not None else None
        self._extensions = frozenset(facts.value("cache.extensions"))
        self._rate, self._counted = facts.value("r2.dev_requests_per_second"), (0, 0)

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
        if self.edge is None:
            return 0
        return self.edge.purge(None if url is None else _held_as(url, from_origin))

    def forget_rate(self) -> None:
        """Time is another: what was asked in this second was never asked."""
        self._counted = (0, 0)

    async def _answered(self, method: str, url: str, asked: Mapping[str, str], colo: str) -> JsResponse:
        if method == "OPTIONS":
            return self._preflight(asked)
        if method not in ("GET", "HEAD"):
            return origin.page(405, "Method not allowed", "A public bucket is read.", {"allow": "GET, HEAD"})
        if self.edge is None and self._is_too_much():
            return origin.page(429, "Too many requests", "An r2.dev address is for development.")
        path, asker = urlsplit(url).path, asked.get("origin")
        wanted = Wanted(_held_as(url, asker), unquote(path[1:]), self.bucket.cors.headers("GET", asker))
        try:
            if self.edge is not None and self._is_eligible(path):
                return await self._cached(self.edge, wanted, asked, colo)
            return await self._direct(method, wanted, asked, colo)
        except Refusal as refusal:
            return origin.page(refusal.status, refusal.s3_code, refusal.message)

    def _preflight(self, asked: Mapping[str, str]) -> JsResponse:
        allowed = self.bucket.cors.preflight(asked)
        if allowed is None:
            return origin.page(403, "Forbidden", "No CORS rule allows this.")
        return JsResponse.arrived(204, allowed)

    async def _direct(self, method: str, wanted: Wanted, asked: Mapping[str, str], colo: str) -> JsResponse:
        """The bucket's own answer."""
        added = {"cf-cache-status": DYNAMIC} if self.edge is not None else {}
        if method == "HEAD":
            stored = await origin.read(self.bucket, colo, wanted.key, lambda _: 0, "HeadObject")
        else:
            stored = await origin.read(self.bucket, colo, wanted.key, lambda found: origin.length_of(found, asked))
        return origin.answer(stored, asked, {**wanted.shared, **added})

    async def _cached(self, edge: Edge, wanted: Wanted, asked: Mapping[str, str], colo: str) -> JsResponse:
        """The answer of a place's cache. HEAD fills it as GET does."""
        status, held, is_own = await edge.find(colo, wanted)
        ignored = {"range", "if-modified-since"} if "if-none-match" in asked else {"range"}  # RFC 9110, 13.1.3
        named = {name: text for name, text in asked.items() if name not in ignored}
        if held.status == 200 and (part := origin.range_of(asked, held.headers)):
            named["range"] = part
        if is_own:
            return answers.from_cache(held, named, self.world.unix, status)
        return answers.answer(held, named, {"cf-cache-status": status})

    def _is_eligible(self, path: str) -> bool:
        """Whether the cache is asked at all: by the extension."""
        _, dot, extension = path.rpartition("/")[2].rpartition(".")
        is_known = bool(dot) and extension.lower() in self._extensions
        return self.everything or is_known or path == "/robots.txt"

    def _is_too_much(self) -> bool:
        """Whether this second has had its requests already. Without a network nothing is limited."""
        second, count = int(self.world.unix), self._counted[1]
        self._counted = (second, count + 1 if self._counted[0] == second else 1)
        return self.world.links is not None and self._counted[1] > self._rate


def _held_as(url: str, asker: str | None) -> str:
    """The name that a response is held under: the URL, and the origin of the page that asks, for CORS."""
    return f"{url} from {asker}" if asker else url
