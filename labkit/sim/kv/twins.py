"""Two data centres in one city: reads that go back in time.

A place can be several data centres with caches of their own, between which requests fall at random. After a write one
cache is new while the other is still old, so a visitor who reloads the page may see the new value and then the old one
again: KV promises no monotonic reads. And each cache sees a part of the city's reads alone, so fewer of them hit.

Theory: of two reads t and t + d seconds past a write, the first fresh and the second stale:
(1 - 1/c) (1 - f(t)) f(t + d) for c data centres, with f(t) = lam/c (T - t)+ / (1 + lam/c T). They go to different ones
with probability 1 - 1/c, and caches fed by split Poisson reads are independent; at one and the same, a fresh copy is
never followed by an older one. The hit ratio is that of one cache at lam/c.

That a city may hold disjoint caches: a guide to KV's caches of 2023 (facts, kv.centres). How many, and where, is not
published, nor whether a connection stays with one. Here each read draws anew, which is the worst case. In the lab:
`lab.kv("FLAGS").split("LHR")`.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np

from labkit import facts
from labkit.errors import LabError
from labkit.lab import Lab
from labkit.sim import refusals, streams, traffic
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, of_ratio, replicated
from labkit.sim.kv import copies, reader
from labkit.sim.kv.copies import REFRESH, goes_back
from labkit.sim.kv.yours import Write, Yours, is_stale

CENTRES = facts.value("kv.centres")
TIMES = (1, 5, 10, 20, 30, 40, 50, 58)
PAIRS = 3000
CYCLES = 2
"""Mean cycles of a cache (T plus a gap) for which a lab's places read before the write, from a random moment of one."""
AXES = Axes("Two data centres in a city", "seconds from the write to the first of two reads",
            "share of pairs that read the new value, then the old")  # fmt: skip
ASSUMPTION = "a city is {} data centres with caches of their own, and each read falls on any of them."


def model(row: int, after: float, *, seed: int, apart: float, reads_per_s: float, cache_ttl: float,
          centres: int) -> Estimate:  # fmt: skip
    """The share of 3,000 pairs of reads that go back in time, twenty times; each in a city of its own."""
    return replicated(partial(_back, after, seed, row, apart, reads_per_s, cache_ttl, centres))


def _back(after: float, seed: int, row: int, apart: float, reads_per_s: float, cache_ttl: float, centres: int,
          replication: int) -> tuple[int, int]:  # fmt: skip
    """Each pair has caches of its own, of which the first read falls on any, and so does the second."""
    random = streams.generator(seed, row, replication)
    chosen = (np.arange(PAIRS) * centres + random.integers(0, centres, (2, PAIRS))).ravel()
    moments = np.repeat([after, after + apart], PAIRS)
    reads = copies.simulate(random, PAIRS * centres, reads_per_s / centres, after + apart, cache_ttl,
                            probes=(chosen, moments))  # fmt: skip
    first, second = reads.stale(np.zeros(1))[reads.asked(chosen, moments)].reshape(2, PAIRS)
    return int((~first & second).sum()), PAIRS


def observe(row: int, after: float, *, yours: Yours, apart: float, reads_per_s: float, cache_ttl: float,
            centres: int) -> Estimate:  # fmt: skip
    """The same on a lab of split places: the Worker is asked twice at each, which is a replication."""
    lab, dice, cycle = _split_lab(row, yours, cache_ttl, centres), yours.random(row), cache_ttl + centres / reads_per_s
    written, everywhere = (CYCLES + 1) * cycle, yours.everywhere()
    first, second = written + after, written + after + apart
    visits = [yours.visit(at, *pair) for pair in everywhere
              for at in traffic.moments(dice, reads_per_s, dice.uniform(0, cycle), second)]  # fmt: skip
    writes = [Write(at, yours.kv, yours.key, value) for at, value in ((0, "old"), (written, "new"))]
    traffic.play(lab, [*writes, *visits, *(yours.visit(at, *pair) for pair in everywhere for at in (first, second))])
    stale = [_stale_at(lab, yours, moment) for moment in (first, second)]
    return of_ratio([not stale[0][colo] and stale[1][colo] for colo in yours.cities()], np.ones(len(everywhere)))


def _split_lab(row: int, yours: Yours, cache_ttl: float, centres: int) -> Lab:
    lab = yours.lab(row, cache_ttl)
    for colo in yours.cities():
        lab.kv(yours.kv).split(colo, centres)
    return lab


def _stale_at(lab: Lab, yours: Yours, moment: float) -> dict[str, bool]:
    """Whether the Worker's read in the visit that set out at this moment was stale, by place."""
    visits = {visit.request for visit in traffic.sent_since(lab, moment) if visit.start < moment + 1e-6}
    stale = {read.place: is_stale(read) for read in yours.reads(lab, moment) if read.request in visits}
    if len(stale) < yours.places:
        raise LabError(f"{yours.places - len(stale)} of {yours.places} visits to {yours.url} read nothing from KV.")
    return stale


def back_in_time(
    worker: Any = reader.Default, *, after: Sequence[float] = TIMES, apart: float = 1, reads_per_s: float = 0.05,
    cache_ttl: float = 60, centres: int = CENTRES, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The share of pairs of reads, `apart` seconds from one another, that see the new value and then the old one.

    In three views, against the seconds from the write to the first read. `reads_per_s` are the city's, for the key.
    `worker` and `asked` are as in `caching`: `places` are split cities, each of which is one pair.
    """
    refusals.from_0(after=after, apart=apart)
    refusals.above_0(reads_per_s=reads_per_s, cache_ttl=cache_ttl)
    refusals.whole(1, centres=centres)
    if cache_ttl > REFRESH:
        raise LabError(f"back_in_time() covers a cacheTtl of up to {REFRESH:g} s, the age at which KV refreshes a copy")
    shared = {"apart": apart, "reads_per_s": reads_per_s, "cache_ttl": cache_ttl, "centres": centres}
    yours = Yours(worker, seed=seed, **{"places": 100, **asked})
    return three_views(
        AXES, after, lambda seconds: goes_back(seconds, **shared), partial(model, seed=seed, **shared),
        worker and partial(observe, yours=yours, **shared), executor=executor,
        assumptions=(ASSUMPTION.format(centres),),
    )  # fmt: skip
