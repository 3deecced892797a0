"""How the phenomena of Cron Triggers are checked."""

from __future__ import annotations

from labkit.sim import cron
from tests.sim.cases import Phenomenon

LASTING = {"durations": (20, 50, 90), "runs": 2}

PHENOMENA = [
    Phenomenon(cron.overlap, "durations", LASTING, rises=True),
    Phenomenon(cron.overlap, "durations", {**LASTING, "watch": "under way"}, rises=True, name="cron.overlap, Little"),
    Phenomenon(cron.overlap, "durations", {**LASTING, "watch": "skipped"}, rises=True, name="cron.overlap, locked"),
    Phenomenon(cron.duplicates, "shares", {"shares": (0.05, 0.2, 0.4), "runs": 2}, rises=True),
]
