"""How the phenomena of Workers are checked."""

from __future__ import annotations

from labkit.sim import workers
from tests.sim.cases import Phenomenon

PHENOMENA = [
    Phenomenon(workers.cold_starts, "requests_per_s", {"requests_per_s": (0.3, 1, 3), "visits": 200}, rises=False),
    Phenomenon(workers.latency, "within_ms", {"within_ms": (10, 20, 100), "visits": 200}, rises=True),
    Phenomenon(workers.eviction, "capacity", {"capacity": (30, 200, 1500), "visits": 200}, rises=False),
    Phenomenon(workers.sharding, "machines", {"machines": (3, 30, 300), "visits": 300}, rises=True),
    Phenomenon(workers.awake, "requests_per_s", {"requests_per_s": (1e-4, 1e-3, 1e-2)}, rises=True,
               alone="a lab has no containers"),
    Phenomenon(workers.instances, "requests_per_s", {"requests_per_s": (0.003, 0.03, 0.3)}, rises=False,
               alone="an isolate serves any number of requests at once"),
]  # fmt: skip
