"""How the phenomena of traffic are checked."""

from __future__ import annotations

from labkit.sim import planet
from tests.sim.cases import Phenomenon

PHENOMENA = [
    Phenomenon(planet.saturation, "users", {"users": (2, 8, 20), "seconds": 15}, rises=True),
    Phenomenon(planet.crowd, "times", {"times": (2, 8, 30), "places": 200}, rises=False),
    Phenomenon(planet.day, "hours", {"hours": (0, 6, 12, 18), "per_s": 0.01}),
]
