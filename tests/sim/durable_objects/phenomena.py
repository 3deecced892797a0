"""How the phenomena of Durable Objects are checked."""

from __future__ import annotations

from labkit.sim import durable_objects
from tests.sim.cases import Phenomenon

PHENOMENA = [
    Phenomenon(durable_objects.ceiling, "requests_per_s",
               {"requests_per_s": (100, 250, 400), "ms": 2, "visits": 5}, rises=True),
    Phenomenon(durable_objects.throughput, "requests_per_s",
               {"requests_per_s": (100, 400, 650), "ms": 2, "visits": 20}, rises=True),
    Phenomenon(durable_objects.gates, "writes", {"writes": (1, 4, 16), "visits": 5}, rises=True),
    Phenomenon(durable_objects.sharding, "shards", {"shards": (4, 6, 8), "objects": 30, "visits": 25}, rises=False),
    Phenomenon(durable_objects.fan_out, "shards", {"shards": (1, 4, 16), "visits": 4}, rises=True),
    Phenomenon(durable_objects.placement, "at_home", {"at_home": (0, 0.5, 1), "objects": 50}, rises=False),
    Phenomenon(durable_objects.hibernation, "messages_per_s",
               {"messages_per_s": (0.01, 0.1, 1), "visits": 20}, rises=True),
]  # fmt: skip
