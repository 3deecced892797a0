"""The visitor's side of a request: what a device far away sends, the way to the nearest PoP, what comes back."""

from __future__ import annotations

import asyncio
import json as json_text
from typing import Any

from labkit.network import places
from labkit.network.faults import Unreachable
from labkit.worker import Worker
from labkit.workers.request import Request
from labkit.workers.response import FetchResponse, Response
from labkit.world import World


class Cf:
    """`request.cf`: where the request entered the network. Coordinates are strings, as production gives them."""

    def __init__(self, place: places.Place, country: str | None):
        self.colo, self.country = place.code, country or place.country
        self.city, self.continent = place.city, place.continent
        self.latitude, self.longitude = f"{place.latitude:.5f}", f"{place.longitude:.5f}"
        self.httpProtocol, self.tlsVersion = "HTTP/3", "TLSv1.3"

    def __repr__(self) -> str:
        return f"<cf colo={self.colo} country={self.country} city={self.city!r}>"


class Visitors:
    """Everybody who has a request under way. The connection is open already: no time goes to TCP and TLS."""

    def __init__(self, world: World, worker: Worker):
        self.world, self.worker = world, worker
        self._under_way: dict[Any, str] = {}

    async def visit(self, request: Request, colo: str) -> FetchResponse:
        """The Response as the visitor gets it, after the way there and back. A dead PoP's neighbour answers."""
        colo = self._entrance(colo)
        task = asyncio.current_task()
        self._under_way[task] = colo
        try:
            return await self._exchange(request, colo)
        except asyncio.CancelledError:
            if self.world.faults and self.world.faults.is_dead(colo):
                raise Unreachable(f"{colo} failed while this request was there.") from None
            raise
        finally:
            del self._under_way[task]

    def lose(self, colo: str) -> None:
        """The requests that are under way at a place fail."""
        for task in [task for task, place in self._under_way.items() if place == colo]:
            task.cancel()

    async def _exchange(self, request: Request, colo: str) -> FetchResponse:
        trace = self.world.trace
        with trace.event("client", "fetch", colo, method=str(request.method), url=request.url) as event:
            await self._last_mile()
            answer = await self.worker.respond(colo, request, units={"workers.requests": 1})
            body = await answer.bytes() if answer.body is not None else None
            await self._last_mile()
            event.outcome = str(answer.status)
            return as_received(answer, body, ray=f"{event.id:016x}-{colo}")

    async def _last_mile(self) -> None:
        if self.world.links is not None:
            await self.world.timeline.sleep(self.world.links.last_mile(self.world.random) / 2)

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
    if isinstance(url, Request):
        request = Request(url)
    else:
        sent = dict(headers or {})
        if json is not None:
            body = json_text.dumps(json)
            sent.setdefault("content-type", "application/json")
        whole = f"https://{host}.example.com{url}" if url.startswith("/") else url
        options = {"method": method or ("GET" if body is None else "POST"), "headers": sent, "body": body}
        request = Request(whole, **{name: value for name, value in options.items() if value is not None})
    request._cf = Cf(place, country)
    return request


def as_received(answer: FetchResponse, body: bytes | None, ray: str) -> Response:
    """The Response in the visitor's hands: its body whole, and the header that names the PoP."""
    headers = [*answer.headers.items(), ("cf-ray", ray)]
    return Response(body, status=answer.status, status_text=answer.status_text, headers=headers)
