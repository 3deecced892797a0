"""Autoscaling: how many consumers are at work, as more and more messages come.

The documentation's example: 100 messages a second, in batches of 100 that take 5 seconds, want about 5 consumers. The
platform finds that number by watching the backlog. With max_concurrency below it, the consumers are all busy and the
backlog grows until messages expire.

Little's law: lam / B batches a second that each take S seconds keep lam S / B consumers at work on average, whatever
the law by which their number follows (J. D. C. Little, "A Proof for the Queuing Formula: L = lam W", Operations
Research 9 (1961)). With at most c, each idle for d seconds between two batches: c S / (S + d) at most, and the backlog
grows by lam - c B / (S + d) messages a second.
Source of the example: https://developers.cloudflare.com/queues/configuration/consumer-concurrency/.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from random import Random
from typing import Any

import numpy as np

from labkit import facts
from labkit.emulators.queues.scaling import Scale
from labkit.errors import LabError
from labkit.sim import refusals, streams, traffic
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import LEAST_REPLICATIONS, Estimate, of_ratio, replicated
from labkit.sim.queues import consumers
from labkit.sim.queues.scaling import Consumed, consume
from labkit.sim.queues.yours import Yours, deliveries

RATES = (2, 5, 10, 15, 20)
MOST = int(facts.value("queues.concurrency"))
DISPATCH = float(facts.value("queues.dispatch"))
TIMEOUT = 5.0
NEAR = 0.25
WARM_UP, WINDOW, LONG = 40, 10, 500
"""In services: until the consumers are as many as they are in the long run; a lab's replication; the model's."""
AXES = Axes("Consumers of a queue", "messages/s", "consumers at work on average")
ASSUMPTION = (
    "the law by which consumers are added is the lab's; the mean does not depend on it. Messages come a batch at a "
    "time, and {:g} s lie between two batches of one consumer."
)


def at_work(messages_per_s: float, seconds: float, size: int, most: int = MOST) -> float:
    """The mean number of consumers at work: lam S / B, or all that are allowed: c S / (S + d)."""
    return min(messages_per_s * seconds / size, most * seconds / (seconds + DISPATCH))


def backlog_growth(messages_per_s: float, seconds: float, size: int, most: int = MOST) -> float:
    """Messages by which the backlog grows each second where consumers are too few, 0 where they are enough."""
    return max(0.0, messages_per_s - most * size / (seconds + DISPATCH))


def simulated(random: np.random.Generator, messages_per_s: float, seconds: float, size: int, most: int, until: float
              ) -> Consumed:  # fmt: skip
    """The batches of messages that come for `until` seconds, at Poisson moments, `size` at each."""
    moments = np.sort(random.uniform(0, until, random.poisson(messages_per_s / size * until)))
    scale = Scale(most, size, is_fixed=False)
    return consume(np.repeat(moments, size).tolist(), size, TIMEOUT, seconds + DISPATCH, scale)


def model(row: int, messages_per_s: float, *, seed: int, seconds: float, size: int, most: int) -> Estimate:
    """Consumers at work over the time of five hundred services, twenty times."""
    return replicated(partial(_busy, messages_per_s, seed, row, seconds, size, most))


def _busy(messages_per_s: float, seed: int, row: int, seconds: float, size: int, most: int, replication: int):
    random, begin = streams.generator(seed, row, replication), WARM_UP * seconds
    end = begin + LONG * seconds
    found = simulated(random, messages_per_s, seconds, size, most, end)
    return found.at_work(begin, end) * seconds / (seconds + DISPATCH), end - begin


def observe(row: int, messages_per_s: float, *, yours: Yours, seconds: float, size: int, most: int) -> Estimate:
    """The same on a lab: consumers at work in twenty stretches of time, each a replication."""
    settings = {"max_batch_size": size, "max_batch_timeout": TIMEOUT, "max_concurrency": most}
    lab = yours.bench(row, vars={"SECONDS": seconds}, **settings)
    borders = seconds * (WARM_UP + WINDOW * np.arange(LEAST_REPLICATIONS + 1))
    moments = traffic.moments(Random(f"{yours.seed} {row}"), messages_per_s / size, 0, borders[-1])
    traffic.play(lab, [each for number, at in enumerate(moments)
                       for each in yours.sends(at, range(number * size, (number + 1) * size))])  # fmt: skip
    lab.run(lab.advance(2 * seconds))
    times = np.array([(event.start, event.end) for event in deliveries(lab)])
    busy = [np.clip(np.minimum(times[:, 1], end) - np.maximum(times[:, 0], begin), 0, None).sum()
            for begin, end in zip(borders, borders[1:], strict=False)]  # fmt: skip
    return of_ratio(busy, np.diff(borders))


def autoscaling(
    worker: Any = consumers.Slow, *, messages_per_s: Sequence[float] = RATES, seconds: float = 5, size: int = 10,
    most: int = MOST, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """Consumers at work on average against the rate of messages, in three views.

    A batch of `size` takes `seconds`, and at most `most` are consumed at once (max_concurrency). `worker` must take so
    long for a batch, whatever its size: `self.env.SECONDS`. `asked` is as in `Yours`. The documentation's example is
    `messages_per_s=(100,), size=100`; a tenth of both wants as many consumers, and a tenth of the time here. Where
    messages come just as fast as all consumers take them, nothing is reached in any time, and it is refused.
    """
    _check(messages_per_s, seconds, size, most)
    shared = {"seconds": seconds, "size": size, "most": most}
    yours = worker and Yours(worker, seed=seed, **asked)
    return three_views(
        AXES, messages_per_s, partial(at_work, **shared), partial(model, seed=seed, **shared),
        yours and partial(observe, yours=yours, **shared), executor=executor,
        label=f"at most {most}", assumptions=(ASSUMPTION.format(DISPATCH),),
    )  # fmt: skip


def _check(rates: Sequence[float], seconds: float, size: int, most: int) -> None:
    refusals.above_0(messages_per_s=rates, seconds=seconds)
    refusals.whole(1, size=size, most=most)
    full = most * size / (seconds + DISPATCH)
    for rate in rates:
        if abs(rate / full - 1) < NEAR:
            raise LabError(f"{rate:g} messages/s: {most} consumers take {full:.4g}, and so near to that the backlog "
                           f"wanders for hours; give less than {(1 - NEAR) * full:.3g}, or more than "
                           f"{(1 + NEAR) * full:.3g}")  # fmt: skip
