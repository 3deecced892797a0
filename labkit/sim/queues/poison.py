"""Poison messages: what one message that never succeeds does to those that share its batch.

A consumer that raises takes the innocent down with it: each retry is of the whole batch, so that in the end all of it
lies in the dead letter queue, its work done at every delivery. The larger the batch, the more are hit. One that
retries the poison message alone loses that one and no other.

An innocent message of a batch of b has a poison neighbour with 1 - (1 - s)^(b-1), where s is the share of poison
messages; then it is delivered R + 1 times, and dies. So its work is done 1 + R (1 - (1 - s)^(b-1)) times, and with
acknowledgement of each message, which is a batch of 1 here, once. Binomial chances, no more.
Source of the rules: https://developers.cloudflare.com/queues/configuration/batching-retries/, and dead-letter-queues.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from random import Random
from typing import Any, NamedTuple

import numpy as np

from labkit.sim import refusals, streams
from labkit.sim import retries as kernel
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, of_ratio, replicated
from labkit.sim.queues import consumers
from labkit.sim.queues.retries import RETRIES
from labkit.sim.queues.yours import Rounds, Yours
from labkit.sim.service import Service

SIZES = (1, 2, 5, 10, 25, 50)
MESSAGES = 10_000
ASSUMPTION = "poison messages come by chance, {:g} of all, and a batch stays together through its retries."


class Watched(NamedTuple):
    """What is watched of an innocent message: in the kernel, and in a lab's rounds, which are told who is poison."""

    y: str
    modelled: Callable[[kernel.Delivered], np.ndarray]
    seen: Callable[[Rounds, Service], list[float]]


def dead_share(size: int, share: float) -> float:
    """The share of innocent messages that end in the dead letter queue: 1 - (1 - s)^(b-1)."""
    return kernel.batch_failure(share, int(size) - 1)


def work_done(size: int, share: float, retries: int = RETRIES) -> float:
    """How often an innocent message's work is done."""
    return 1 + retries * dead_share(size, share)


def _dead(rounds: Rounds, service: Service) -> list[float]:
    """Messages that died beyond the poison ones, by round."""
    died = rounds.each(lambda event: event.detail.get("dead", 0))
    return [max(0.0, dead - poison) for dead, poison in zip(died, _poison(rounds, service), strict=True)]


def _poison(rounds: Rounds, service: Service) -> list[float]:
    return [float(sum(str(order) in service.poison for order in orders)) for orders in rounds.orders]


WATCHED = {
    "done": Watched("times that an innocent message's work is done", lambda found: found.delivered,
                    lambda rounds, service: rounds.by_order(service.done())),
    "dead": Watched("share of innocent messages in the dead letter queue", lambda found: found.dead, _dead),
}  # fmt: skip


def model(row: int, size: float, *, seed: int, share: float, retries: int, watch: str, explicit: bool) -> Estimate:
    """What is watched over about 10,000 messages, twenty times."""
    return replicated(partial(_counted, int(size), seed, row, share, retries, watch, explicit))


def _counted(size: int, seed: int, row: int, share: float, retries: int, watch: str, explicit: bool, replication: int):
    poison = streams.generator(seed, row, replication).random((MESSAGES // size, 1, size)) < share
    fails = np.repeat(poison, retries + 1, axis=1)
    found = WATCHED[watch].modelled(kernel.acknowledged(fails) if explicit else kernel.whole_batches(fails))
    innocent = ~poison[:, 0]
    return float(found[innocent].sum()), int(innocent.sum())


def observe(row: int, size: float, *, yours: Yours, share: float, retries: int, watch: str, explicit: bool
            ) -> Estimate:  # fmt: skip
    """The same on a lab, where the service refuses poison messages each time; each batch is a replication."""
    yours = replace(yours, batches=yours.batches * max(1, 10 // int(size)))  # small batches seldom have any
    dice, messages = Random(f"{yours.seed} {row}"), yours.batches * int(size)
    service = Service(0, poison={str(order) for order in range(messages) if dice.random() < share})
    lab = yours.bench(row, service, max_batch_size=int(size), max_batch_timeout=1, max_retries=retries)
    rounds = yours.rounds(lab, int(size), service)
    innocent = [size - poison for poison in _poison(rounds, service)]
    together = (
        1 if explicit else int(size) * (max(1, retries) if watch == "done" else 1)
    )  # what one poison message hits
    return of_ratio(WATCHED[watch].seen(rounds, service), innocent, grain=together)


def poison(
    worker: Any = "default", *, sizes: Sequence[int] = SIZES, share: float = 0.02, retries: int = RETRIES,
    watch: str = "done", explicit: bool = False, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """How often the work of an innocent message is done, or with `watch="dead"` how many die, against the batch size.

    `share` of the messages are poison: the service answers them with a 422. `explicit`, `worker` and `asked` are as in
    `retries`.
    """
    refusals.one_of(WATCHED, watch=watch)
    refusals.whole(1, sizes=sizes)
    refusals.whole(retries=retries)
    refusals.shares(share=share)
    if worker == "default":
        worker = consumers.Acknowledging if explicit else consumers.WholeBatch
    shared = {"share": share, "retries": retries, "watch": watch, "explicit": explicit}
    axes = Axes("Poison messages", "messages in a batch", WATCHED[watch].y, log_x=True, whole=True)
    yours = worker and Yours(worker, seed=seed, **asked)
    return three_views(
        axes, sizes, lambda size: _theory(1 if explicit else int(size), share, retries, watch),
        partial(model, seed=seed, **shared), yours and partial(observe, yours=yours, **shared),
        executor=executor, label="explicit ack" if explicit else "whole batches",
        assumptions=(ASSUMPTION.format(share),),
    )  # fmt: skip


def _theory(size: int, share: float, retries: int, watch: str) -> float:
    return dead_share(size, share) if watch == "dead" else work_done(size, share, retries)
