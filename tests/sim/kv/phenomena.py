"""How the phenomena of KV are checked."""

from __future__ import annotations

from labkit.sim import kv
from tests.sim.cases import Phenomenon

MANY_KEYS = {"reads_per_s": (0.05, 0.1, 0.2), "keys": 1000, "visits": 1500}
FEW_PLACES = {"children": 4, "visits": 500, "places": 20}

PHENOMENA = [
    Phenomenon(kv.caching, "reads_per_s", {"reads_per_s": (0.003, 0.03, 0.3), "visits": 300}, rises=True),
    Phenomenon(kv.propagation, "after", {"after": (1, 20, 40, 61)}, rises=False),
    Phenomenon(kv.staleness, "writes_per_s", {"writes_per_s": (0.003, 0.01, 0.03), "visits": 300}, rises=True),
    Phenomenon(kv.popularity, "reads_per_s", MANY_KEYS, rises=True),
    Phenomenon(kv.ages, "age", {"age": (0, 20, 50), "visits": 100, "places": 25}, rises=True),
    Phenomenon(kv.overdue, "seconds", {"seconds": (0, 20, 40), "visits": 100, "places": 40}, rises=False),
    Phenomenon(kv.negative, "after", {"after": (1, 30, 61), "places": 30}, rises=False),
    Phenomenon(kv.refreshing, "cache_ttl", {"cache_ttl": (60, 120, 600), "visits": 100, "places": 25}, rises=True),
    Phenomenon(kv.latency, "within_ms", {"within_ms": (3, 20, 50), "visits": 200, "places": 40}, rises=True),
    Phenomenon(kv.tier, "writes_per_s", {"writes_per_s": (0.003, 0.02, 0.1), **FEW_PLACES}, rises=False),
    Phenomenon(kv.back_in_time, "after", {"after": (1, 10, 58), "places": 30}, rises=None),
]
