"""The closed forms of Queues beside what is counted."""

from __future__ import annotations

import numpy as np

from labkit.emulators.queues.scaling import Scale
from labkit.sim.queues import at_work, backlog_growth, dead_share, effects, work_done
from labkit.sim.queues.autoscaling import DISPATCH, simulated
from labkit.sim.queues.scaling import consume
from tests.sim.cases import Case, Random

RETRIES, SHARE, SECONDS, SIZE = 3, 0.02, 5.0, 10


def crashed(duplicated: float):
    """Message by message and delivery by delivery, copies put behind."""

    def replication(random: Random, crashes: float) -> tuple[float, float]:
        done, waiting = 0, [(0, False)] * 2000
        while waiting:
            attempts, is_copy = waiting.pop()
            done += 1
            if not is_copy and random.random() < duplicated:
                waiting.append((attempts, True))
            if random.random() < crashes and attempts < RETRIES:
                waiting.append((attempts + 1, is_copy))
        return done, 2000

    return replication


def beside_poison(random: Random, size: float) -> np.ndarray:
    """The poison messages of whole batches, of which the first message is innocent."""
    return np.asarray((random.random((4000, int(size) - 1)) < SHARE).any(axis=1))


def busy(most: int):
    def replication(random: Random, rate: float) -> tuple[float, float]:
        found = simulated(random, rate, SECONDS, SIZE, most, 1200)
        return found.at_work(200, 1200) * SECONDS / (SECONDS + DISPATCH), 1000

    return replication


def growth(random: Random, rate: float) -> tuple[float, float]:
    """The backlog between two moments, of three consumers that are too few."""
    arrivals = np.cumsum(random.exponential(1 / rate, int(600 * rate)))
    found = consume(arrivals.tolist(), SIZE, 5.0, SECONDS + DISPATCH, Scale(3, SIZE, is_fixed=False))
    first, last = (np.searchsorted(found.leaves, at) for at in (100, 500))
    return float(found.left[last] - found.left[first]), float(found.leaves[last] - found.leaves[first])


CASES = [
    Case("effects of crashes", "chance of a crash", (0.05, 0.2, 0.5), lambda x: effects(x, RETRIES), crashed(0)),
    Case("effects of crashes and duplicates", "chance of a crash", (0.05, 0.2, 0.5),
         lambda x: effects(x, RETRIES, 0.3), crashed(0.3)),
    Case("innocents that die", "messages in a batch", (2, 10, 50), lambda x: dead_share(int(x), SHARE),
         lambda random, x: (beside_poison(random, x).sum(), 4000)),
    Case("innocents' work", "messages in a batch", (2, 10, 50), lambda x: work_done(int(x), SHARE, RETRIES),
         lambda random, x: ((1 + RETRIES * beside_poison(random, x)).sum(), 4000)),
    Case("consumers at work", "messages/s", (2, 6, 12), lambda x: at_work(x, SECONDS, SIZE), busy(250)),
    Case("all consumers at work", "messages/s", (8, 12, 20), lambda x: at_work(x, SECONDS, SIZE, 3), busy(3)),
    Case("backlog that grows", "messages/s", (8, 12, 20), lambda x: backlog_growth(x, SECONDS, SIZE, 3), growth),
]  # fmt: skip
