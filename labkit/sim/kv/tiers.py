"""Tiers: which share of a place's misses the regional tier answers, so that nobody crosses an ocean.

Many places miss the same key at different moments, so their common tier has it most of the time; only the first miss
after a write goes on to a central store. The more often a key is written, and the fewer places share the tier, the less
it helps.

Theory: `labkit.sim.tiers.informed_hit_ratio`, exact. Model and lab begin in the long run's state: with each child's
last fetch, the newest of which is what the tier holds. That upper tiers hear of writes: facts, kv.upper_ttl, and
https://developers.cloudflare.com/kv/concepts/how-kv-works/. Assumed: a tier keeps what nobody writes for ever (a day in
the lab); where the tiers are. Published is that 30 % of misses end at the regional tier (2024): a mix of keys of
which most are read too seldom, not a constant of one key.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from math import inf
from typing import Any

import numpy as np

from labkit import facts
from labkit.errors import LabError
from labkit.network.links import half_rtt
from labkit.network.places import PLACES
from labkit.sim import refusals, streams, tiers, traffic
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, of_counts, replicated
from labkit.sim.kv import copies, reader
from labkit.sim.kv.copies import REFRESH
from labkit.sim.kv.yours import WRITER, Write, Yours, write_moments
from labkit.sim.tiers import informed_hit_ratio

WRITES = (0.001, 0.003, 0.01, 0.03, 0.1)
KEYS = 40
AXES = Axes("KV's regional tier", "writes/s of one key", "share of misses it answers", log_x=True)
ASSUMPTION = "which places share a regional tier is not published."


def region(children: int, tier: str = "FRA") -> list[str]:
    """Codes of the places nearest to a regional tier that ask it, the writer's and the tier's own left out."""
    known = facts.value("kv.regional_tiers")
    near = sorted((code for code in PLACES if code not in (WRITER, tier)), key=lambda code: half_rtt(code, tier))
    mine = [code for code in near if min(known, key=lambda other: half_rtt(code, other)) == tier]
    if not 1 <= children <= len(mine):
        raise LabError(f"{children} places of the tier at {tier}: there are 1 to {len(mine)}")
    return mine[:children]


def model(row: int, writes_per_s: float, *, seed: int, reads_per_s: float, cache_ttl: float, children: int) -> Estimate:
    """The share of the misses of `children` places that the tier answers, for 40 keys, twenty times."""
    return replicated(partial(_answered, writes_per_s, seed, row, reads_per_s, cache_ttl, children))


def _answered(writes_per_s: float, seed: int, row: int, reads_per_s: float, cache_ttl: float, children: int,
              replication: int) -> tuple[int, int]:  # fmt: skip
    """What each child last fetched comes before 0, from where on it counts: a tier holds the newest of that."""
    random, seconds = streams.generator(seed, row, replication), max(20 / writes_per_s, 1500)
    ages = copies.draw_ages(random, KEYS * children, reads_per_s, inf, cache_ttl)
    held = np.where(ages < cache_ttl, ages, inf)
    reads = copies.simulate(random, ages.size, reads_per_s, seconds, cache_ttl, ages=held)
    missed = np.concatenate((np.ones(ages.size, dtype=bool), ~reads.hit))
    child = np.concatenate((np.arange(ages.size), reads.place))
    key, at = tiers.to_parent(np.concatenate((-ages, reads.at)), missed, child // children)
    writes = random.poisson(writes_per_s * (ages.max() + seconds))
    hit = tiers.informed_hits(key, at, np.sort(random.uniform(-ages.max(), seconds, writes)))
    return int(hit[at >= 0].sum()), int((at >= 0).sum())


def observe(row: int, writes_per_s: float, *, yours: Yours, reads_per_s: float, cache_ttl: float,
            children: int) -> Estimate:  # fmt: skip
    """The same on a lab, each key a replication, from the tiers that the trace names."""
    lab, dice = yours.lab(row, cache_ttl), yours.random(row)
    keys = [f"{yours.key}-{number}" for number in range(yours.places)]
    pairs = [(colo, key) for key in keys for colo in region(children)]
    ages = copies.draw_ages(streams.generator(yours.seed, row), len(pairs), reads_per_s, inf, cache_ttl)
    begin = float(ages.max()) + 1
    end = begin + yours.visits / (reads_per_s * len(pairs))
    writes = [Write(at, yours.kv, key, str(at)) for key in keys for at in write_moments(dice, writes_per_s, 0, end)]
    fetched = [yours.visit(begin - age, *pair) for pair, age in zip(pairs, ages.tolist(), strict=True)]
    traffic.play(lab, [*writes, *fetched, *yours.arrivals(row, reads_per_s, begin, end, pairs)])
    misses = [read for read in yours.reads(lab, begin) if read.outcome == "miss"]
    page = {visit.request: visit.detail["url"] for visit in traffic.sent_since(lab, begin)}  # one for each of the keys
    asked = [page[read.request] for read in misses]
    return of_counts(
        dict.fromkeys(asked), (page[read.request] for read in misses if read.detail["tier"] == "regional"), asked
    )


def tier(
    worker: Any = reader.Default, *, writes_per_s: Sequence[float] = WRITES, reads_per_s: float = 0.02,
    cache_ttl: float = 60, children: int = 8, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The share of misses that the regional tier answers against the rate of writes to each key, in three views.

    `reads_per_s` are those of a key at each of `children` places of one tier. `worker` and `asked` are as in
    `staleness`, but `places` is how many keys there are, each of which is a replication.
    """
    refusals.above_0(writes_per_s=writes_per_s, reads_per_s=reads_per_s, cache_ttl=cache_ttl)
    if cache_ttl > REFRESH:
        raise LabError(f"tier() covers a cacheTtl of up to {REFRESH:g} s, the age at which KV refreshes a copy")
    shared = {"reads_per_s": reads_per_s, "cache_ttl": cache_ttl, "children": children}
    yours = Yours(worker, seed=seed, **{"places": 20, "visits": 1600, **asked})
    return three_views(
        AXES, writes_per_s, lambda writes: informed_hit_ratio(reads_per_s, cache_ttl, writes, children),
        partial(model, seed=seed, **shared), worker and partial(observe, yours=yours, **shared), executor=executor,
        assumptions=(ASSUMPTION,),
    )  # fmt: skip
