"""Closed forms of the Cache API's phenomena beside what their kernels count."""

from __future__ import annotations

from labkit.sim import pops, streams
from tests.sim.cases import Case, Random

ZIPF = streams.Zipf(2000, 0.9)


def long_since(random: Random, max_age: float) -> tuple[float, float]:
    requests, hits = pops.one_pop_long_since(random, 20_000, ZIPF, max_age, 2000)
    return hits, requests


CASES = [
    Case("one PoP, many keys, in the long run", "TTL, s", (5, 60, 900),
         lambda x: pops.long_run_hit_ratio(ZIPF.probabilities, 10, x), long_since),
]  # fmt: skip
