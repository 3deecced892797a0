"""Caches behind caches: the closed forms against a two-level loop, and where the approximation ends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import LabError
from labkit.sim import kv, streams, tiers, ttl
from labkit.sim.agreement import Disagreement
from labkit.sim.kv.tiers import region
from labkit.sim.streams import generator
from tests.sim import slow
from tests.sim.kv.theory import parent_hits

SOURCE = """
from workers import Response, WorkerEntrypoint

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        key = request.url.rpartition("/")[2]
        return Response(await self.env.FLAGS.get(key + {suffix}, cacheTtl=60) or "none")
"""


def test_one_child_is_exact_where_a_poisson_parent_would_be_far_off():
    hits, asked = np.sum([parent_hits(generator(3, n), 0.05, 1, 90.0) for n in range(20)], axis=0)
    assert hits / asked == pytest.approx(tiers.parent_hit_ratio(0.05, 60, 90), abs=0.006)
    assert abs(hits / asked - tiers.poisson_parent_hit_ratio(0.05, 60, 90, 1)) > 0.08


@pytest.mark.parametrize(("children", "error"), [(2, 0.05), (5, 0.02), (20, 0.012)])
def test_for_several_children_the_approximation_is_off_by_less_the_more_there_are(children, error):
    hits, asked = np.sum([parent_hits(generator(4, n), 0.05, children, 90.0) for n in range(40 // children)], axis=0)
    assert hits / asked == pytest.approx(tiers.parent_hit_ratio(0.05, 60, 90, children), abs=error)


def test_a_parent_with_the_childs_own_ttl_answers_a_single_child_nothing():
    assert tiers.parent_hit_ratio(0.05, 60, 60) == 0 == tiers.aged_hit_ratio(0.05, 60, 1)


def test_without_writes_a_tier_answers_all_and_a_single_child_gets_what_it_fetched_itself():
    assert tiers.informed_hit_ratio(0.02, 60, 1e-7, 8) == pytest.approx(1, abs=1e-4)
    missed = np.exp(-0.01 * 60) * 0.02 / (0.02 + 0.01)  # no write in T + an exponential gap
    assert tiers.informed_hit_ratio(0.02, 60, 0.01, 1) == pytest.approx(missed, abs=1e-4)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 500)), max_size=40), st.lists(st.integers(1, 500), max_size=9)
)
def test_what_a_tier_answers_is_what_a_loop_says(requests, moments):
    asked, writes = sorted(set(requests)), np.sort(np.array(moments, dtype=float)) + 0.5
    keys, times = np.array(asked, dtype=float).reshape(-1, 2).T
    assert tiers.informed_hits(keys, times, writes).tolist() == slow.informed_tier(asked, writes.tolist())


@given(st.lists(st.tuples(st.integers(1, 300), st.integers(0, 2), st.integers(0, 3)), max_size=40), st.integers(1, 99))
def test_who_answers_in_a_tree_that_ages_is_what_a_loop_says(requests, lifetime):
    ordered = sorted(requests, key=lambda one: (one[1], one[0]))  # by key, as the stream is; keys do not meet
    expected = slow.tree(ordered, lifetime)
    at, key, child = np.array(ordered, dtype=np.int64).reshape(-1, 3).T
    missed, fetched = tiers.aged_misses(streams.words(key, at), child, lifetime)
    assert missed.tolist() == [number for number, who in enumerate(expected) if who != "child"]
    assert fetched.tolist() == [number for number, who in enumerate(expected) if who == "origin"]


@given(st.lists(st.tuples(st.integers(1, 300), st.integers(0, 3)), min_size=1, max_size=60), st.integers(1, 99))
def test_requests_of_a_parent_with_its_own_ttl_are_answered_as_in_a_loop(requests, lifetime):
    ordered = sorted(requests)
    expected = slow.tree([(at, 0, child) for at, child in ordered], lifetime, parent_ttl=2.5 * lifetime)
    at, child = np.array(ordered).T
    own = streams.pack(child, at)
    gone_on = np.sort(streams.ticks_of(own[ttl.fills(own, lifetime)]))
    fetched = ttl.fills(gone_on, int(np.ceil(2.5 * lifetime)))
    assert [expected.count(who) for who in ("child", "parent", "origin")] == [
        own.size - gone_on.size, gone_on.size - fetched.size, fetched.size]  # fmt: skip


def test_requests_of_the_parent_are_the_misses_of_all_children_in_order_of_time():
    at, missed, key = np.array([3.0, 1, 2, 9]), np.array([True, True, False, True]), np.array([0, 0, 0, 1])
    assert [column.tolist() for column in tiers.to_parent(at, missed, key)] == [[0, 0, 1], [1, 3, 9]]


def test_a_worker_that_reads_a_key_of_each_place_leaves_the_line():
    few = {"writes_per_s": (0.003,), "visits": 500, "places": 20, "children": 4}
    assert kv.tier(SOURCE.format(suffix="''"), **few).check().rows[0].yours
    with pytest.raises(Disagreement, match="yours"):
        kv.tier(SOURCE.format(suffix="request.js_object.cf.colo"), **few).check()


def test_a_wrong_formula_is_found_out(monkeypatch):
    monkeypatch.setattr("labkit.sim.kv.tiers.informed_hit_ratio", lambda rate, ttl, w, n: n * rate / (n * rate + w))
    with pytest.raises(Disagreement):
        kv.tier(None, writes_per_s=(0.01,)).check()


def test_a_region_has_so_many_places_and_no_more():
    assert len(region(8)) == 8 and "LHR" not in region(8)
    with pytest.raises(LabError, match="places of the tier at FRA"):
        region(300)
