"""What answers a request that has entered a PoP: a host of the platform's own, static assets, or the Worker."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Protocol
from urllib.parse import urlsplit

from labkit.worker import Worker
from labkit.workers.request import Request
from labkit.workers.response import Response

Answer = Callable[[Request, str], Awaitable[Response]]
"""What a host does with a request that came in at a place."""


class Assets(Protocol):
    """Static assets: they answer themselves, or ask the Worker."""

    async def answer(
        self, request: Request, colo: str, worker: Callable[[Request], Awaitable[Response]] | None
    ) -> Response: ...


class Placement(Protocol):
    """Where the Worker runs, if not where a request enters."""

    async def respond(self, colo: str, run: Callable[[str], Awaitable[Response]]) -> Response: ...


class Front:
    """Where a visitor's requests go. `hosts` are those that the platform answers for; ".x" is every host below x.

    Where the lab `has_worker` none, its assets answer alone. Without a `placement` the Worker runs where they enter.
    """

    def __init__(
        self, worker: Worker, hosts: Mapping[str, Answer], assets: Assets | None, placement: Placement | None = None,
        *, has_worker: bool = True,
    ):  # fmt: skip
        self.worker, self.hosts, self.assets, self.placement = worker, hosts, assets, placement
        self.has_worker = has_worker

    def respond(self, colo: str, request: Request) -> Awaitable[Response]:
        """The Response, as it leaves the PoP."""
        if self.hosts and (answer := host_of(self.hosts, request.url)):
            return answer(request, colo)
        if self.assets is None:
            return self._run(colo, request)
        return self.assets.answer(request, colo, partial(self._run, colo) if self.has_worker else None)

    def _run(self, colo: str, request: Request) -> Awaitable[Response]:
        """The Worker's Response to what enters at a place, from the place where it runs."""
        if self.placement is None:
            return self._at(request, colo)
        return self.placement.respond(colo, partial(self._at, request))

    def _at(self, request: Request, place: str) -> Awaitable[Response]:
        return self.worker.respond(place, request, units={"workers.requests": 1})


def host_of(hosts: Mapping[str, Answer], url: str) -> Answer | None:
    """Who answers for a URL's host, or for a host that it is below; None where it is the Worker's or the world's."""
    name = urlsplit(url).hostname or ""
    if name in hosts:
        return hosts[name]
    while name:
        name = name.partition(".")[2]
        if answer := hosts.get(f".{name}"):
            return answer
    return None
