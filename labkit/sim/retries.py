"""Retries of a batch: how often messages are delivered, which end in the dead-letter queue, and which run twice.

A consumer that throws fails its whole batch, and every message of it is delivered again, also those that had gone
well. One that acknowledges each message has only the failed ones again. A message fails with probability p at each
delivery, whatever happened before and to the others (an assumption: a poison message always fails). After R retries,
what still fails goes to the dead-letter queue. b messages stay one batch over all retries (an assumption too).

Whole batches: a delivery of a batch fails with q = 1 - (1 - p)^b, so that each message is delivered
(1 - q^(R+1)) / (1 - q) times and dies with q^(R+1): both are sums of a geometric series.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Delivered:
    """What became of each message, arrays of one shape: how often it was `delivered`, how often it `succeeded`, and
    whether it is `dead`: in the dead-letter queue, wherever it had succeeded before."""

    delivered: np.ndarray
    succeeded: np.ndarray
    dead: np.ndarray

    @property
    def twice(self) -> np.ndarray:
        """Whether its work was done twice or more."""
        return self.succeeded > 1


def whole_batches(fails: np.ndarray) -> Delivered:
    """The messages of batches that are retried whole. `fails[batch, delivery, message]` says who would fail when."""
    failed = np.logical_or.reduce(fails, axis=2, keepdims=True)
    tries, dead = _tries(failed)
    made = np.arange(fails.shape[1])[:, None] < tries[:, None]
    succeeded = np.asarray(np.count_nonzero(~fails & made, axis=1))
    return Delivered(np.broadcast_to(tries, succeeded.shape), succeeded, np.broadcast_to(dead, succeeded.shape))


def acknowledged(fails: np.ndarray) -> Delivered:
    """The same messages where each is acknowledged by itself: only what failed is delivered again."""
    tries, dead = _tries(fails)
    return Delivered(tries, np.where(dead, 0, 1), dead)


def succeeds_at(random: np.random.Generator, p: float, count: int) -> np.ndarray:
    """The number of the attempt at which each of `count` would succeed, if it had no limit; far off where p is 1."""
    return random.geometric(max(1 - p, 1e-12), count)


def _tries(failed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many deliveries there are until one does not fail, and whether all do."""
    dead = np.logical_and.reduce(failed, axis=1)
    return np.where(dead, failed.shape[1], np.argmin(failed, axis=1) + 1), dead


def batch_failure(p: float, batch: int) -> float:
    """The chance that a delivery of a whole batch fails: q = 1 - (1 - p)^b."""
    return 1 - (1 - p) ** batch


def deliveries(p: float, retries: int, batch: int = 1) -> float:
    """The mean number of deliveries of a message: (1 - q^(R+1)) / (1 - q). A batch of 1 is explicit acknowledgement."""
    q = batch_failure(p, batch)
    return sum(q**number for number in range(retries + 1))


def dead_share(p: float, retries: int, batch: int = 1) -> float:
    """The share of messages in the dead-letter queue: q^(R+1)."""
    return batch_failure(p, batch) ** (retries + 1)


def twice_share(p: float, retries: int, batch: int) -> float:
    """The share of messages whose work is done twice or more, in batches that are retried whole.

    After k failures of its own (p^k), a message succeeds while another fails the batch, with a = (1 - p) - (1 - p)^b,
    and once more in one of the R - k deliveries that may follow: sum over k < R of p^k a (1 - p^(R-k)).
    """
    again = (1 - p) - (1 - p) ** batch
    return sum(p**k * again * (1 - p ** (retries - k)) for k in range(retries))
