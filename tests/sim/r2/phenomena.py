"""How the phenomena of R2 are checked."""

from __future__ import annotations

from labkit.sim import r2
from tests.sim.cases import Phenomenon

PHENOMENA = [
    Phenomenon(r2.home, "within_ms", {"within_ms": (60, 200, 500), "visits": 600}, rises=True),
    Phenomenon(r2.cached, "reads_per_s", {"reads_per_s": (0.0003, 0.003, 0.03), "visits": 300}, rises=True),
    Phenomenon(r2.overwritten, "after", {"after": (1, 240, 480, 601)}, rises=False),
    Phenomenon(r2.tiers, "reads_per_s", {"reads_per_s": (3e-5, 1e-4, 1e-3), "visits": 300, "places": 20}, rises=True),
]
