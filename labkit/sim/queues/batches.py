"""Batches: how long a message waits for its batch to leave, and how many leave together, as the rate grows.

At low rates a message waits out max_batch_timeout almost alone; at high ones batches leave full, and hardly anybody
waits. Fewer invocations are bought with the waiting in between.

The closed form is that of `labkit.sim.batching`: M = min(Poisson(lam T), B - 1) messages join the one that opens the
batch, so that its mean size is 1 + E[M] and the mean wait E[M (M + 1)] / (2 lam (1 + E[M])) seconds.
Source of the rule: https://developers.cloudflare.com/queues/configuration/batching-retries/. Assumed: Poisson
messages, and a consumer that is free when its batch is due.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from random import Random
from typing import Any, NamedTuple

import numpy as np

from labkit.sim import batching, refusals, streams, traffic
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, of_ratio, replicated
from labkit.sim.queues import consumers
from labkit.sim.queues.yours import Yours, deliveries

RATES = (0.1, 0.3, 1, 2, 5, 10)
MESSAGES = 20_000


class Watched(NamedTuple):
    """What is watched: its closed form, and of some batches' sizes and waits the part and the whole."""

    y: str
    theory: Callable[[float, int, float], float]
    ratio: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


WATCHED = {
    "wait": Watched("seconds that a message waits for its batch to leave", batching.mean_wait,
                    lambda sizes, waits: (waits, sizes)),
    "size": Watched("messages in a batch", batching.mean_size, lambda sizes, waits: (sizes, np.ones(sizes.size))),
}  # fmt: skip


def model(row: int, messages_per_s: float, *, seed: int, size: int, timeout: float, watch: str) -> Estimate:
    """What is watched over 20,000 messages, twenty times."""
    return replicated(partial(_counted, messages_per_s, seed, row, size, timeout, watch))


def _counted(messages_per_s: float, seed: int, row: int, size: int, timeout: float, watch: str, replication: int):
    random = streams.generator(seed, row, replication)
    batches = batching.collect(np.cumsum(random.exponential(1 / messages_per_s, MESSAGES)), size, timeout)
    waits = np.add.reduceat(batches.wait, batches.first)
    part, whole = WATCHED[watch].ratio(batches.size[:-1], waits[:-1])  # the last batch may not be complete
    return float(part.sum()), float(whole.sum())


def observe(row: int, messages_per_s: float, *, yours: Yours, size: int, timeout: float, watch: str) -> Estimate:
    """The same on a lab; each batch begins with a message that found none waiting, and so is a replication."""
    lab = yours.bench(row, max_batch_size=size, max_batch_timeout=timeout)
    seconds = yours.batches * batching.mean_size(messages_per_s, size, timeout) / messages_per_s
    moments = traffic.moments(Random(f"{yours.seed} {row}"), messages_per_s, 0, seconds)
    traffic.play(lab, [each for order, at in enumerate(moments) for each in yours.sends(at, [order])])
    lab.run(lab.advance(2 * timeout))
    batches = deliveries(lab)[:-1]
    sizes = np.array([event.detail["messages"] for event in batches], dtype=float)
    return of_ratio(*WATCHED[watch].ratio(sizes, sizes * [event.detail["lag"] for event in batches]))


def batches(
    worker: Any = consumers.Quiet, *, messages_per_s: Sequence[float] = RATES, size: int = 10, timeout: float = 5,
    watch: str = "wait", seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The mean wait of a message, or with `watch="size"` the mean size of a batch, against the rate, in three views.

    `size` and `timeout` (in seconds) are the consumer's max_batch_size and max_batch_timeout. `worker` consumes, None
    leaves it out; `asked` says how messages reach it, as in `Yours`: `queue="JOBS"`, `url="/orders/{order}"`,
    `batches=200`. One that takes longer for a batch than the next needs to fill leaves the line.
    """
    refusals.one_of(WATCHED, watch=watch)
    refusals.above_0(messages_per_s=messages_per_s)
    refusals.whole(1, size=size)
    refusals.from_0(timeout=timeout)
    what, shared = WATCHED[watch], {"size": size, "timeout": timeout}
    axes = Axes("Batches of a queue", "messages/s", what.y, log_x=True)
    yours = worker and Yours(worker, seed=seed, **{"batches": 200, **asked})
    return three_views(
        axes, messages_per_s, partial(what.theory, **shared), partial(model, seed=seed, watch=watch, **shared),
        yours and partial(observe, yours=yours, watch=watch, **shared), executor=executor,
        label=f"up to {size}, {timeout:g} s",
    )  # fmt: skip
