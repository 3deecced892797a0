"""Retries: how often messages are delivered, which end in the dead letter queue, and whose work is done twice.

A consumer that raises has all of its batch again, and ten messages of which one in twenty fails are a batch of which
four in ten fail. One that acknowledges each message by itself has only the failed ones again, and none runs twice.

Closed forms with their derivation: `labkit.sim.retries`. With q = 1 - (1 - p)^b for a batch of b, or q = p for
explicit acknowledgement: deliveries (1 - q^(R+1)) / (1 - q) a message, q^(R+1) of them dead after R retries.
Source of the rules: https://developers.cloudflare.com/queues/configuration/batching-retries/.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from labkit import facts
from labkit.sim import refusals, streams
from labkit.sim import retries as kernel
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, of_ratio, replicated
from labkit.sim.queues import consumers
from labkit.sim.queues.yours import Rounds, Yours
from labkit.sim.service import Service

FAILING = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4)
BATCHES = 2000
RETRIES = int(facts.value("queues.retries"))
ASSUMPTION = "a message fails at each delivery by itself, whatever happened before, and its batch stays together."


class Watched(NamedTuple):
    """What is watched of each message: its closed form, the kernel's numbers, and those of a lab's rounds."""

    y: str
    theory: Callable[[float, int, int], float]
    modelled: Callable[[kernel.Delivered], np.ndarray]
    seen: Callable[[Rounds, Service], list[float]]


WATCHED = {
    "deliveries": Watched("deliveries of a message", kernel.deliveries, lambda found: found.delivered,
                          lambda rounds, _: rounds.each(lambda event: event.detail["messages"])),
    "dead": Watched("share of messages in the dead letter queue", kernel.dead_share, lambda found: found.dead,
                    lambda rounds, _: rounds.each(lambda event: event.detail.get("dead", 0))),
    "twice": Watched("share of messages whose work is done twice or more", kernel.twice_share,
                     lambda found: found.twice,
                     lambda rounds, service: rounds.by_order(service.done(), lambda times: times > 1)),
}  # fmt: skip


def model(row: int, p: float, *, seed: int, watch: str, explicit: bool, size: int, retries: int) -> Estimate:
    """What is watched over the messages of 2,000 batches, twenty times."""
    return replicated(partial(_counted, p, seed, row, watch, explicit, size, retries))


def _counted(p: float, seed: int, row: int, watch: str, explicit: bool, size: int, retries: int, replication: int):
    fails = streams.generator(seed, row, replication).random((BATCHES, retries + 1, size)) < p
    found = kernel.acknowledged(fails) if explicit else kernel.whole_batches(fails)
    return float(WATCHED[watch].modelled(found).sum()), BATCHES * size


def observe(row: int, p: float, *, yours: Yours, watch: str, explicit: bool, size: int, retries: int) -> Estimate:
    """The same on a lab, where the service that a consumer calls fails; each batch is a replication."""
    service = Service(f"{yours.seed} {row}", fails=p)
    lab = yours.bench(row, service, max_batch_size=size, max_batch_timeout=1, max_retries=retries)
    rounds = yours.rounds(lab, size, service)
    return of_ratio(WATCHED[watch].seen(rounds, service), rounds.sizes, grain=1 if explicit else size)


def retries(
    worker: Any = "default", *, failing: Sequence[float] = FAILING, watch: str = "deliveries", explicit: bool = False,
    size: int = 10, retries: int = RETRIES, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """Deliveries of a message against the chance that it fails, in three views; `watch` "dead" or "twice" instead.

    `explicit` says whether the consumer acknowledges each message by itself or raises; `worker` must do so, None leaves
    it out. Its work for a message is `POST https://service.example/orders/{n}`, which fails with a 503. It tries all of
    a batch before it raises, or less is done twice. `asked` is as in `Yours`: `url="/orders/{order}"`, `batches=60`.
    """
    refusals.one_of(WATCHED, watch=watch)
    refusals.shares(failing=failing)
    refusals.whole(1, size=size)
    refusals.whole(retries=retries)
    if worker == "default":
        worker = consumers.Acknowledging if explicit else consumers.WholeBatch
    shared = {"watch": watch, "explicit": explicit, "size": size, "retries": retries}
    axes = Axes("Retries of a queue", "chance that a message fails", WATCHED[watch].y, log_x=True)
    yours = worker and Yours(worker, seed=seed, **asked)
    return three_views(
        axes, failing, lambda p: WATCHED[watch].theory(p, retries, 1 if explicit else size),
        partial(model, seed=seed, **shared), yours and partial(observe, yours=yours, **shared),
        executor=executor, label="explicit ack" if explicit else f"whole batches of {size}", assumptions=(ASSUMPTION,),
    )  # fmt: skip
