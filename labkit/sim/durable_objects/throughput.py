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
from math import ceil, sqrt
from typing import Any

import numpy as np

from labkit.sim import queueing, streams, traffic
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.backlog import Mix
from labkit.sim.durable_objects import sources
from labkit.sim.durable_objects.requests import Requests
from labkit.sim.durable_objects.work import ASSUMPTION, mix_of
from labkit.sim.durable_objects.yours import BEGIN, QUIET, Visits, Yours
from labkit.sim.estimates import Estimate, of_ratio, replicated

RATES = (50, 100, 250, 400)
REQUESTS = 5000
WARM = 25
"""Services after which those who were there at first have left."""
SETTLING = 0.05
"""Seconds until answers leave as steadily as requests come: writes take that long to be confirmed."""
AXES = Axes("One object's throughput", "requests/s offered to one object", "requests/s answered")


def answered(requests_per_s: float, service: float) -> float:
    """min(lam, 1 / S) in 1/s."""
    return min(requests_per_s, 1 / service)


def model(row: int, requests_per_s: float, *, seed: int, mix: Mix) -> Estimate:
    """Answers a second while about 5,000 requests come, twenty times."""
    seconds = REQUESTS / requests_per_s
    return counting(replicated(partial(_answers, Requests(requests_per_s, mix), seed, row, seconds)), seconds)


def _answers(requests: Requests, seed: int, row: int, seconds: float, replication: int) -> tuple[int, float]:
    random = streams.generator(seed, row, replication)
    begin = seconds / 10 if requests.load < 1 else requests.mix.mean * random.random()
    left = _served(random, requests, begin + seconds).departure
    return int(np.count_nonzero((left > begin) & (left <= begin + seconds))), seconds


def _served(random: np.random.Generator, requests: Requests, seconds: float) -> queueing.Served:
    """The requests of so many seconds; where there is no long run, from a line that is there already."""
    if requests.load < 1:
        return requests.served(random, seconds)
    come = np.sort(random.uniform(0, seconds, random.poisson(requests.per_s * seconds)))
    arrivals = np.concatenate((np.zeros(grown(come.size)), come))
    return queueing.serve(arrivals, np.array(requests.mix.mean))


def grown(requests: float) -> int:
    """How many wait already where more come than can be answered: chance does not let them run out meanwhile."""
    return ceil(5 * sqrt(requests))


def observe(row: int, requests_per_s: float, *, yours: Yours, mix: Mix, ms: float) -> Estimate:
    """The same on a lab: answers that left each object during as long as its visits would take to come."""
    requests, seconds = Requests(requests_per_s, mix, (ms,)), yours.visits / requests_per_s
    visits, counted_from = [], []
    for number in range(yours.objects):
        begin, those = _visits(requests, yours, row, number, seconds)
        visits += those
        counted_from.append(begin)
    found = yours.played(yours.open(row, QUIET), visits)
    counts = [sum(begin < call.end <= begin + seconds for calls in each for call in calls)
              for begin, each in zip(counted_from, found, strict=True)]  # fmt: skip
    return counting(of_ratio(counts, [seconds] * len(counts)), seconds)


def _visits(requests: Requests, yours: Yours, row: int, number: int, seconds: float) -> tuple[float, Visits]:
    """From when on an object's answers are counted, and its visits: long enough before for the first to have left."""
    settling = SETTLING + requests.ms[0] / 1000 + requests.mix.mean * yours.random(row, number).random()
    if requests.load < 1:
        settling += WARM * requests.mix.mean
        begin, visits = requests.visits(yours, row, number, settling + seconds)
        return begin + settling, visits
    name, seconds = yours.names()[number], settling + seconds
    ask = partial(yours.visit, object=name, ms=requests.ms[0])
    line = [BEGIN] * grown(requests.per_s * seconds)
    come = traffic.moments(yours.random(row, number), requests.per_s, BEGIN, BEGIN + seconds)
    return BEGIN + settling, [("", ask(0)), *((name, ask(at)) for at in (*line, *come))]


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
    seed = streams.own(seed, "throughput", work, mix)
    yours = worker and Yours(worker, seed=seed, **{"url": f"/{{object}}/{work}/{{ms}}", **asked})
    return three_views(
        AXES, requests_per_s, partial(answered, service=mix.mean), partial(model, seed=seed, mix=mix),
        yours and partial(observe, yours=yours, mix=mix, ms=ms), executor=executor,
        label=f"{work} {ms:g} ms: busy for {1000 * mix.mean:g} ms", assumptions=(ASSUMPTION,),
    )  # fmt: skip
