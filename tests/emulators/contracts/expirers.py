"""Everything that ends by itself after some seconds, at one place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from labkit.emulators.cache import Caches
from labkit.emulators.kv import Kv
from labkit.workers.js.responses import Response
from tests.emulators.worlds import Bench, flat, planet


class Expirer(Protocol):
    """A fresh store. `put` returns the second of the timeline from which the thing is gone; seconds are at least 60."""

    bench: Bench

    def put(self, name: str, seconds: int) -> float: ...

    def is_there(self, name: str) -> bool: ...


class KvExpirer:
    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.kv = Kv("KV", bench.world)

    def put(self, name: str, seconds: int) -> float:
        self.bench.run(self.kv.binding("SYD").put(name, "v", expirationTtl=seconds))
        return self.kv.store.entries[name].expiration - self.bench.world.epoch

    def is_there(self, name: str) -> bool:
        return self.bench.run(self.kv.binding("SYD").get(name, cacheTtl=3600)) is not None


class CacheExpirer:
    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.cache = Caches(bench.world).at("SYD").default

    def put(self, name: str, seconds: int) -> float:
        response = Response.new("v", {"headers": {"cache-control": f"max-age={seconds}"}})
        self.bench.run(self.cache.put(f"https://a.test/{name}", response))
        return self.bench.now + seconds

    def is_there(self, name: str) -> bool:
        return self.bench.run(self.cache.match(f"https://a.test/{name}")) is not None


EXPIRERS: dict[str, Callable[[], Expirer]] = {
    "kv": lambda: KvExpirer(flat()),
    "kv on the planet": lambda: KvExpirer(planet()),
    "cache": lambda: CacheExpirer(flat()),
    "cache on the planet": lambda: CacheExpirer(planet()),
}
