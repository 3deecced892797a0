"""Retries with backoff: how many attempts a step takes, how often it fails for good, and how long that takes.

The attempts hardly tell the kinds of backoff apart, the waiting does: with an exponential one, most of the time is
spent before the last attempts, which few steps reach.

A step that fails with probability p at each attempt and has R retries: (1 - p^(R+1)) / (1 - p) attempts on average, and
p^(R+1) fail for good: a geometric series. Retry k comes if the k attempts before it failed, a delay d_k later: the mean
wait is the sum over k <= R of p^k d_k, with d_k = d, k d or 2^(k-1) d seconds.
Source: https://developers.cloudflare.com/workflows/build/sleeping-and-retrying/. Assumed: attempts fail by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from labkit import facts
from labkit.emulators.workflows.records import Record
from labkit.sim import refusals, streams
from labkit.sim import retries as kernel
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, of_ratio, replicated
from labkit.sim.service import Service
from labkit.sim.workflows import flows
from labkit.sim.workflows.yours import Yours, steps

FAILING = (0.1, 0.3, 0.5, 0.7, 0.9)
RETRIES = int(facts.value("workflows.retry_limit"))
DELAY = float(facts.value("workflows.retry_delay"))
BACKOFFS: dict[str, Callable[[int], int]] = {
    "constant": lambda retry: 1,
    "linear": lambda retry: retry,
    "exponential": lambda retry: 2 ** (retry - 1),
}
INSTANCES = 5000
RESUMES = 1.0
"""Seconds that one retry takes at most besides its delay: a run that begins again, a call of the service."""


class Policy(NamedTuple):
    """A step's retries: how many, and the delay before the first in seconds, which the backoff lengthens."""

    limit: int = RETRIES
    delay: float = DELAY
    backoff: str = "exponential"

    @property
    def delays(self) -> list[float]:
        """Seconds before each retry."""
        return [self.delay * BACKOFFS[self.backoff](retry) for retry in range(1, self.limit + 1)]

    @property
    def config(self) -> dict[str, Any]:
        """The same as a step's configuration has it, the delay in milliseconds."""
        return {"limit": self.limit, "delay": int(self.delay * 1000), "backoff": self.backoff}


USUAL = Policy()


def attempts(p: float, policy: Policy = USUAL) -> float:
    """The mean number of attempts: (1 - p^(R+1)) / (1 - p)."""
    return kernel.deliveries(p, policy.limit)


def failed(p: float, policy: Policy = USUAL) -> float:
    """The share of steps that fail for good: p^(R+1)."""
    return kernel.dead_share(p, policy.limit)


def waited(p: float, policy: Policy = USUAL) -> float:
    """The mean seconds that a step waits between its attempts: the sum of p^k d_k."""
    return sum(p**retry * delay for retry, delay in enumerate(policy.delays, 1))


class Watched(NamedTuple):
    """What is watched of a step: its closed form, its number from what came to pass, and from a lab's record."""

    y: str
    theory: Callable[[float, Policy], float]
    modelled: Callable[[np.ndarray, Policy], np.ndarray]
    seen: Callable[[Record], float]


def _waited(needed: np.ndarray, policy: Policy) -> np.ndarray:
    """Seconds between the attempts of steps that would succeed at attempt `needed`."""
    return np.cumsum([0.0, *policy.delays])[np.minimum(needed, policy.limit + 1) - 1]


def _between(record: Record) -> float:
    pairs = zip(record.attempts, record.attempts[1:], strict=False)
    return sum(after.started - (before.ended or 0.0) for before, after in pairs)


WATCHED = {
    "attempts": Watched("attempts of a step", attempts, lambda needed, policy: np.minimum(needed, policy.limit + 1),
                        lambda record: len(record.attempts)),
    "failed": Watched("share of steps that fail for good", failed, lambda needed, policy: needed > policy.limit + 1,
                      lambda record: record.outcome == "error"),
    "waited": Watched("seconds that a step waits between its attempts", waited, _waited, _between),
}  # fmt: skip


def model(row: int, p: float, *, seed: int, policy: Policy, watch: str) -> Estimate:
    """What is watched over 5,000 steps, twenty times."""
    return replicated(partial(_counted, p, seed, row, policy, watch))


def _counted(p: float, seed: int, row: int, policy: Policy, watch: str, replication: int) -> tuple[float, float]:
    needed = kernel.succeeds_at(streams.generator(seed, row, replication), p, INSTANCES)
    return float(WATCHED[watch].modelled(needed, policy).sum()), INSTANCES


def observe(row: int, p: float, *, yours: Yours, policy: Policy, watch: str) -> Estimate:
    """The same on a lab, where the service that a step calls fails; each instance is a replication."""
    payloads = [{"order": number, "retries": policy.config} for number in range(yours.instances)]
    seconds = sum(policy.delays) + RESUMES * (policy.limit + 1) + 60
    found = [steps(each) for each in yours.run(row, payloads, seconds, Service(f"{yours.seed} {row}", fails=p))]
    part = [sum(map(WATCHED[watch].seen, records)) for records in found]
    grain = policy.delay if watch == "waited" else 1.0  # seconds that one failure costs, at least
    return of_ratio(part, [len(records) for records in found], grain)


def retries(
    worker: Any = flows.Retrying, *, failing: Sequence[float] = FAILING, watch: str = "attempts", limit: int = RETRIES,
    delay: float = DELAY, backoff: str = "exponential", seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """Attempts of a step against the chance that one fails, in three views; `watch` "failed" or "waited" instead.

    `limit`, `delay` (in seconds) and `backoff` are the step's retries; `worker` is a Workflow whose step has them,
    written down or taken from `event["payload"]["retries"]`, and calls `POST https://service.example/orders/{n}` for
    `event["payload"]["order"]`, which fails with a 503: then it must raise. `asked` is as in `replay`.
    """
    refusals.one_of(WATCHED, watch=watch)
    refusals.one_of(BACKOFFS, backoff=backoff)
    refusals.shares(failing=failing)
    refusals.whole(limit=limit)
    refusals.from_0(delay=delay)
    policy = Policy(limit, delay, backoff)
    axes = Axes("Retries of a step", "chance that an attempt fails", WATCHED[watch].y)
    yours = worker and Yours(worker, seed=seed, **asked)
    return three_views(
        axes, failing, lambda p: WATCHED[watch].theory(p, policy),
        partial(model, seed=seed, policy=policy, watch=watch),
        yours and partial(observe, yours=yours, policy=policy, watch=watch), executor=executor, label=backoff,
    )  # fmt: skip
