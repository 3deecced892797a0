"""The pool: how long a query waits for one of c connections, which all requests of the planet share.

Hyperdrive holds a connection for as long as a transaction lasts, S seconds, the way from the pool to the database
included. Queries come by Poisson at lam, so that a = lam S connections are busy on average, and as many as c can be:

    W = (S / a) ((a^2 - c (c - 1)) / (2 (c - a)) + sum_{j=1..c-1} 1 / (1 - z_j))    (M/D/c)

with z_j the roots of z^c = e^(-a (1 - z)) inside of the unit circle (`labkit.sim.waiting.mdc_wait`). The lab's queries
all take as long as one another, so this is exact; were their times exponential, Erlang's formula would hold (M/M/c,
`labkit.sim.waiting.mmc_wait`), which is about twice as much. A few connections go far: what is shared waits much less
than c lines of one.

Source: C. D. Crommelin, "Delay probability formulae when the holding times are constant" (1932); A. K. Erlang (1917);
https://developers.cloudflare.com/hyperdrive/concepts/connection-pooling/. Assumed: what a query takes. The lab's short
runs begin in states that a long queue was found in, the model's first customers are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from labkit.emulators.hyperdrive.batches import Batch
from labkit.emulators.hyperdrive.messages import Message, cstring
from labkit.emulators.hyperdrive.routes import Pooled
from labkit.errors import LabError
from labkit.lab import Lab
from labkit.sim import queueing, refusals, streams, traffic, waiting
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import LEAST_REPLICATIONS, Estimate, of_mean
from labkit.sim.hyperdrive.yours import HOP, ORIGIN, THROUGH, TIMES_ASSUMED, Yours
from labkit.sim.traffic import Visit

LOADS = (0.5, 0.6, 0.7, 0.8, 0.9)
FULLEST = 0.97
AXES = Axes("Hyperdrive's pool", "queries/s of all requests together", "ms that a query waits for a connection")
QUERIES, WARM_UP = 20_000, 4_000
VISITS, RUNS = 5, 60
LEAD = 0.01
"""Seconds by which what a run finds at work began before it: longer than the way from the pool to the database."""
INSTANT = 1e-6


def wait_ms(queries_per_s: float, *, held: float, connections: int) -> float:
    """Milliseconds that a query waits on average, where each holds a connection for `held` seconds."""
    return 1000 * waiting.mdc_wait(queries_per_s, held, connections)


def model(row: int, queries_per_s: float, *, seed: int, held: float, connections: int) -> Estimate:
    """The mean wait of 20,000 queries, twenty times; 4,000 before them find an emptier pool and are not counted."""
    random = (streams.generator(seed, row, number) for number in range(LEAST_REPLICATIONS))
    waits = [_served(each, queries_per_s, held, connections).wait[WARM_UP:].mean() for each in random]
    return of_mean(1000 * np.array(waits), LEAST_REPLICATIONS * QUERIES)


def _served(random: np.random.Generator, queries_per_s: float, held: float, connections: int) -> queueing.Served:
    arrivals = np.cumsum(random.exponential(1 / queries_per_s, WARM_UP + QUERIES))
    return queueing.serve(arrivals, np.full(arrivals.size, held), connections)


def found(served: queueing.Served, number: int) -> tuple[np.ndarray, int]:
    """What a customer finds: for how long those at work will be, and how many are in line."""
    now, before = served.arrival[number], slice(max(number - 1000, 0), number)
    left = served.departure[before] - now
    at_work = (left > 0) & (served.start[before] <= now)
    return np.sort(left[at_work]), int(np.sum(served.start[before] > now))


@dataclass(frozen=True)
class Held:
    """A query of somebody else's, next to the database, that holds a connection of the pool for so many seconds."""

    at: float
    hyperdrive: str
    seconds: float

    async def run(self, lab: Lab) -> None:
        hyperdrive = lab.hyperdrive(self.hyperdrive)
        batch = Batch.of([Message("Q", cstring(f"SELECT pg_sleep({self.seconds - HOP:.9f})"))], {})
        with hyperdrive.operation(batch, ORIGIN) as event:
            await Pooled(hyperdrive, ORIGIN, "somebody else").ask(batch, event)


def observe(row: int, queries_per_s: float, *, yours: Yours, held: float, connections: int) -> Estimate:
    """The same on a lab: visits next to the database, in short runs, each a replication.

    Each begins in a state that a customer of a long queue found; which, is spread evenly over how long they waited.
    """
    lab, random = yours.lab(row, origin_connection_limit=connections), streams.generator(yours.seed, row)
    lab.hyperdrive(yours.hyperdrive).slow(0)
    url = yours.url.replace("{seconds}", f"{held - HOP:g}")
    late, gap = _until_it_asks(lab, yours, connections, url), 10 * VISITS / queries_per_s + 100 * held
    happenings: list[traffic.Happening] = []
    begins = (gap * np.arange(1, RUNS + 1)).tolist()
    for begin, (left, in_line) in zip(begins, _states(random, queries_per_s, held, connections), strict=True):
        asked = begin + late
        happenings += [Held(asked - LEAD, yours.hyperdrive, LEAD + each) for each in left.tolist()]
        happenings += [Held(asked - INSTANT, yours.hyperdrive, held)] * in_line
        moments = begin + np.append(0.0, np.cumsum(random.exponential(1 / queries_per_s, VISITS - 1)))
        happenings += [Visit(at, ORIGIN, url) for at in moments.tolist()]
    traffic.play(lab, happenings)
    waits = np.zeros((2, RUNS))
    for query in yours.queries(lab, gap):
        waits[:, int(query.start // gap) - 1] += 1, query.detail.get("wait", 0.0)
    return of_mean(1000 * waits[1] / np.maximum(waits[0], 1), int(waits[0].sum()))


def _until_it_asks(lab: Lab, yours: Yours, connections: int, url: str) -> float:
    """Seconds from a visit's start to its query, once every connection of the pool is open and the Worker is warm."""
    opening = [Held(0.0, yours.hyperdrive, 1.0)] * connections
    traffic.play(lab, [*opening, Visit(2.0, ORIGIN, url), Visit(4.0, ORIGIN, url)])
    [visit] = traffic.sent_since(lab, 4.0)
    return yours.queries(lab, 4.0)[0].start - visit.start


def _states(random: np.random.Generator, queries_per_s: float, held: float, connections: int):
    """What customers of a long queue found, a customer for each run."""
    served = _served(random, queries_per_s, held, connections)
    by_wait = WARM_UP + np.argsort(served.wait[WARM_UP:], kind="stable")
    shares = (np.arange(RUNS) + random.random(RUNS)) / RUNS
    return [found(served, number) for number in by_wait[(shares * QUERIES).astype(int)].tolist()]


def pool(
    worker: Any = THROUGH, *, queries_per_s: Sequence[float] | None = None, held: float = 0.1, connections: int = 5,
    seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The mean wait for a connection of the pool against the rate of queries, in three views.

    Each holds one of `connections` (5 is the fewest that a configuration may have) for `held` seconds. The rates are,
    where none are given, 50 to 90 % of what the pool can do. `worker` makes a query that takes `{seconds}` where `url`
    is asked; None leaves it out. `asked` says how, as in `Yours`. One that holds its connection for longer, in a
    transaction, leaves the line.
    """
    refusals.above_0(held=held)
    refusals.whole(1, connections=connections)
    rates = [load * connections / held for load in LOADS] if queries_per_s is None else queries_per_s
    refusals.above_0(queries_per_s=rates)
    if max(rates) * held > FULLEST * connections:
        raise LabError(f"{max(rates):g} queries/s that hold a connection for {held:g} s each want more than "
                       f"{FULLEST:.0%} of the {connections} of the pool: the line takes hours to settle, or grows "
                       "until queries are given up")  # fmt: skip
    shared = {"held": held, "connections": connections}
    yours = Yours(worker, seed=seed, **{"url": "/busy/{seconds}", **asked})
    return three_views(
        AXES, rates, partial(wait_ms, **shared), partial(model, seed=seed, **shared),
        worker and partial(observe, yours=yours, **shared), executor=executor,
        label=f"{connections} connections, {1000 * held:g} ms each", assumptions=(TIMES_ASSUMED,),
    )  # fmt: skip
