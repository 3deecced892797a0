"""Throughput: how many requests a second one object answers as more are offered, below its ceiling and beyond.

Below 1 / S it answers all that come; beyond, 1 / S and no more, while the queue grows until the platform refuses. An
object that waits for another host lets others in meanwhile, and one whose replies are held for a write goes on too, so
that their ceiling is set by their computing alone.

Theory: min(lam, 1 / S) answers a second, for any arrivals (the server rests only where nobody waits). Assumed: the
long run below the ceiling; beyond it, a queue that has begun to grow and that nobody has been refused from yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from labkit.sim import queueing, streams, traffic
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.backlog import Mix
from labkit.sim.durable_objects import sources
from labkit.sim.durable_objects.ceiling import long_run
from labkit.sim.durable_objects.work import ASSUMPTION, mix_of
from labkit.sim.durable_objects.yours import BEGIN, QUIET, Yours
from labkit.sim.estimates import Estimate, of_ratio, replicated

RATES = (50, 100, 250, 400)
REQUESTS = 5000
GROWN = 25
"""Requests that wait already where more come than can be answered."""
SETTLING = 0.05
"""Seconds until answers leave as steadily as requests come: writes take that long to be confirmed."""
AXES = Axes("One object's throughput", "requests/s offered to one object", "requests/s answered")


def answered(requests_per_s: float, service: float) -> float:
    """min(lam, 1 / S) in 1/s."""
    return min(requests_per_s, 1 / service)


def model(row: int, requests_per_s: float, *, seed: int, mix: Mix) -> Estimate:
    """Answers a second while about 5,000 requests come, twenty times."""
    seconds = REQUESTS / requests_per_s
    estimate = replicated(partial(_answers, requests_per_s, seed, row, mix, seconds))
    return counting(estimate, seconds)


def _answers(requests_per_s: float, seed: int, row: int, mix: Mix, seconds: float, replication: int):
    random = streams.generator(seed, row, replication)
    served = _served(random, requests_per_s, mix, seconds)
    left = served.departure
    return int(np.count_nonzero((left > 0) & (left <= seconds))), seconds


def _served(random: np.random.Generator, requests_per_s: float, mix: Mix, seconds: float) -> queueing.Served:
    """The requests from somewhat before the time 0, which is any moment, also of a service."""
    if requests_per_s * mix.mean < 1:
        before = seconds / 10
        served = long_run(random, requests_per_s, mix, before + seconds)
        return queueing.Served(served.arrival - before, served.service, served.wait)
    arrivals = np.sort(random.uniform(0, seconds, random.poisson(requests_per_s * seconds)))
    arrivals = np.concatenate((np.full(GROWN, -mix.mean * random.random()), arrivals))
    return queueing.serve(arrivals, np.full(arrivals.size, mix.mean))


def observe(row: int, requests_per_s: float, *, yours: Yours, mix: Mix, ms: float) -> Estimate:
    """The same on a lab: answers that left each object while its visits came."""
    seconds, is_stable = yours.visits / requests_per_s, requests_per_s * mix.mean < 1
    visits, counted_from = [], []
    for number, name in enumerate(yours.names()):
        random = yours.random(row, number)
        begin = BEGIN + mix.mean * (random.random() + (GROWN if is_stable else 0)) + ms / 1000 + SETTLING
        grown = [BEGIN] * (0 if is_stable else GROWN)
        moments = [*grown, *traffic.moments(random, requests_per_s, BEGIN, begin + seconds)]
        visits += [("", yours.visit(0, object=name, ms=ms))]
        visits += [(name, yours.visit(at, object=name, ms=ms)) for at in moments]
        counted_from.append(begin)
    found = yours.played(yours.open(row, QUIET), visits)
    counts = [sum(begin < call.end <= begin + seconds for calls in each for call in calls)
              for begin, each in zip(counted_from, found, strict=True)]  # fmt: skip
    return counting(of_ratio(counts, [seconds] * len(counts)), seconds)


def counting(rate: Estimate, seconds: float) -> Estimate:
    """A rate over so many seconds a replication, with the number of answers that it counts."""
    return replace(rate, counted=round(rate.mean * seconds * rate.replications))


def throughput(
    worker: Any = sources.COUNTER, *, requests_per_s: Sequence[float] = RATES, work: str = "compute", ms: float = 5,
    service: float | None = None, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The requests that one object answers a second against those offered, in three views.

    `worker`, `work`, `service` and `asked` are as in `ceiling`. With "outside", the object waits `ms` for something
    else in each request, with "write" each reply waits for followers; both still answer as if they did not.
    """
    mix = mix_of(work, ms, service)
    yours = worker and Yours(worker, seed=seed, **{"url": f"/{{object}}/{work}/{{ms}}", **asked})
    return three_views(
        AXES, requests_per_s, partial(answered, service=mix.mean), partial(model, seed=seed, mix=mix),
        yours and partial(observe, yours=yours, mix=mix, ms=ms), executor=executor,
        label=f"{work} {ms:g} ms: busy for {1000 * mix.mean:g} ms", assumptions=(ASSUMPTION,),
    )  # fmt: skip
