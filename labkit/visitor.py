"""The visitor's side of a request: what a device far away sends, the way to the nearest PoP, what comes back."""

from __future__ import annotations

import asyncio
import json as json_text
import re
from collections.abc import Mapping
from contextlib import aclosing
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Protocol

from labkit.front import Answer, Front
from labkit.lost import spare
from labkit.network import places
from labkit.network.faults import Unreachable
from labkit.worker import Worker
from labkit.workers.js.requests import Request as JsRequest
from labkit.workers.js.streams import ReadableStream
from labkit.workers.objects import JsObject
from labkit.workers.request import Request
from labkit.workers.response import Response
from labkit.world import World

if TYPE_CHECKING:
    from labkit.websocket import ClientSocket


class Ear(Protocol):
    """Who takes a body part by part, and says when he has `room` for the next."""

    def hear(self, part: Response | bytes) -> None: ...

    async def room(self, part: bytes) -> None: ...


class Visitors:
    """Everybody who has a request under way. The connection is open already: no time goes to TCP and TLS."""

    def __init__(self, world: World, front: Front):
        self.world, self.front = world, front
        self._under_way: dict[Any, str] = {}
        self.sockets: set[ClientSocket] = set()

    @property
    def worker(self) -> Worker:
        """The Worker that they visit."""
        return self.front.worker

    async def visit(self, request: Request, colo: str, asked: Answer | None = None, ear: Ear | None = None) -> Response:
        """The Response as the visitor gets it, after the way there and back. A dead PoP's neighbour answers.

        Who answers is `asked`, or whoever the front finds by the request's host. A body that comes in parts is told to
        the `ear`, if there is one, as it arrives: the Response first, then each part. Else the Response comes whole.
        """
        home, colo = colo, self._entrance(colo)
        if colo != home:
            request.js_object.cf = JsObject({**request.cf.to_py(), "colo": colo})
        task: Any = asyncio.current_task()
        self._under_way[task] = colo
        try:
            return await self._exchange(request, home, colo, asked, ear)
        except asyncio.CancelledError:
            if self.world.faults and self.world.faults.is_dead(colo):
                spare(task)
                raise Unreachable(f"{colo} failed while this request was there.") from None
            raise
        finally:
            del self._under_way[task]

    def lose(self, colo: str) -> None:
        """The requests that are under way at a place fail, and the connections that enter there."""
        for task in [task for task, place in self._under_way.items() if place == colo]:
            task.cancel()
        for socket in [socket for socket in self.sockets if socket.colo == colo]:
            socket.drop()

    async def _exchange(self, request: Request, home: str, colo: str, asked: Any, ear: Ear | None) -> Response:
        trace, sent = self.world.trace, request.js_object
        with trace.event("client", "fetch", colo, method=sent.method, url=sent.url) as event:
            if seconds := self._last_mile(home, colo):
                await self.world.timeline.sleep(seconds)
            answer = await (asked(request, colo) if asked else self.front.respond(colo, request))
            answer.js_object.headers._values["cf-ray"] = f"{event.id:016x}-{colo}"
            seconds = self._last_mile(home, colo)
            if isinstance(body := answer.js_object._body, ReadableStream):
                await self._carry(answer, body, seconds, ear)
            if seconds:
                await self.world.timeline.sleep(seconds)
            if sent.method == "HEAD" and ear is None:  # who hears a body knows what to do with it
                answer.js_object._body = None
            event.outcome = str(answer.status)
            return answer

    async def _carry(self, answer: Response, body: ReadableStream, seconds: float, ear: Ear | None) -> None:
        """Take the whole of a body that comes in parts, which is so many seconds away."""
        carried, timeline = answer.js_object, self.world.timeline
        if ear is None:
            carried._body, carried._used = await carried._bytes(), False
            return
        arrives = partial(timeline.call_later, seconds, ear.hear) if seconds else ear.hear
        arrives(answer)
        try:
            async with aclosing(body._parts()) as parts:
                async for part in parts:
                    await ear.room(part)
                    arrives(part)
        except Exception:
            await timeline.sleep(seconds)  # what has left before arrives before
            raise

    def _last_mile(self, home: str, colo: str) -> float:
        """Seconds between a device near `home` and the PoP that it entered at, which is another if that one is dead."""
        links, random = self.world.links, self.world.random
        if links is None:
            return 0.0
        further = links.one_way(home, colo, random) if colo != home else 0.0
        return links.last_mile(random) / 2 + further

    def _entrance(self, colo: str) -> str:
        """Where anycast brings a visitor who would have come in at `colo`."""
        faults = self.world.faults
        if not faults or not faults.is_dead(colo):
            return colo
        here = places.place(colo)
        alive = [code for code in places.PLACES if not faults.is_dead(code)]
        return places.nearest(here.latitude, here.longitude, among=alive).code


def as_request(
    url: Any,
    host: str,
    place: places.Place,
    country: str | None,
    *,
    method: str | None,
    headers: Any,
    body: Any,
    json: Any,
) -> Request:
    """A Request on the Worker's own host, from a path, a whole URL or a Request."""
    if not isinstance(url, str | Request):
        raise TypeError("Give a path, a whole URL or a Request.")
    seen = cf(place, country or place.country)
    if isinstance(url, Request):
        request = Request(url)
        request.js_object.cf = seen
        return request
    whole = f"https://{host}.example.com{url}" if url.startswith("/") else url
    if headers is None and body is None and json is None and method in (None, "GET") and _PLAIN.fullmatch(whole):
        arrived = JsRequest.arrived("GET", whole, {}, cf=seen)
        arrived.redirect = "manual"
        return Request(arrived)
    if other := _OTHER.match(whole):
        raise TypeError(f"A Worker answers http and https, not {other[0]}.")
    sent = list(headers.items() if isinstance(headers, Mapping) else headers or ())
    if json is not None:
        body = json_text.dumps(json)
        sent += [] if any(name.lower() == "content-type" for name, _ in sent) else [_JSON]
    options = {"method": method or ("GET" if body is None else "POST"), "headers": sent, "body": body, "cf": seen}
    given = {name: value for name, value in options.items() if value is not None}
    # A fragment never leaves the browser, and what reaches a Worker is not redirected on its behalf.
    return Request(whole.partition("#")[0], redirect="manual", **given)  # type: ignore[arg-type]


_OTHER = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*(?=:)", re.IGNORECASE)
"""A scheme that is another."""
_JSON = ("content-type", "application/json")
_PLAIN = re.compile(r"https://[a-z0-9.-]+/[A-Za-z0-9_~/-]*")
"""URLs that are in their normal form already, so that a flood of requests need not be parsed."""


@lru_cache(1024)
def cf(place: places.Place, country: str) -> JsObject:
    """`request.cf`: where the request entered the network. Coordinates are strings, as production gives them."""
    return JsObject(
        {
            "colo": place.code,
            "country": country,
            "city": place.city,
            "continent": place.continent,
            "latitude": f"{place.latitude:.5f}",
            "longitude": f"{place.longitude:.5f}",
            "httpProtocol": "HTTP/3",
            "tlsVersion": "TLSv1.3",
        }
    )
