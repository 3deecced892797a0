"""How the phenomena of the Cache API are checked."""

from __future__ import annotations

from labkit.sim import cache
from tests.sim.cases import Phenomenon

FEW_PAGES = {"pages": 30, "requests_per_s": 0.3, "visits": 500}
LITTLE_ROOM = {"keys": 150, "visits": 500, "pops": 60}

PHENOMENA = [
    Phenomenon(cache.caching, "requests_per_s", {"requests_per_s": (0.003, 0.03, 0.3), "visits": 300}, rises=True),
    Phenomenon(cache.popularity, "max_age", {"max_age": (10, 60, 240), **FEW_PAGES}, rises=True),
    Phenomenon(cache.eviction, "capacity", {"capacity": (10, 20, 40), **LITTLE_ROOM}, rises=True),
]
