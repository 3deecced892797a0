"""The Cache API: a name is a cache's. Requests and responses come and go as plain objects, without their date."""

from __future__ import annotations

from typing import Any

from labkit.emulators.cache import Cache, Caches
from labkit.workers.js.requests import Request
from labkit.workers.js.responses import Response
from tests.conformance.areas import Emulated


class Named:
    """A cache of a name, which is opened at each call."""

    def __init__(self, caches: Caches, name: str):
        self._caches, self._name = caches.at("SYD"), name

    async def put(self, asked: Any, made: dict[str, Any]) -> Any:
        return await (await self._opened()).put(_request(asked), _response(made))

    async def putTwice(self, asked: Any, made: dict[str, Any]) -> Any:
        held, response = await self._opened(), _response(made)
        await held.put(_request(asked), response)
        return await held.put(_request(asked), response)

    async def match(self, asked: Any, options: Any = None) -> Any:
        found = await (await self._opened()).match(_request(asked), options)
        if found is None:
            return None
        headers = {name: value for name, value in found.headers._items() if name != "date"}
        return {"status": found.status, "headers": headers, "body": await found.text()}

    async def delete(self, asked: Any, options: Any = None) -> Any:
        return await (await self._opened()).delete(_request(asked), options)

    async def _opened(self) -> Cache:
        return self._caches.default if self._name == "default" else await self._caches.open(self._name)


def _request(asked: Any) -> Any:
    return (
        asked if isinstance(asked, str) else Request.new(asked["url"], {k: v for k, v in asked.items() if k != "url"})
    )


def _response(made: dict[str, Any]) -> Response:
    return Response.new(made["body"], {"status": made["status"], "headers": made["headers"]})


class CacheBench(Emulated):
    """A place with empty caches, the network switched off."""

    def __init__(self) -> None:
        super().__init__()
        self.caches = Caches(self.world)

    def target(self, name: str) -> Named:
        return Named(self.caches, name)


def bench() -> CacheBench:
    return CacheBench()
