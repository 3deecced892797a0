"""Replay: how often a Workflow's `run()` begins again from the top, and how many recorded steps that asks for again.

A run that sleeps for long leaves memory, and what wakes it begins at the first line. Steps answer from the record;
all that stands outside of them is done again, and so the code before the first of n long sleeps runs n + 1 times. The
steps that are asked for again grow with the square of n: a Workflow of hundreds of naps is one of smaller Workflows.

n rounds of a step and a sleep, exponential of mean m: a sleep ends the run's life with h = e^(-I / m), where I is how
long a run may rest in memory. So run() begins 1 + n h times, the step of round k is asked for again at each of the long
sleeps from k on, and n (n + 1) / 2 h recorded steps answer in all. Both are sums of Bernoulli chances.
Source: https://developers.cloudflare.com/workflows/build/rules-of-workflows/, and the emulator's rule for I.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from math import exp
from random import Random
from typing import Any, NamedTuple

import numpy as np

from labkit import facts
from labkit.emulators.workflows import Instance
from labkit.sim import refusals, streams
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, of_ratio, replicated
from labkit.sim.workflows import flows
from labkit.sim.workflows.yours import Yours, steps

STEPS = (1, 2, 5, 10, 20)
NAP = 30.0
IDLE = float(facts.value("workflows.idle"))
INSTANCES = 2000
ASSUMPTION = "a run that only waits leaves memory after {:g} s; documented is only that long sleeps may end its life."


def hibernates(nap: float, idle: float = IDLE) -> float:
    """The chance that a sleep of mean `nap` seconds ends the life of a run: e^(-I / m)."""
    return exp(-idle / nap)


def runs(rounds: float, nap: float = NAP) -> float:
    """The mean number of times that run() begins: 1 + n h."""
    return 1 + rounds * hibernates(nap)


def replayed(rounds: float, nap: float = NAP) -> float:
    """The mean number of times that a recorded step is asked for again: h n (n + 1) / 2."""
    return hibernates(nap) * rounds * (rounds + 1) / 2


def executions_before(step: int, rounds: float, nap: float = NAP) -> float:
    """How often the code before the step of a round, counted from 1, is executed: 1 + h (n - k + 1)."""
    return 1 + hibernates(nap) * (rounds - step + 1)


class Watched(NamedTuple):
    """What is watched: its closed form, its number from which sleeps were long, by instance, and a lab's number."""

    y: str
    theory: Callable[[float, float], float]
    modelled: Callable[[np.ndarray], np.ndarray]
    seen: Callable[[Instance], float]


WATCHED = {
    "runs": Watched("times that run() begins", runs, lambda long: 1 + long.sum(axis=1),
                    lambda instance: instance.runs),
    "replayed": Watched("recorded steps that are asked for again", replayed,
                        lambda long: long @ np.arange(1, long.shape[1] + 1),
                        lambda instance: sum(record.replays for record in steps(instance))),
}  # fmt: skip


def model(row: int, rounds: float, *, seed: int, nap: float, watch: str) -> Estimate:
    """What is watched over 2,000 instances, twenty times."""
    return replicated(partial(_counted, int(rounds), seed, row, nap, watch))


def _counted(rounds: int, seed: int, row: int, nap: float, watch: str, replication: int):
    long = streams.generator(seed, row, replication).exponential(nap, (INSTANCES, rounds)) > IDLE
    return float(WATCHED[watch].modelled(long).sum()), INSTANCES


def observe(row: int, rounds: float, *, yours: Yours, nap: float, watch: str) -> Estimate:
    """The same on a lab; each instance is a replication."""
    random = Random(f"{yours.seed} {row}")
    naps = [[random.expovariate(1 / nap) for _ in range(int(rounds))] for _ in range(yours.instances)]
    found = yours.run(row, [{"naps": each} for each in naps], max(map(sum, naps)) + 60)
    grain = rounds if watch == "replayed" else 1.0  # what one long sleep adds, at most
    return of_ratio([WATCHED[watch].seen(instance) for instance in found], [1] * len(found), grain)


def replay(
    worker: Any = flows.Napping, *, rounds: Sequence[int] = STEPS, nap: float = NAP, watch: str = "runs", seed: int = 4,
    executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """How often run() begins, or with `watch="replayed"` how many steps are asked for again, against the rounds.

    A round is a step and a sleep, of `nap` seconds on average. `worker` is a Workflow that takes a step and sleeps for
    each of `event["payload"]["naps"]`, a list of seconds; None leaves it out. `asked` is as in `Yours`:
    `class_name="Flow"`, `instances=100`. One whose steps have new names each time replays none, and leaves the line.
    """
    refusals.one_of(WATCHED, watch=watch)
    refusals.whole(rounds=rounds)
    refusals.above_0(nap=nap)
    shared = {"nap": nap, "watch": watch}
    axes = Axes("Replay of a Workflow", "rounds of a step and a sleep", WATCHED[watch].y, whole=True)
    yours = worker and Yours(worker, seed=seed, **asked)
    return three_views(
        axes, rounds, lambda n: WATCHED[watch].theory(n, nap), partial(model, seed=seed, **shared),
        yours and partial(observe, yours=yours, **shared), executor=executor, label=f"sleeps of {nap:g} s",
        assumptions=(ASSUMPTION.format(IDLE),),
    )  # fmt: skip
