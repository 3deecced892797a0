"""How the phenomena of D1 are checked."""

from __future__ import annotations

from labkit.sim import d1
from tests.sim.cases import Phenomenon

SOON = {"after": (0, 0.05, 0.15)}

PHENOMENA = [
    Phenomenon(d1.replicas, "after", SOON, rises=False),
    Phenomenon(d1.bookmarks, "after", SOON, rises=False),
]
