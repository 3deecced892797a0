"""Batches of one queue and the consumers that share them, whose number follows the platform's own law.

The law is the emulator's (`labkit.emulators.queues.scaling`): it is consulted whenever a batch has ended, and allows so
many batches at once. A loop over the batches, about two microseconds each; what happens to each message is not asked.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from labkit.emulators.queues.scaling import Scale


class Consumed(NamedTuple):
    """Batches in the order in which they leave, arrays of one length.

    `leaves` is when, `ends` when the consumer is free again; `size` counts messages, `left` those that stay waiting,
    and `allowed` is how many batches might be under way at that moment.
    """

    leaves: np.ndarray
    ends: np.ndarray
    size: np.ndarray
    left: np.ndarray
    allowed: np.ndarray

    def at_work(self, begin: float, end: float) -> float:
        """Seconds of consumers' time between two moments."""
        return float(np.clip(np.minimum(self.ends, end) - np.maximum(self.leaves, begin), 0, None).sum())


def consume(arrivals: Sequence[float], size: int, timeout: float, seconds: float, scale: Scale) -> Consumed:
    """The batches of sorted `arrivals`, each of which takes a consumer for so many `seconds`; no batch fails.

    A batch leaves with its `size`-th message or `timeout` seconds after its first, once a consumer is allowed for it.
    """
    running: list[float] = []
    rows: list[tuple[float, float, int, int, int]] = []
    first = now = 0
    while first < len(arrivals):
        due = max(now, _due(arrivals, first, size, timeout))
        if len(running) < scale.concurrency and (not running or due <= running[0]):
            now, waiting = due, bisect_right(arrivals, due) - first
            taken = max(1, min(size, waiting))
            first += taken
            heapq.heappush(running, now + seconds)
            rows.append((now, now + seconds, taken, waiting - taken, scale.concurrency))
        else:
            now = heapq.heappop(running)
            scale.review(bisect_right(arrivals, now) - first, failed=False)
    return Consumed(*map(np.array, zip(*rows, strict=True)))


def _due(arrivals: Sequence[float], first: int, size: int, timeout: float) -> float:
    """When the batch that begins with message `first` may leave."""
    expiry, last = arrivals[first] + timeout, first + size - 1
    return min(expiry, arrivals[last]) if last < len(arrivals) else expiry
