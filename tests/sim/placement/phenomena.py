"""How placement is checked, in each of its modes."""

from __future__ import annotations

from labkit.sim import placement
from tests.sim.cases import Phenomenon

PHENOMENA = [
    Phenomenon(placement.round_trips, "queries", {"queries": (1, 2, 5), "places": 12, "mode": mode}, rises=True,
               name=f"placement.round_trips {mode}")
    for mode in (placement.BESIDE_THE_VISITOR, placement.BESIDE_THE_DATA, placement.SMART)
]  # fmt: skip
