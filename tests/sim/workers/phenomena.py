"""How the phenomena of Workers are checked."""

from __future__ import annotations

from labkit.sim import workers
from tests.sim.cases import Phenomenon

PHENOMENA = [
    Phenomenon(workers.cold_starts, "requests_per_s", {"requests_per_s": (0.3, 1, 3), "visits": 300}, rises=False),
    Phenomenon(workers.latency, "within_ms", {"within_ms": (10, 20, 100), "visits": 300}, rises=True),
]
