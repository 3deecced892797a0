"""Static assets in a world, and a visitor of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labkit.emulators.assets import Assets
from labkit.workers.request import Request
from labkit.workers.response import Response
from tests.emulators.worlds import Bench, flat

HOST = "https://site.example"


class Visitor:
    """A site and who asks it. `worker` says whether a Worker stands behind it, which answers "worker" to everything."""

    def __init__(self, files: Any, config: Mapping[str, Any] | None = None, *, bench: Bench | None = None,
                 worker: bool = False):  # fmt: skip
        self.bench = bench or flat()
        self.assets = Assets(config or {}, files, self.bench.world)
        self._worker = self._respond if worker else None

    def get(self, path: str, colo: str = "SYD", **options: Any) -> Response:
        """What a path, or a whole URL, answers."""
        url = HOST + path if path.startswith("/") else path
        return self.bench.run(self.assets.answer(Request(url, redirect="manual", **options), colo, self._worker))

    def text(self, path: str, **options: Any) -> str:
        return self.bench.run(self.get(path, **options).text())

    def header(self, path: str, name: str, **options: Any) -> str | None:
        return self.get(path, **options).js_object.headers._values.get(name)

    async def _respond(self, request: Request) -> Response:
        return Response("worker")
