"""One thread: how long a query waits for those before it, as one database is asked more often.

A database does one query at a time, so that 1/S queries a second is all there is: a thousand at 1 ms, ten at 100 ms.
Well before that the line grows. Poisson queries at rate lam, with services of mean S (rho = lam S):

    all alike (M/D/1)    W = rho S / (2 (1 - rho))
    a mixture (M/G/1)    W = lam E[S^2] / (2 (1 - rho))

so that a few slow queries make all the fast ones wait. The lab's services are fixed by the rows that a query reads.

Source: F. Pollaczek (1930), A. Y. Khinchine (1932); L. Kleinrock, "Queueing Systems" I (1975), 5.7; the single thread:
https://developers.cloudflare.com/d1/platform/limits/. No warm-up: both views begin with work drawn from the long run,
a geometric number of leftovers of services (V. E. Benes, 1957; Kleinrock, 5.12). Assumed: what a query takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from math import log, log1p
from typing import Any

import numpy as np

from labkit.errors import LabError
from labkit.lab import Lab
from labkit.sim import queueing, refusals, streams, traffic, waiting
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.d1 import queries as workers
from labkit.sim.d1.yours import PRIMARY, Yours
from labkit.sim.estimates import LEAST_REPLICATIONS, Estimate, of_mean
from labkit.sim.traffic import Visit

LOADS = (0.1, 0.3, 0.5, 0.7, 0.8, 0.9)
AXES = Axes("D1's one thread", "queries/s of one database", "ms that a query waits, on average")
QUERIES = 20_000
VISITS = 10
RUNS, BUSY = 120, 20.0
"""Runs of a row; fewer where they take more than so many seconds of the thread, for the lab's SQLite does count."""
LEAD = 0.001
"""Seconds by which the work that a run finds began before it: longer than the shortest query."""
SERVICE_ASSUMED = "what a query takes is set by the rows that it reads: the lab counts 0.2 microseconds an instruction."


@dataclass(frozen=True)
class Mix:
    """The services of queries, in seconds: `service`, or for a `slow_share` of them `slow`."""

    service: float = 0.001
    slow: float = 0.0
    slow_share: float = 0.0

    @property
    def mean(self) -> float:
        return (1 - self.slow_share) * self.service + self.slow_share * self.slow

    @property
    def squared(self) -> float:
        """The mean of the square."""
        return (1 - self.slow_share) * self.service**2 + self.slow_share * self.slow**2

    def draw(self, random: np.random.Generator, count: int) -> np.ndarray:
        return np.where(random.random(count) < self.slow_share, self.slow, self.service)

    def work(self, random: np.random.Generator, load: float, share: float) -> float:
        """Seconds of work that are there in the long run: leftovers of services, n and more with chance load^n.

        `share` is the uniform number that says how many.
        """
        number = int(log1p(-share) / log(load))
        is_slow = random.random(number) < self.slow_share * self.slow / self.mean
        return float(np.sum(random.random(number) * np.where(is_slow, self.slow, self.service)))

    @property
    def words(self) -> str:
        fast = f"{1000 * self.service:g} ms a query"
        return f"{fast}, {self.slow_share:.0%} of them {1000 * self.slow:g} ms" if self.slow_share else fast


def wait_ms(queries_per_s: float, *, mix: Mix) -> float:
    """Milliseconds that a query waits for its turn on average; infinite at a load of 1 and beyond."""
    return 1000 * float(waiting.mg1_wait(queries_per_s, mix.mean, mix.squared))


def model(row: int, queries_per_s: float, *, seed: int, mix: Mix) -> Estimate:
    """The mean wait of 20,000 queries, twenty times."""
    random = (streams.generator(seed, row, number) for number in range(LEAST_REPLICATIONS))
    waits = [_mean_wait(each, queries_per_s, mix) for each in random]
    return of_mean(1000 * np.array(waits), LEAST_REPLICATIONS * QUERIES)


def _mean_wait(random: np.random.Generator, queries_per_s: float, mix: Mix) -> float:
    work = mix.work(random, queries_per_s * mix.mean, random.random())
    services = mix.draw(random, QUERIES)
    arrivals = moments(random, queries_per_s, QUERIES)
    served = queueing.serve(np.append(0.0, arrivals), np.append(work, services))
    return float(served.wait[1:].mean())


def moments(random: np.random.Generator, queries_per_s: float, count: int) -> np.ndarray:
    """When Poisson queries come, the first at 0: so it finds the work that is there at any moment of the long run."""
    return np.append(0.0, np.cumsum(random.exponential(1 / queries_per_s, count - 1)))


@dataclass(frozen=True)
class Before:
    """Somebody else's query, which counts so many rows."""

    at: float
    d1: str
    rows: int

    async def run(self, lab: Lab) -> None:
        await lab.d1(self.d1).binding(PRIMARY).prepare(workers.SCAN).bind(self.rows).run()


class Scans:
    """How many rows a scan must count to take so many seconds of the thread, as this lab's database has it."""

    def __init__(self, lab: Lab, d1: str):
        self.lab, self.d1 = lab, d1
        few, many = (self._seconds(rows) for rows in (2, 1002))
        self.per_row = (many - few) / 1000
        self.base = few - 2 * self.per_row

    def _seconds(self, rows: int) -> float:
        binding = self.lab.d1(self.d1).binding(PRIMARY)
        return self.lab.run(binding.prepare(workers.SCAN).bind(rows).run()).meta.duration / 1000

    def rows(self, seconds: float) -> int:
        """The rows of a scan that takes about so long. Refuses what is less than any query takes."""
        if (rows := round((seconds - self.base) / self.per_row)) < 1:
            raise LabError(f"a query of {1000 * seconds:g} ms: each takes {1000 * self.base:.2g} ms at least")
        return rows


def observe(row: int, queries_per_s: float, *, yours: Yours, mix: Mix, runs: int) -> Estimate:
    """The same on a lab: visits at the primary's own place, in short runs from the long-run state, each a replication.

    Many short runs tell more than a few long ones: at a high load, neighbours in line wait nearly as long. What the
    runs find is spread evenly over its law, so that the interval is rather too wide.
    """
    lab = yours.lab(row, PRIMARY)
    scans, random = Scans(lab, yours.d1), streams.generator(yours.seed, row)
    gap = 2 * VISITS / queries_per_s + 1000 * mix.mean + 60
    happenings: list[traffic.Happening] = [Visit(0.0, PRIMARY, yours.url.replace("{rows}", "1"))]  # the cold start
    for run, begin in enumerate((gap * np.arange(1, runs + 1)).tolist()):
        if work := mix.work(random, queries_per_s * mix.mean, (run + random.random()) / runs):
            happenings.append(Before(begin - LEAD, yours.d1, scans.rows(work + LEAD)))
        arrivals = begin + moments(random, queries_per_s, VISITS)
        for at, service in zip(arrivals.tolist(), mix.draw(random, VISITS).tolist(), strict=True):
            happenings.append(Visit(at, PRIMARY, yours.url.replace("{rows}", str(scans.rows(service)))))
    traffic.play(lab, happenings)
    calls = yours.calls(lab, traffic.sent_since(lab, gap))
    waits = np.zeros((2, runs))
    for call in calls:
        waits[:, int(call.start // gap) - 1] += 1, call.detail["waited"]
    return of_mean(1000 * waits[1] / np.maximum(waits[0], 1), len(calls))


def thread(
    worker: Any = workers.Default, *, queries_per_s: Sequence[float] | None = None, service: float = 0.001,
    slow: float = 0.1, slow_share: float = 0.0, runs: int | None = None, seed: int = 4,
    executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The mean wait for the one thread of a database against the rate of queries, in three views.

    A query takes `service` seconds, or for a `slow_share` of them `slow`. The rates are, where none are given, 10 to
    90 % of what the thread can do. `worker` makes a query that counts `{rows}` where `url` is asked; None leaves it
    out. `asked` says how, as in `Yours`: `d1="DB"`, `url="/scan/{rows}"`. It is asked in `runs` of ten visits, where
    none are given 120, fewer of queries that are slow.
    """
    refusals.above_0(service=service, slow=slow)
    refusals.shares(slow_share=slow_share)
    mix = Mix(service, slow if slow_share else 0.0, slow_share)
    rates = [load / mix.mean for load in LOADS] if queries_per_s is None else queries_per_s
    refusals.above_0(queries_per_s=rates)
    if max(rates) * mix.mean >= 1:
        raise LabError(f"{max(rates):g} queries/s of {1000 * mix.mean:g} ms each: the line would grow for ever, and D1 "
                       "refuses in the end; `d1.overload` shows that.")  # fmt: skip
    runs = runs or max(LEAST_REPLICATIONS, min(RUNS, round(BUSY / (VISITS * mix.mean))))
    yours = Yours(worker, seed=seed, **{"url": "/scan/{rows}", **asked})
    return three_views(
        AXES, rates, partial(wait_ms, mix=mix), partial(model, seed=seed, mix=mix),
        worker and partial(observe, yours=yours, mix=mix, runs=runs), executor=executor,
        label=mix.words, assumptions=(SERVICE_ASSUMED,),
    )  # fmt: skip
