"""How the phenomena of KV are checked."""

from __future__ import annotations

from labkit.sim import kv
from tests.sim.cases import Phenomenon

PHENOMENA = [
    Phenomenon(kv.caching, "reads_per_s", {"reads_per_s": (0.003, 0.03, 0.3), "visits": 300}, rises=True),
    Phenomenon(kv.propagation, "after", {"after": (1, 20, 40, 61)}, rises=False),
    Phenomenon(kv.staleness, "writes_per_s", {"writes_per_s": (0.003, 0.01, 0.03), "visits": 300}, rises=True),
    Phenomenon(kv.popularity, "reads_per_s", {"reads_per_s": (0.05, 0.1, 0.2), "keys": 1000, "visits": 1500}, rises=True),
]
