"""Duplicates: what a message does to the world where machines are lost after the work and before the acknowledgement.

A queue cannot know whether a consumer that is gone had done its work, and so delivers again: at least once. The work
is done at each delivery, also at those of a message that then lies in the dead letter queue. An idempotency key makes
the effects exactly one, and the deliveries no fewer.

With a crash at each delivery with probability c and R retries, a message is delivered, and its work done,
1 + c + ... + c^R = (1 - c^(R+1)) / (1 - c) times: a geometric series. Where the queue itself delivers a share d of
the messages twice, a second copy made at delivery k has R - k retries left, and as many effects as these give:
sum over k <= R of c^k (1 + d (1 - c^(R-k+1)) / (1 - c)).
Source: https://developers.cloudflare.com/queues/reference/delivery-guarantees/. Neither rate is published.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np

from labkit.sim import refusals, streams
from labkit.sim import retries as kernel
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, of_ratio, replicated
from labkit.sim.queues import consumers
from labkit.sim.queues.retries import RETRIES
from labkit.sim.queues.yours import NAME, Yours
from labkit.sim.service import Service

CRASHING = (0.0, 0.05, 0.1, 0.2, 0.4)
SIZE = 10
MESSAGES = 5000
AXES = Axes("Duplicates of a queue", "chance that a run crashes before its acks count", "effects of a message")
ASSUMPTION = (
    "how often a consumer's machine is lost, and how often a queue delivers twice by itself, is published nowhere."
)


def effects(crashes: float, retries: int = RETRIES, duplicated: float = 0.0, *, idempotent: bool = False) -> float:
    """The mean number of times that a message's work is done; `duplicated` is the share delivered twice."""
    if idempotent:
        return 1.0
    copies = (1 + duplicated * kernel.deliveries(crashes, retries - tried) for tried in range(retries + 1))
    return sum(crashes**tried * each for tried, each in enumerate(copies))


def model(row: int, crashes: float, *, seed: int, retries: int, duplicated: float, idempotent: bool) -> Estimate:
    """The effects of a message over 5,000 of them, twenty times."""
    return replicated(partial(_effects, crashes, seed, row, retries, duplicated, idempotent))


def _effects(crashes: float, seed: int, row: int, retries: int, duplicated: float, idempotent: bool, replication: int):
    random = streams.generator(seed, row, replication)
    delivered = _deliveries(random, crashes, retries, MESSAGES)
    done = delivered.sum()
    for tried in range(retries + 1):
        copies = int(random.binomial(np.count_nonzero(delivered > tried), duplicated))
        done += _deliveries(random, crashes, retries - tried, copies).sum()
    return (MESSAGES if idempotent else int(done)), MESSAGES


def _deliveries(random: np.random.Generator, crashes: float, retries: int, messages: int) -> np.ndarray:
    """How often each message is delivered until a run of it lasts, or its retries are used up."""
    return np.minimum(kernel.succeeds_at(random, crashes, messages), retries + 1)


def observe(row: int, crashes: float, *, yours: Yours, retries: int, duplicated: float) -> Estimate:
    """The same on a lab, where runs lose their machine when the handler has returned; each batch is a replication."""
    service = Service(f"{yours.seed} {row}")
    lab = yours.bench(row, service, max_batch_size=SIZE, max_batch_timeout=1, max_retries=retries)
    lab.queues(NAME).crash(crashes)
    lab.queues(NAME).duplicate(duplicated)
    rounds = yours.rounds(lab, SIZE, service)
    return of_ratio(rounds.by_order(service.done()), rounds.sizes, grain=SIZE)


def duplicates(
    worker: Any = "default", *, crashing: Sequence[float] = CRASHING, retries: int = RETRIES, duplicated: float = 0.0,
    idempotent: bool = False, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """How often a message's work is done, against the chance that a run crashes before its acks count, in three views.

    `idempotent` says whether the work names itself by an `Idempotency-Key`, `duplicated` is the share of deliveries
    that the queue makes twice by itself. `worker` and `asked` are as in `retries`; its work never fails here.
    """
    refusals.shares(crashing=crashing, duplicated=duplicated)
    refusals.whole(retries=retries)
    if worker == "default":
        worker = consumers.Idempotent if idempotent else consumers.WholeBatch
    shared = {"retries": retries, "duplicated": duplicated}
    yours = worker and Yours(worker, seed=seed, **asked)
    return three_views(
        AXES, crashing, partial(effects, idempotent=idempotent, **shared),
        partial(model, seed=seed, idempotent=idempotent, **shared), yours and partial(observe, yours=yours, **shared),
        executor=executor, label="idempotency key" if idempotent else "no key", assumptions=(ASSUMPTION,),
    )  # fmt: skip
