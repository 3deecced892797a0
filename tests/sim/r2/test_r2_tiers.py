"""The tier beside a bucket: a wrong Worker leaves the line, and what tiers spare is one cache's worth."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import LabError
from labkit.sim import r2, streams, traffic
from labkit.sim.agreement import Disagreement
from labkit.sim.r2.yours import Yours
from tests.sim import slow

SOURCE = """
from workers import Response, WorkerEntrypoint

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        key = request.url.rpartition("/")[2]
        await self.env.FILES.put({key}, await request.text(), httpMetadata={{"cacheControl": "{control}"}})
        return Response("stored")
"""
module = sys.modules["labkit.sim.r2.tiers"]
ONE = {"reads_per_s": (1e-4,), "places": 20, "visits": 300}


def test_a_worker_that_lets_caches_keep_it_as_long_is_on_the_line_and_another_is_not():
    assert r2.tiers(SOURCE.format(key="key", control="max-age=600"), **ONE).check().rows[0].yours
    for control in ("max-age=60", "no-store"):
        with pytest.raises(Disagreement, match="yours"):
            r2.tiers(SOURCE.format(key="key", control=control), **ONE).check()


def test_what_a_place_got_from_the_tier_late_is_over_when_the_tiers_is():
    lab, yours = Yours().lab(0, 600, tiered=True), Yours()
    reads = [yours.from_domain(at, colo) for at, colo in ((10, "NBO"), (500, "NRT"), (605, "NRT"), (615, "NRT"))]
    late = traffic.play(lab, [yours.write(0, "old"), *reads[:3], yours.write(510, "new"), reads[3]])
    first, passed_on, own, anew = late[1], late[2], late[3], late[5]
    assert [first.headers["cf-cache-status"], passed_on.headers["cf-cache-status"]] == ["MISS", "HIT"]
    assert "age" not in passed_on.headers and 590 <= int(own.headers["age"]) < 600
    assert [lab.run(each.text()) for each in (own, anew)] == ["old", "new"]


def test_a_worker_that_stores_all_under_one_name_is_told_so():
    with pytest.raises(LabError, match="PUT /0-photo.jpg stored no object '0-photo.jpg' in FILES"):
        r2.tiers(SOURCE.format(key="'photo.jpg'", control="max-age=600"), **ONE)


@pytest.mark.parametrize("wrong", [
    lambda rate, max_age, places: places * rate * max_age / (1 + places * rate * max_age),  # as if no place had a cache
    lambda rate, max_age, places: 1 - 1 / (1 + places * -np.expm1(-rate * max_age)),  # the one that fetches asks again
    lambda rate, max_age, places: module.trees.parent_hit_ratio(rate, max_age, max_age, places),  # a TTL anew
])  # fmt: skip
def test_a_wrong_formula_is_found_out(monkeypatch, wrong):
    monkeypatch.setattr(module, "upper_hit_ratio", wrong)
    with pytest.raises(Disagreement):
        r2.tiers(None, places=8).check()


def test_a_single_place_gets_nothing_from_the_tier():
    row = r2.tiers(None, reads_per_s=(1e-3,), places=1).rows[0]
    assert row.theory == 0 == row.model.mean


@given(st.floats(1e-5, 1e-2), st.integers(2, 300))
def test_the_bucket_sees_what_one_cache_for_the_whole_world_would_let_through(rate, places):
    missed = -np.expm1(-rate * 600) * (places - 1) + 1  # of a generation, in which places n lam T + 1 reads come
    to_bucket = missed / (places * rate * 600 + 1) * (1 - r2.upper_hit_ratio(rate, 600, places))
    assert to_bucket == pytest.approx(1 / (1 + places * rate * 600))


def test_from_its_first_second_on_the_traffic_is_that_of_the_long_run():
    """Counted by a loop, in half of a max-age: a tree that begins empty would ask the bucket far more often."""
    rate, loaded = 3e-4, 8 * 3e-4 * 600
    counted = np.sum([who_answers(*module.requests(streams.generator(8, n), 8, rate, 600, 300)) for n in range(200)], 0)
    asked_once = 7 * -np.expm1(-rate * 600)
    expected = np.array([loaded - asked_once, asked_once, 1]) / (1 + loaded)
    assert counted / counted.sum() == pytest.approx(expected, abs=0.035)


def who_answers(which, place, at) -> list[int]:
    """How many requests from 0 on a child, the parent and the origin answer."""
    reads = sorted(zip((at + 1e6).tolist(), which.tolist(), place.tolist(), strict=True))
    counted = [who for who, read in zip(slow.tree(reads, 600), reads, strict=True) if read[0] >= 1e6]
    return [counted.count(who) for who in ("child", "parent", "origin")]
