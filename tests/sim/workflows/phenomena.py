"""How the phenomena of Workflows are checked."""

from __future__ import annotations

from labkit.sim import workflows
from tests.sim.cases import Phenomenon

ROUNDS = {"rounds": (1, 2, 4), "instances": 25}
FAILING = {"failing": (0.2, 0.5, 0.8), "instances": 30}

PHENOMENA = [
    Phenomenon(workflows.replay, "rounds", ROUNDS, rises=True),
    Phenomenon(workflows.replay, "rounds", {**ROUNDS, "watch": "replayed"}, rises=True, name="workflows.replay, steps"),
    Phenomenon(workflows.retries, "failing", FAILING, rises=True),
    Phenomenon(workflows.retries, "failing", {**FAILING, "watch": "failed", "limit": 1}, rises=True,
               name="workflows.retries, failed"),
    Phenomenon(workflows.retries, "failing", {**FAILING, "watch": "waited", "limit": 3}, rises=True,
               name="workflows.retries, waited"),
]  # fmt: skip
