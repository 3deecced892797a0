"""How the phenomena of Durable Objects are checked."""

from __future__ import annotations

from labkit.sim import durable_objects
from tests.sim.cases import Phenomenon

PHENOMENA = [
    Phenomenon(durable_objects.ceiling, "requests_per_s", {"requests_per_s": (100, 140, 170)}, rises=True),
    Phenomenon(durable_objects.throughput, "requests_per_s", {"requests_per_s": (50, 100, 250)}, rises=True),
]
