"""Batches that leave full or after a time, whichever is first. What their retries cost: `labkit.sim.retries`.

A batch opens with a message, and leaves with its B-th or T after its first (a Queue's max_batch_size and
max_batch_timeout). At the very moment of the timeout it leaves without who arrives then. The kernel is exact: for each
message it tells, by one binary search over all, which would open the next batch if this one opened one; the batches
are those on the way from the first message along these pointers.

Closed forms, for Poisson messages at lam in the long run: M = min(Poisson(lam T), B - 1) messages join the first.
Assumed: a consumer is always free, so that batches leave when they may, and nothing else delays them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma, log

import numpy as np

from labkit.errors import LabError
from labkit.sim import compiled


@dataclass(frozen=True)
class Batches:
    """Messages in the order of arrival, and the batches they leave in: `first` is the index of each batch's opener."""

    arrival: np.ndarray
    first: np.ndarray
    leaves: np.ndarray

    @property
    def size(self) -> np.ndarray:
        return np.diff(self.first, append=self.arrival.size)

    @property
    def batch(self) -> np.ndarray:
        """The number of each message's batch."""
        return np.repeat(np.arange(self.first.size), self.size)

    @property
    def wait(self) -> np.ndarray:
        """How long each message waits for its batch to leave."""
        return np.repeat(self.leaves, self.size) - self.arrival


def collect(arrivals: np.ndarray, size: int, timeout: float, *, numba: bool | None = None) -> Batches:
    """The batches of sorted `arrivals`, of up to `size` messages; `timeout` is in the arrivals' unit."""
    if size < 1:
        raise LabError(f"a batch of {size} messages: it holds one at least")
    expiry, each = arrivals + timeout, np.arange(arrivals.size)
    following = np.clip(np.searchsorted(arrivals, expiry), each + 1, each + size)
    first = np.asarray(compiled.run(_openers, following, numba=numba), dtype=np.int64)
    ends = following[first]
    leaves = np.where(ends - first == size, arrivals[ends - 1], expiry[first])
    return Batches(arrivals, first, leaves)


def mean_size(arrivals_per_s: float, size: int, timeout: float) -> float:
    """The mean number of messages in a batch: 1 + E[M]."""
    return 1 + sum(m * chance for m, chance in enumerate(_joining(arrivals_per_s * timeout, size)))


def mean_wait(arrivals_per_s: float, size: int, timeout: float) -> float:
    """The mean seconds that a message waits for its batch to leave: E[M (M + 1)] / (2 lam (1 + E[M]))."""
    joined = sum(m * (m + 1) * chance for m, chance in enumerate(_joining(arrivals_per_s * timeout, size)))
    return joined / (2 * arrivals_per_s * mean_size(arrivals_per_s, size, timeout))


def full_share(arrivals_per_s: float, size: int, timeout: float) -> float:
    """The share of batches that leave because they are full: P[M = B - 1]."""
    return _joining(arrivals_per_s * timeout, size)[-1]


def _joining(mean: float, size: int) -> list[float]:
    """The chances of M = 0 .. B - 1."""
    chances = [exp(m * log(mean) - mean - lgamma(m + 1)) if mean else float(m == 0) for m in range(size - 1)]
    return [*chances, max(0.0, 1 - sum(chances))]


def _openers(following):
    """The first message, the one its pointer names, and so on."""
    openers = []
    message = 0
    while message < len(following):
        openers.append(message)
        message = following[message]
    return openers
