"""How the phenomena of D1 are checked."""

from __future__ import annotations

from labkit.sim import d1
from tests.sim.cases import Phenomenon

SOON = {"after": (0, 0.05, 0.15), "rounds": 30}

PHENOMENA = [
    Phenomenon(d1.replicas, "after", SOON, rises=False),
    Phenomenon(d1.bookmarks, "after", SOON, rises=False),
    Phenomenon(d1.round_trips, "queries", {"queries": (1, 5, 20)}, rises=True),
    Phenomenon(d1.round_trips, "queries", {"queries": (1, 5, 20), "batch": True}, rises=True, name="d1.batch"),
    Phenomenon(d1.nearest, "replicas", {"replicas": (0, 3, 6), "pops": 20}, rises=False),
    Phenomenon(d1.thread, "queries_per_s", {"queries_per_s": (300, 600, 800), "runs": 60}, rises=True),
    Phenomenon(d1.overload, "queries_per_s", {"queries_per_s": (1300, 1600, 2500), "visits": 150}, rises=True),
]
