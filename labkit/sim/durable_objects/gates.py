"""Gates: how long a reply is held until the writes before it are confirmed, by how many there are.

A read is answered at once. A write is done at once too, but its reply waits at the output gate until three of five
followers have it: a round trip to the third nearest, whoever that is this time. All writes of one turn are one batch,
so that ten cost what one costs. With an `await` between them each is a batch of its own; they are on their way side by
side, and the reply waits for the slowest. Only who waits for each confirmation, with `sync()`, adds them up. The object
itself goes on meanwhile: held replies do not lower its ceiling.

Theory: one write is confirmed at C, the third smallest of five independent round trips, and a disk's write; E[C] by
the distribution of how many of unlike followers have answered. Then c + E[C] for a batch, E[max of t_i + C_i] for
writes at t_i, and c + n (E[C] + step) where each is waited for (`labkit.sim.durable_objects.trips`; order statistics:
H. A. David and H. N. Nagaraja, "Order Statistics" (2003), chapter 5). In ms; c is the event's own computing.
Source: https://blog.cloudflare.com/durable-objects-easy-fast-correct-choose-three/.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import cache, partial
from typing import Any

import numpy as np

from labkit.errors import LabError
from labkit.sim import streams
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.durable_objects import sources, trips
from labkit.sim.durable_objects.work import BASE, STEP
from labkit.sim.durable_objects.yours import BEGIN, Yours, took
from labkit.sim.estimates import Estimate, of_ratio, replicated

WRITES = (0, 1, 2, 4, 8, 16)
WAYS = ("coalesced", "awaited", "synced")
REQUESTS = 2000
COMPUTING = BASE + STEP
AXES = Axes("Output gates", "writes in a request", "mean ms to the object's answer", whole=True)
ASSUMPTION = (
    "the followers are in the five nearest places that can host an object, three must confirm, and a disk takes 2 ms."
)


@cache
def mean_held(writes: float, way: str, place: str) -> float:
    """Milliseconds from a request's arrival at the object to its answer, on average, after so many writes."""
    count = round(writes)
    end = COMPUTING + count * STEP
    if not count:
        return 1000 * end
    if way == "synced":
        return 1000 * (end + count * trips.confirmation(place))
    return 1000 * trips.confirmation(place, tuple(moments(count, way)), until=end)


def moments(writes: int, way: str) -> np.ndarray:
    """When each batch leaves, in seconds after the request's arrival: a turn of the loop apart, or all as one."""
    return COMPUTING + STEP * np.arange(1 if way == "coalesced" else writes)


def model(row: int, writes: float, *, seed: int, way: str, place: str) -> Estimate:
    """The same over 2,000 requests, twenty times."""
    return replicated(partial(_answers, round(writes), seed, row, way, place))


def _answers(writes: int, seed: int, row: int, way: str, place: str, replication: int) -> tuple[float, int]:
    random = streams.generator(seed, row, replication)
    end = COMPUTING + writes * STEP
    if not writes:
        return 1000 * end * REQUESTS, REQUESTS
    batches = 1 if way == "coalesced" else writes
    confirmed = trips.draw_confirmations(random, place, REQUESTS * batches).reshape(REQUESTS, batches)
    if way == "synced":
        return 1000 * float(confirmed.sum() + REQUESTS * end), REQUESTS
    last = (confirmed + moments(writes, way)).max(axis=1)
    return 1000 * float(np.maximum(last, end).sum()), REQUESTS


def observe(row: int, writes: float, *, yours: Yours) -> Estimate:
    """The same on a lab: calls of objects at rest, one a second each; every object is a replication."""
    visits = [("" if second < 0 else name, yours.visit(BEGIN + 1 + second, object=name, writes=round(writes)))
              for name in yours.names() for second in range(-1, yours.visits)]  # fmt: skip
    found = yours.played(yours.open(row), visits)
    return of_ratio([1000 * sum(map(took, each)) for each in found], [len(each) for each in found])


def gates(
    worker: Any = sources.LEDGER, *, writes: Sequence[float] = WRITES, way: str = "awaited", place: str = "LHR",
    seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The mean ms to an object's answer against the writes before it, in three views; the object lives at `place`.

    `way` is how they are written: "coalesced" in one turn, "awaited" one by one, "synced" until each is confirmed.
    `asked` says how a Worker of one's own is asked, as in `Yours`, with `{writes}` in its `url`; it reads once first.
    """
    if way not in WAYS:
        raise LabError(f"way={way!r}: it is {', '.join(WAYS)}.")
    seed = streams.own(seed, "gates", way, place)
    usual = {"url": f"/{{object}}/{way}/{{writes}}", "visits": 20, "lab": {"durable_objects": {"LEDGER": "Ledger"}}}
    yours = worker and Yours(worker, seed=seed, place=place, **{**usual, **asked})
    shared = {"way": way, "place": place}
    return three_views(
        AXES, writes, partial(mean_held, **shared), partial(model, seed=seed, **shared),
        yours and partial(observe, yours=yours), executor=executor, label=f"{way}, {place}", assumptions=(ASSUMPTION,),
    )  # fmt: skip
