"""The moments after a write, one after another: who still has the old value, where, and how old it is.

One run of the planet that goes on, not moments drawn anew: a place that has fetched the new value keeps it. What
`labkit.viz` animates as a ripple. `frames` is the exact model, `lab_frames` the learner's Worker on a lab.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.sim import streams, traffic
from labkit.sim.kv import copies, reader
from labkit.sim.kv.copies import REFRESH
from labkit.sim.kv.moment import Moment, rows_of
from labkit.sim.kv.yours import Write, Yours


def frames(
    *, cache_ttl: float = 60, reads_per_s: float = 0.1, pops: int = 300, seconds: float = 61, step: float = 1,
    seed: int = 11, refresh: float = REFRESH,
) -> list[Moment]:  # fmt: skip
    """The state of `pops` places at 0, `step`, ... `seconds` after one write, each frame a `Moment`.

    Its rows have a place's code, the `age` of its copy and whether it is `stale`; a place without a copy has no row.
    """
    random = streams.generator(seed)
    ages = copies.draw_ages(random, pops, reads_per_s, cache_ttl, refresh)
    reads = copies.simulate(random, pops, reads_per_s, seconds, cache_ttl, refresh, ages=ages)
    fetches = ~reads.hit | (reads.age >= refresh)
    place, at = reads.place[fetches], reads.at[fetches]
    return [_frame(moment, place, at, -ages, cache_ttl) for moment in moments(seconds, step)]


def moments(seconds: float, step: float) -> list[float]:
    """0, `step`, ... up to `seconds`."""
    return (np.arange(int(seconds / step + 1e-9) + 1) * step).tolist()


def _frame(moment: float, place: np.ndarray, at: np.ndarray, before: np.ndarray, cache_ttl: float) -> Moment:
    """What places hold at a moment: their last fetch until then, or the copy that they had `before`."""
    fetched = before.copy()
    np.maximum.at(fetched, place[at <= moment], at[at <= moment])
    return Moment(rows_of(moment - fetched, moment, cache_ttl), moment)


def lab_frames(
    worker: Any = reader.Default, *, cache_ttl: float = 60, reads_per_s: float = 0.1, seconds: float = 61,
    step: float = 1, seed: int = 11, **asked: Any,
) -> list[Moment]:  # fmt: skip
    """The same from a lab on which the learner's Worker is asked: the places' rows of `lab.kv(...).copies(key)`.

    `asked` says how, as in `Yours`: `places=100`, `kv="FLAGS"`, `key="dark-mode"`, `url="/flags/{key}"`.
    """
    yours = Yours(worker, seed=seed, **asked)
    lab, written, pairs = yours.lab(0, cache_ttl), 2 * cache_ttl, yours.everywhere()
    old, new = (Write(at, yours.kv, yours.key, value) for at, value in ((0, "old"), (written, "new")))
    visits = yours.arrivals(0, reads_per_s, written, written + seconds, pairs)
    traffic.play(lab, [old, *yours.holders(0, reads_per_s, cache_ttl, written, pairs)])
    shown: list[Moment] = []
    happenings = [new, *sorted(visits)]
    for moment in moments(seconds, step):
        due = [each for each in happenings if each.at <= written + moment]
        happenings = happenings[len(due) :]
        traffic.play(lab, due)
        lab.run(lab.advance(max(written + moment - lab.now, 0)))
        rows = [row for row in lab.kv(yours.kv).copies(yours.key) if row["tier"] == "local"]
        shown.append(Moment(rows, lab.now - written))
    return shown
