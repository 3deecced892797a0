"""Duplicates: how often what is due once is done, where a share of the runs happens twice.

No promise of exactly one run is made, and no rate is published. A job that names its scheduled time to whatever it
changes has one effect, however often it runs.

If a run happens twice with probability q: 1 + q effects, or 1 with an idempotency key.
Source: https://developers.cloudflare.com/workers/configuration/cron-triggers/ promises no number.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

from labkit.sim import refusals, streams
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.cron import jobs
from labkit.sim.cron.yours import Yours
from labkit.sim.estimates import Estimate, of_ratio, replicated
from labkit.sim.service import Service

SHARES = (0.01, 0.05, 0.1, 0.2, 0.4)
RUNS = 10_000
AXES = Axes("Duplicates of a cron", "share of runs that happen twice", "effects of what is due once")
ASSUMPTION = "a rate of duplicates is published nowhere; the documentation promises neither one run nor more."


def effects(share: float, *, idempotent: bool = False) -> float:
    """The mean number of effects of what is due once: 1 + q, or 1 with an idempotency key."""
    return 1.0 if idempotent else 1 + share


def model(row: int, share: float, *, seed: int, idempotent: bool) -> Estimate:
    """The effects of 10,000 runs, twenty times."""
    return replicated(partial(_effects, share, seed, row, idempotent))


def _effects(share: float, seed: int, row: int, idempotent: bool, replication: int) -> tuple[int, int]:
    twice = streams.generator(seed, row, replication).binomial(RUNS, share)
    return RUNS + (0 if idempotent else int(twice)), RUNS


def observe(row: int, share: float, *, yours: Yours) -> Estimate:
    """The same on a lab that has runs happen twice, at two places; each stretch of time is a replication."""
    service, zero = Service(f"{yours.seed} {row}"), {}
    for fire in yours.run(row, service, share):
        zero.setdefault(fire.detail["scheduled"], fire.start - fire.detail["late"])
    moments = {str(int(due * 1000)): at for due, at in zero.items()}
    done = [moments[effect.order] for effect in service.effects if effect.order in moments]
    return of_ratio(yours.counted(done), yours.counted(moments.values()))


def duplicates(
    worker: Any = "default", *, shares: Sequence[float] = SHARES, idempotent: bool = False, seed: int = 4,
    executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """How often what is due once is done, against the share of runs that happen twice, in three views.

    `idempotent` says whether the job names itself by an `Idempotency-Key`. `worker` and `asked` are as in `overlap`.
    """
    refusals.shares(shares=shares)
    if worker == "default":
        worker = jobs.Idempotent if idempotent else jobs.Eager
    yours = worker and Yours(worker, seed=seed, **asked)
    return three_views(
        AXES, shares, partial(effects, idempotent=idempotent), partial(model, seed=seed, idempotent=idempotent),
        yours and partial(observe, yours=yours), executor=executor,
        label="idempotency key" if idempotent else "no key", assumptions=(ASSUMPTION,),
    )  # fmt: skip
