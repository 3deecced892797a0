"""Other Workers and other hosts: service bindings, RPC stubs, and the origins that a lab stands in for."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from labkit.errors import ConfigError, LabError
from labkit.front import Answer, host_of
from labkit.invocation import ExceededCpu
from labkit.network import places
from labkit.worker import Worker
from labkit.workers import rpc
from labkit.workers.context import confirmed
from labkit.workers.ffi import JsException
from labkit.workers.http import AbortError
from labkit.workers.js.requests import Request as JsRequest
from labkit.workers.js.responses import Response as JsResponse
from labkit.workers.js.upgrades import crossed
from labkit.workers.outbound import outgoing
from labkit.workers.redirects import followed
from labkit.workers.request import Request
from labkit.workers.response import Response, as_response
from labkit.world import World


class ServiceBinding:
    """`env.AUTH`: another Worker, called in the same place, by `fetch` or by the name of one of its methods."""

    def __init__(self, worker: Worker, entrypoint: str, colo: str):
        self._worker, self._entrypoint, self._colo = worker, entrypoint, colo

    async def fetch(self, request: Any, **options: Any) -> Response:
        """The other Worker's Response. Its exceptions are the caller's; redirects that it gives lead back to it."""
        sent = outgoing(request, options).js_object
        try:
            return Response(await followed(sent, self._ask))
        except JsException as error:
            raise AbortError(error) from None

    async def _ask(self, sent: JsRequest) -> JsResponse:
        self._worker.world.charge("service")
        response = as_response(await self._invoke("fetch", Request(sent))).js_object
        crossed(sent, response)
        return response

    def __getattr__(self, method: str) -> Callable[..., Any]:
        if method.startswith("__"):
            raise AttributeError(method)
        return partial(self._call, method)

    async def _call(self, method: str, *args: Any, **keywords: Any) -> Any:
        """An RPC. Keywords arrive as one trailing dict, because that is what crosses the wire."""
        rpc.refuse_reserved(method)
        sent = rpc.arguments(args, keywords)
        self._worker.world.charge("service")
        try:
            return rpc.result(await self._invoke(method, *sent))
        finally:
            rpc.release(sent)

    async def _invoke(self, method: str, *args: Any) -> Any:
        await confirmed()
        try:
            return await self._worker.invoke(self._colo, self._entrypoint, method, *args, units={})
        except ExceededCpu as error:
            self._worker.log(self._colo, "error", str(error))
            raise JsException("Error", error.sentence) from None
        except Exception as error:
            raise rpc.seen_by_caller(error) from None


@dataclass(frozen=True)
class Origin:
    """A host outside Cloudflare: a handler that takes a Request, where it stands, and how long it thinks.

    The handler returns a Response, or a str, bytes or anything that JSON can hold. `seconds` is simulated time.
    """

    handler: Any
    place: str = "IAD"
    seconds: float = 0.05

    def __post_init__(self) -> None:
        places.place(self.place)

    async def answer(self, request: Request) -> Response:
        result = self.handler(request) if callable(self.handler) else self.handler
        result = await result if inspect.isawaitable(result) else result
        if isinstance(result, str | bytes):
            return Response(result)
        return Response.from_json(result) if isinstance(result, dict | list) else as_response(result)


class Outside:
    """Every host that the Workers of one lab can reach with `fetch`: `hosts` are the platform's own."""

    def __init__(self, origins: dict[str, Any], world: World, hosts: Mapping[str, Answer]):
        self.world, self.hosts = world, hosts
        for host in origins:
            if "/" in host or ":" in host:
                bare = re.split("[/:]", host.rpartition("://")[2])[0]
                raise ConfigError(f"origins={{{host!r}: ...}}: give the host only, {bare!r}.")
        self.origins = {host: o if isinstance(o, Origin) else Origin(o) for host, o in origins.items()}

    async def fetch(self, request: Request, colo: str) -> Response:
        """The origin's Response, after the way there, its own time, and the way back."""
        if self.hosts and (answer := host_of(self.hosts, request.url)):
            return await answer(request, colo)
        host = urlsplit(request.url).hostname or ""
        origin = self.origins.get(host) or self._unknown(host)
        with self.world.trace.event("fetch", str(request.method), colo, host=host, to=origin.place) as event:
            await self.world.travel(colo, origin.place)
            await self.world.timeline.sleep(origin.seconds)
            response = await origin.answer(request)
            await self.world.travel(origin.place, colo)
            event.outcome = str(response.status)
            return response

    def _unknown(self, host: str) -> Origin:
        near = get_close_matches(host, self.origins, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f'Declare it: Lab(..., origins={{"{host}": handler}}).'
        raise LabError(f"A Worker fetched from {host!r}, and this lab has no such host. {hint}")
