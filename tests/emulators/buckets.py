"""A bucket for tests of what stands around it: with a queue that only notes, and a way to ask for a public URL."""

from __future__ import annotations

from typing import Any

from labkit.emulators.cache import Caches
from labkit.emulators.r2 import R2
from labkit.errors import LabError
from labkit.workers.js.requests import Request as JsRequest
from labkit.workers.request import Request
from labkit.workers.response import Response
from tests.emulators.worlds import Bench

DOMAIN = "files.example.com"
DAY = 86_400


class Around:
    """A bucket in Singapore, `sent` being what its queue "events" got, as (seconds, body). `fails` refuses so many."""

    def __init__(self, bench: Bench, **entry: Any):
        self.bench, self.world = bench, bench.world
        self.bucket = R2({"binding": "FILES", "bucket_name": "files", **entry}, bench.world)
        if bench.world.links:
            self.bucket.home = "SIN"
        self.caches, self.hosts = Caches(bench.world), {}
        self.sent: list[tuple[float, dict[str, Any]]] = []
        self.fails = 0
        self.bucket.lend(self.caches, self.hosts, self._outlet)

    def _outlet(self, queue: str) -> Any:
        if queue != "events":
            raise LabError(f"No queue is called {queue!r}.")
        return self._send

    async def _send(self, body: dict[str, Any]) -> None:
        if self.fails:
            self.fails -= 1
            raise LabError("The queue is full.")
        self.sent.append((self.bench.now, body))

    def put(self, key: str, content: bytes = b"hello", **options: Any) -> Any:
        return self.bucket.store.put(key, content, **options)

    def ask(self, path: str, colo: str = "SYD", method: str = "GET", host: str = DOMAIN, **headers: str) -> Response:
        """The public bucket's response; names of headers with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = JsRequest.new(f"https://{host}{path}", {"method": method, "headers": named})
        return self.bench.run(self.hosts[host](Request(request), colo))

    def get(self, path: str, colo: str = "SYD", **headers: str) -> tuple[int, str | None, str]:
        """Status, `cf-cache-status` and body of a GET."""
        response = self.ask(path, colo, **headers)
        status = response.headers.get("cf-cache-status")
        return response.status, status, self.bench.run(response.text())

    def operations(self, name: str) -> list[Any]:
        return self.world.trace.where("r2", name)
