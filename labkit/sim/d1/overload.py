"""Overload: which share of queries D1 refuses, once more come than its one thread can do.

Up to 1000 wait, each for up to 10 s; who finds the line full, or has waited for so long, is refused as "overloaded".
Both bounds are the lab's assumptions; how they show is exact. For Poisson queries of S seconds each, rho = lam S:

    where 1001 S <= 10 s     M/D/1/K with K = 1001:             refused = 1 - 1 / (p + rho)
    where they are slower    M/D/1 with patience D = 10 s:      refused = 1 - H / (1 + rho H)

(`labkit.sim.loss` has p and H). Either is next to nothing below a load of 1 and 1 - 1 / rho above it: the thread does
what it can, and the rest is refused. A bounded line changes who waits, not how much is done.

Source: https://developers.cloudflare.com/d1/observability/debug-d1/ (both errors, no figures); see `labkit.sim.loss`.
Above a load of 1 both views begin with a full line, and what comes until it is as in the long run is not counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from math import sqrt
from typing import Any

import numpy as np

from labkit import facts
from labkit.errors import LabError
from labkit.sim import loss, refusals, streams, traffic
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.d1 import queries as workers
from labkit.sim.d1.thread import SERVICE_ASSUMED, Before, Scans
from labkit.sim.d1.yours import PRIMARY, Yours
from labkit.sim.estimates import LEAST_REPLICATIONS, Estimate, of_ratio, replicated
from labkit.sim.traffic import Visit

BELOW, ABOVE = 0.9, 1.2
"""Loads between which a line remembers its beginning for longer than `SETTLING`."""
LOADS = (0.5, BELOW, ABOVE, 1.5, 2, 3)
ROOM = 1 + int(facts.value("d1.queue_requests"))
PATIENCE = float(facts.value("d1.queue_seconds"))
SETTLING = 200
"""Queries that are not counted, at a load of 1.2 some five times what a full line takes to forget its beginning."""
QUERIES = 5_000
AXES = Axes("D1 overload", "queries/s of one database", "share of queries refused as overloaded")
BOUNDS_ASSUMED = f"{ROOM - 1} queries wait at most, and for {PATIENCE:g} s; documented are the errors alone."


def refused(queries_per_s: float, *, service: float) -> float:
    """The share of queries that are refused, of `service` seconds each."""
    load = queries_per_s * service
    if ROOM * service <= PATIENCE:
        return loss.refused_by_length(load, ROOM)
    return loss.refused_by_patience(load, round(PATIENCE / service))


def line(queries_per_s: float, service: float) -> int:
    """How many queries are there when a run begins: none below a load of 1, above it as many as can be."""
    return min(ROOM, round(PATIENCE / service)) if queries_per_s * service > 1 else 0


def model(row: int, queries_per_s: float, *, seed: int, service: float) -> Estimate:
    """The share refused of 5,000 queries, twenty times."""
    return replicated(partial(_refused, queries_per_s, seed, row, service))


def _refused(queries_per_s: float, seed: int, row: int, service: float, replication: int) -> tuple[int, int]:
    random = streams.generator(seed, row, replication)
    gaps = random.exponential(1 / queries_per_s, SETTLING + QUERIES)
    arrivals = np.concatenate((np.zeros(line(queries_per_s, service)), np.cumsum(gaps)))
    waits = loss.serve(arrivals, np.full(arrivals.size, service), ROOM, PATIENCE)
    return int(np.isinf(waits[-QUERIES:]).sum()), QUERIES


def observe(row: int, queries_per_s: float, *, yours: Yours, service: float, visits: int) -> Estimate:
    """The same on a lab: visits at the primary's own place, one after the other; each batch of them a replication.

    A full line joins batches: what one refuses depends on what the last one left. So the error is never less than that
    of Poisson arrivals alone, who are refused for all that the thread cannot do: 1 / (rho sqrt(n)).
    """
    lab = yours.lab(row, PRIMARY)
    rows, random, begin = Scans(lab, yours.d1).rows(service), streams.generator(yours.seed, row), 60.0
    url = yours.url.replace("{rows}", str(rows))
    full = [Before(begin, yours.d1, rows)] * line(queries_per_s, service)
    moments = begin + np.cumsum(random.exponential(1 / queries_per_s, SETTLING + visits))
    traffic.play(lab, [Visit(0.0, PRIMARY, url), *full, *(Visit(at, PRIMARY, url) for at in moments.tolist())])
    calls = yours.calls(lab, traffic.sent_since(lab, float(moments[SETTLING])))
    was_refused = [call.outcome == "overloaded" for call in sorted(calls, key=lambda call: call.start)]
    batches = np.array_split(np.array(was_refused), LEAST_REPLICATIONS)
    estimate = of_ratio([batch.sum() for batch in batches], [batch.size for batch in batches])
    least = 1 / (queries_per_s * service * sqrt(estimate.counted)) if queries_per_s * service > 1 else 0.0
    return replace(estimate, error=max(estimate.error, least))


def overload(
    worker: Any = workers.Default, *, queries_per_s: Sequence[float] | None = None, service: float = 0.001,
    visits: int = 800, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The share of queries that D1 refuses against their rate, in three views.

    Each takes `service` seconds. The rates are, where none are given, half to three times what the thread can do.
    `worker` and `asked` are as in `labkit.sim.d1.thread`; it is asked `visits` times a row. A Worker that tries again
    what was refused asks more often than its visitors do, and leaves the line.
    """
    refusals.above_0(service=service)
    refusals.whole(LEAST_REPLICATIONS, visits=visits)
    rates = [load / service for load in LOADS] if queries_per_s is None else queries_per_s
    refusals.above_0(queries_per_s=rates)
    if any(BELOW < rate * service < ABOVE for rate in rates):
        raise LabError(f"a line at a load near 1 takes hours to settle: give rates up to {BELOW / service:g}/s, or "
                       f"from {ABOVE / service:g}/s on")  # fmt: skip
    if ROOM * service > PATIENCE and max(rates) * PATIENCE > ROOM - 6 * ROOM**0.5:
        raise LabError(f"{max(rates):g} queries/s of {1000 * service:g} ms each fill the line before anybody in it has "
                       "waited for too long: no closed form has both bounds")  # fmt: skip
    yours = Yours(worker, seed=seed, **{"url": "/scan/{rows}", **asked})
    return three_views(
        AXES, rates, partial(refused, service=service), partial(model, seed=seed, service=service),
        worker and partial(observe, yours=yours, service=service, visits=visits), executor=executor,
        label=f"{1000 * service:g} ms a query", assumptions=(BOUNDS_ASSUMED, SERVICE_ASSUMED),
    )  # fmt: skip
