"""Where the data is: the mean time of a read over the planet, from the primary alone and as replicas are added.

A session's read goes to the nearest instance, so over the visitors' places p, as many visitors at each,

    mean time = mean over p of min over instances i of RTT(p, i), + s + c

RTT is the mean round trip (lognormal messages), s the query's time at the database, c the Worker's. The platform has
no replicas or all six; the numbers between show what each region brings, that of the primary itself nothing. Without a
session every read goes to the primary (https://developers.cloudflare.com/d1/best-practices/read-replication/).

Assumed: one place for each region's replica, that the nearest answers, s, c, and the network's figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np

from labkit.errors import LabError
from labkit.network.links import half_rtt
from labkit.sim import refusals, streams, traffic, ways
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.d1 import notes
from labkit.sim.d1.yours import CPU, NETWORK_ASSUMED, QUERY, QUERY_ASSUMED, REPLICAS, Yours
from labkit.sim.estimates import LEAST_REPLICATIONS, Estimate, of_mean
from labkit.sim.traffic import Visit

COUNTS = (0, 1, 2, 3, 4, 5, 6)
AXES = Axes("D1 reads over the planet", "read replicas", "mean ms of a read", whole=True)
PLACE_ASSUMED = "each region's replica is at one place, and the nearest answers; documented are regions."


def half_trips(replicas: int, primary: str, places: Sequence[str]) -> np.ndarray:
    """Median seconds one way from each place to the nearest instance: the primary or one of the first replicas."""
    instances = (primary, *REPLICAS[:replicas])
    return np.array([min(half_rtt(place, each) for each in instances) for place in places])


def read_ms_at(replicas: float, *, primary: str, places: Sequence[str]) -> np.ndarray:
    """Mean milliseconds of a read at each of the places."""
    return 1000 * (2 * ways.STRETCH * half_trips(int(replicas), primary, places) + QUERY + CPU)


def read_ms(replicas: float, *, primary: str, places: Sequence[str]) -> float:
    """Milliseconds of a read, on average over the places."""
    return float(read_ms_at(replicas, primary=primary, places=places).mean())


def model(row: int, replicas: float, *, seed: int, primary: str, places: Sequence[str]) -> Estimate:
    """The mean of a read from every place, a hundred of them a replication."""
    away = np.tile(half_trips(int(replicas), primary, places), (100, 2, 1))
    means = [ways.draw(streams.generator(seed, row, number), away).sum(axis=1).mean()
             for number in range(LEAST_REPLICATIONS)]  # fmt: skip
    return of_mean(1000 * (np.array(means) + QUERY + CPU), LEAST_REPLICATIONS * 100 * len(places))


def observe(row: int, replicas: float, *, yours: Yours, primary: str, places: Sequence[str]) -> Estimate:
    """The same on a lab: the learner's Worker is asked at every place in turn; a round is a replication."""
    lab = yours.lab(row, primary, read_replication="auto")
    there = lab.d1(yours.d1).replicas
    for region in list(there)[int(replicas) :]:
        del there[region]
    visits = [Visit(2.0 * turn, place, yours.url.replace("{key}", "any"))
              for turn, place in enumerate(yours.rounds * list(places))]  # fmt: skip
    traffic.play(lab, visits)
    times = yours.spans(lab)
    return of_mean(1000 * np.reshape(times, (yours.rounds, len(places))).mean(axis=1), len(times))


def nearest(
    worker: Any = notes.Default, *, replicas: Sequence[int] = COUNTS, primary: str = "IAD", pops: int = 60,
    seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The mean time of a read over `pops` places against the number of replicas, in three views.

    `worker` makes one read where `url` is asked; None leaves it out. `asked` says how, as in `Yours`. A Worker without
    a session gains nothing from replicas, and so leaves the line.
    """
    refusals.whole(replicas=replicas)
    if max(replicas) > len(REPLICAS):
        raise LabError(f"{max(replicas)} replicas: D1 has {len(REPLICAS)}, one in each region")
    shared = {"primary": primary, "places": traffic.cities(pops)}
    given = {"rounds": LEAST_REPLICATIONS, **asked}
    return three_views(
        AXES, replicas, partial(read_ms, **shared), partial(model, seed=seed, **shared),
        worker and partial(observe, yours=Yours(worker, seed=seed, **given), **shared), executor=executor,
        label=f"primary at {primary}", assumptions=(PLACE_ASSUMED, QUERY_ASSUMED, NETWORK_ASSUMED),
    )  # fmt: skip
