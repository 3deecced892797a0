"""Smart Tiered Cache: places ask the cache beside the bucket before the bucket, so that few reads reach it.

A miss in Nairobi is answered from what Tokyo fetched, across an ocean all the same: tiers spare the bucket, not the
reader. An object that the world asks for less than once in a max-age is seldom there.

Theory: of the places' misses, 1 - 1 / (1 + (n - 1) (1 - e^(-lam T))) are answered by the upper tier, for Poisson reads
at lam a second at each of n places and max-age T. A copy goes on to age from when the upper tier got it, so all copies
of an object expire together: one place's miss goes on to the bucket, and each of the others asks the upper tier once,
if it is asked at all in that time. Derived in `labkit.sim.tiers.aged_hit_ratio`; the bucket so gets 1 / (1 + n lam T)
of the reads, as if the world had one cache. https://developers.cloudflare.com/cache/how-to/tiered-cache/

Assumed: a fill takes no time, nothing is purged or thrown out for room, and nobody reads at the upper tier's own place.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from math import inf
from typing import Any

import numpy as np

from labkit.sim import refusals, streams, traffic
from labkit.sim import tiers as trees
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, of_counts, replicated
from labkit.sim.kv import copies
from labkit.sim.r2 import publisher
from labkit.sim.r2.yours import Yours

RATES = (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3)
MAX_AGE = 600.0
READS, OBJECTS, LEAD = 10_000, 20, 10.0
"""Reads a replication of the model, objects that are read, seconds in which the lab's are stored."""
AXES = Axes("The tier beside a bucket", "reads/s of one object at each place", "share of misses it answers", log_x=True)


def upper_hit_ratio(reads_per_s, max_age, places):
    """The share of the places' misses that the tier beside the bucket answers: 1 - 1 / (1 + (n - 1) q)."""
    return trees.aged_hit_ratio(reads_per_s, max_age, places)


def requests(random: np.random.Generator, places: int, reads_per_s: float, max_age: float,
             seconds: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """Object, place and moment of each read from the long run on, which begins at 0, unsorted.

    An object that is cached then has been for the age of a single cache that all places ask; whoever fetched it and all
    who have read it since come before 0.
    """
    ages = copies.draw_ages(random, OBJECTS, places * reads_per_s, max_age, inf)
    cached = np.flatnonzero(np.isfinite(ages))
    since = np.where(np.isfinite(ages), ages, 0)
    which = np.repeat(np.arange(OBJECTS), random.poisson(places * reads_per_s * (since + seconds)))
    at = np.concatenate((-ages[cached], random.uniform(-since[which], seconds)))
    which = np.concatenate((cached, which))
    return which, random.integers(0, places, which.size), at


def model(row: int, reads_per_s: float, *, seed: int, places: int, max_age: float) -> Estimate:
    """The share over the misses of about 10,000 reads of 20 objects, twenty times."""
    return replicated(partial(_answered, reads_per_s, seed, row, places, max_age))


def _answered(reads_per_s: float, seed: int, row: int, places: int, max_age: float,
              replication: int) -> tuple[int, int]:  # fmt: skip
    seconds = READS / (OBJECTS * places * reads_per_s)
    which, place, at = requests(streams.generator(seed, row, replication), places, reads_per_s, max_age, seconds)
    ticks = streams.Ticks(max_age + seconds, max_age)
    words = streams.words(which, ticks.of(max_age + at))
    order = np.argsort(words)
    missed, fetched = trees.aged_misses(words[order], place[order], int(ticks.of(max_age)))
    asked, gone_on = ((at[order][requests] >= 0).sum() for requests in (missed, fetched))
    return int(asked - gone_on), int(asked)


def observe(row: int, reads_per_s: float, *, yours: Yours, max_age: float) -> Estimate:
    """The same on a lab, each object a replication; a response tells by its headers where it comes from."""
    lab, begin = yours.lab(row, max_age, tiered=True), max_age + LEAD
    keys = [f"{number}-{yours.key}" for number in range(OBJECTS)]
    traffic.play(lab, [yours.write(0, "an object", key) for key in keys])
    yours.stored(lab, *keys)
    cities = [colo for colo in traffic.cities(yours.places + 1) if colo != lab.r2(yours.binding).home][: yours.places]
    random, seconds = streams.generator(yours.seed, row), yours.visits / (OBJECTS * yours.places * reads_per_s)
    reads = sorted(zip(*(column.tolist() for column in requests(random, yours.places, reads_per_s, max_age, seconds)),
                       strict=True), key=lambda read: read[2])  # fmt: skip
    answers = traffic.play(lab, [yours.from_domain(begin + at, cities[place], keys[which])
                                 for which, place, at in reads])  # fmt: skip
    missed = [(which, answer) for (which, _, at), answer in zip(reads, answers, strict=True)
              if at >= 0 and not is_own(answer)]  # fmt: skip
    answered = (which for which, answer in missed if answer.headers["cf-cache-status"] == "HIT")
    return of_counts(range(OBJECTS), answered, (which for which, _ in missed))


def is_own(answer: Any) -> bool:
    """The place had it itself, and says how old it is."""
    return "age" in answer.headers


def tiers(
    worker: Any = publisher.Default, *, reads_per_s: Sequence[float] = RATES, max_age: float = MAX_AGE,
    places: int = 30, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The share of the places' misses that the cache beside the bucket answers, against the rate, in three views.

    `worker` and `asked` are as in `cached`; it stores each of 20 objects on PUT, by the path. Each is a replication.
    """
    refusals.above_0(reads_per_s=reads_per_s, max_age=max_age)
    refusals.whole(1, places=places)
    shared = {"max_age": max_age}
    yours = Yours(worker, seed=seed, **{"visits": 600, **asked, "places": places})
    return three_views(
        AXES, reads_per_s, partial(upper_hit_ratio, places=places, **shared),
        partial(model, seed=seed, places=places, **shared), worker and partial(observe, yours=yours, **shared),
        executor=executor,
    )  # fmt: skip
