"""The ceiling: how long one object takes to answer as requests come faster. It is one thread, so 1 / S is all it does.

An object that is busy for S seconds a request answers at most 1 / S requests a second, and those who come meanwhile
wait: at half of that already for half of S on average, at nine tenths for 4.5 S, beyond it for ever. What counts is
how long others are kept out: computing and `blockConcurrencyWhile` do, waiting for another host does not, and nor
does the confirmation of a write, which holds the reply alone (`gates`).

Theory: the mean time to the answer is S + lam E[S^2] / (2 (1 - lam S)), Pollaczek and Khinchine's formula (L.
Kleinrock, "Queueing Systems" I (1975), 5.6); M/D/1 where all requests are alike. Poisson requests at
lam = `requests_per_s`. The object answers in the order of arrival, and never refuses: the platform answers
"overloaded" where too many wait, or for too long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

from labkit.sim import streams, waiting
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.backlog import Mix
from labkit.sim.durable_objects import sources
from labkit.sim.durable_objects.requests import Requests
from labkit.sim.durable_objects.work import ASSUMPTION, kinds_of, mix_of
from labkit.sim.durable_objects.yours import QUIET, Yours, took
from labkit.sim.estimates import Estimate, of_ratio, replicated

RATES = (20, 60, 100, 140, 170, 190)
REQUESTS = 50_000
AXES = Axes("One object's ceiling", "requests/s of one object", "mean ms to the object's answer")


def mean_latency(requests_per_s: float, mix: Mix) -> float:
    """Milliseconds from a request's arrival at the object to its answer, on average; infinite from 1 / S on."""
    return 1000 * float(mix.mean + waiting.mg1_wait(requests_per_s, mix.mean, mix.squared))


def model(row: int, requests_per_s: float, *, seed: int, mix: Mix) -> Estimate:
    """The same over about 50,000 requests, twenty times, from the long-run state."""
    return replicated(partial(_latencies, Requests(requests_per_s, mix), seed, row))


def _latencies(requests: Requests, seed: int, row: int, replication: int) -> tuple[float, int]:
    served = requests.served(streams.generator(seed, row, replication), REQUESTS / requests.per_s)
    return 1000 * float(served.sojourn[1:].sum()), served.arrival.size - 1


def observe(row: int, requests_per_s: float, *, yours: Yours, mix: Mix, ms: Sequence[float]) -> Estimate:
    """The same on a lab, where each object is a replication; from the calls of objects in the trace."""
    requests, seconds = Requests(requests_per_s, mix, tuple(ms)), yours.visits / requests_per_s
    visits = [visit for number in range(yours.objects) for visit in requests.visits(yours, row, number, seconds)[1]]
    found = yours.played(yours.open(row, QUIET), visits)
    return of_ratio([1000 * sum(map(took, each)) for each in found], [len(each) for each in found])


def ceiling(
    worker: Any = sources.COUNTER, *, requests_per_s: Sequence[float] = RATES, work: str = "compute",
    ms: float | Mapping[float, float] = 5, service: float | None = None, seed: int = 4,
    executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The mean ms to one object's answer against the rate, in three views. Rates are below 1 / S.

    A request of the default `worker` keeps the object for `ms` by `work`, "compute" or "section"; a mapping gives the
    share of the requests by their ms (M/G/1). For a Worker of one's own, `service` is the S that one claims, and
    `asked` says how it is asked, as in `Yours`: `url="/room/{object}"`, `lab={"durable_objects": {"ROOM": "Room"}}`.
    """
    mix = mix_of(work, ms, service)
    seed = streams.own(seed, "ceiling", work, mix)
    usual = {"url": f"/{{object}}/{work}/{{ms}}", "objects": 80, "visits": 10}  # many: a line's waits are much alike
    yours = worker and Yours(worker, seed=seed, **{**usual, **asked})
    return three_views(
        AXES, requests_per_s, partial(mean_latency, mix=mix), partial(model, seed=seed, mix=mix),
        yours and partial(observe, yours=yours, mix=mix, ms=kinds_of(ms)), executor=executor,
        label=f"{1000 * mix.mean:g} ms each: at most {1 / mix.mean:.0f}/s", assumptions=(ASSUMPTION,),
    )  # fmt: skip
