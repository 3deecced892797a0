"""How the phenomena of Queues are checked."""

from __future__ import annotations

from labkit.sim import queues
from tests.sim.cases import Phenomenon

RATES = {"messages_per_s": (0.1, 1, 5), "batches": 30}
FAILING = {"failing": (0.02, 0.1, 0.3), "size": 5, "batches": 25}
CRASHING = {"crashing": (0.05, 0.2, 0.4), "duplicated": 0.2, "batches": 25}
POISONED = {"sizes": (5, 10, 15), "share": 0.1, "batches": 20}
MORE = {"messages_per_s": (0.1, 0.2, 0.4), "size": 1}

PHENOMENA = [
    Phenomenon(queues.batches, "messages_per_s", RATES, rises=False),
    Phenomenon(queues.batches, "messages_per_s", {**RATES, "watch": "size"}, rises=True, name="queues.batches, sizes"),
    Phenomenon(queues.retries, "failing", FAILING, rises=True),
    Phenomenon(queues.retries, "failing", {**FAILING, "watch": "twice"}, rises=True, name="queues.retries, twice"),
    Phenomenon(queues.duplicates, "crashing", CRASHING, rises=True),
    Phenomenon(queues.poison, "sizes", POISONED, rises=True),
    Phenomenon(queues.autoscaling, "messages_per_s", MORE, rises=True),
]
