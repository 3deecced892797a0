"""How the phenomena of prices are checked."""

from __future__ import annotations

from labkit.sim import pricing
from tests.sim.cases import Phenomenon

PHENOMENA = [
    Phenomenon(pricing.bill, "requests", {"requests": (1e7, 3e7, 3e8), "visits": 200}, rises=True),
    Phenomenon(pricing.egress, "downloads", {"downloads": (1e7, 1e8, 1e10), "visits": 200}, rises=True),
]
