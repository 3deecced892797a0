"""How the phenomena of Hyperdrive are checked."""

from __future__ import annotations

from labkit.sim import hyperdrive
from labkit.sim.hyperdrive import STRAIGHT
from tests.sim.cases import Phenomenon

TRIPS = {"queries": (1, 4, 10)}

PHENOMENA = [
    Phenomenon(hyperdrive.round_trips, "queries", TRIPS, rises=True),
    Phenomenon(hyperdrive.round_trips, "queries", {"worker": STRAIGHT, "straight": True, **TRIPS}, rises=True,
               name="hyperdrive.straight"),
    Phenomenon(hyperdrive.storm, "requests_per_s", {"requests_per_s": (1, 10, 100), "pops": 5, "visits": 120},
               rises=True),
    Phenomenon(hyperdrive.pool, "queries_per_s", {"queries_per_s": (25, 35, 42)}, rises=True),
    Phenomenon(hyperdrive.cached_reads, "reads_per_s",
               {"reads_per_s": (0.01, 0.03, 0.1), "flags": 40, "visits": 120}, rises=True),
    Phenomenon(hyperdrive.stale_reads, "writes_per_s",
               {"writes_per_s": (0.003, 0.01, 0.03), "flags": 40, "visits": 160}, rises=True),
]  # fmt: skip
