"""How the phenomena of Vectorize are checked."""

from __future__ import annotations

from labkit.sim import vectorize
from tests.sim.cases import Phenomenon

PHENOMENA = [
    Phenomenon(vectorize.visibility, "after", {"after": (3, 5, 7), "writes_per_s": 0.1, "visits": 60}, rises=False),
    Phenomenon(vectorize.lag, "writes_per_s", {"writes_per_s": (0.03, 0.1, 0.3), "visits": 12}, rises=True),
    Phenomenon(vectorize.polling, "every", {"every": (0.5, 1, 3), "visits": 40}, rises=False),
]
