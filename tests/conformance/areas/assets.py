"""Static assets and a Worker behind them, with the network switched off: `SITE` is what a visitor sees of the two."""

from __future__ import annotations

import warnings
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from labkit.emulators.assets import Assets
from labkit.workers.request import Request
from labkit.workers.response import Response
from labkit.world import World
from tests.conformance.areas import Emulated

DATE = "2026-05-01"


class Site:
    """`lay` puts the files there and gives what the lab warns of; `fetch` is a visitor's request."""

    def __init__(self, world: World):
        self._world = world

    def lay(self, config: dict[str, Any]) -> list[str]:
        self._has_worker = config.get("worker", True)
        dated = {
            "binding": "ASSETS",
            "compatibility_date": config.get("date", DATE),
            "compatibility_flags": config.get("flags", []),
        }
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            self._assets = Assets(config | dated, config["files"], self._world)
        return [str(warning.message) for warning in said]

    async def fetch(self, address: str, init: dict[str, Any]) -> dict[str, Any]:
        url = f"http://site.example{address}" if address.startswith("/") else address
        request = Request(url, redirect="manual", **init)
        response = await self._assets.answer(request, "SYD", self._worker if self._has_worker else None)
        headers = dict(response.js_object.headers._items())
        body = "" if request.method == "HEAD" else await response.text()
        return {"status": response.status, "headers": headers, "tagged": "etag" in headers, "body": body}

    async def _worker(self, request: Request) -> Response:
        """The Worker of `recorder/site.mjs`."""
        url = urlsplit(request.url)
        if url.path == "/via":
            target = urljoin(request.url, parse_qs(url.query)["path"][0])
            return await self._assets.binding("SYD").fetch(target, method=request.method, redirect="manual")
        return Response(f"worker {request.method} {url.path}")


def bench() -> Emulated:
    return Emulated(lambda world: {"SITE": Site(world)})
