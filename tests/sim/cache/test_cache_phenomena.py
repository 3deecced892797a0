"""The Cache API's phenomena: a Worker that uses it wrongly leaves the line, and a wrong formula is found out."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from labkit.errors import LabError
from labkit.sim import cache, pops, streams
from labkit.sim.agreement import Disagreement

SOURCE = """
from js import caches
from workers import Response, WorkerEntrypoint

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        found = await caches.default.match(request.js_object)
        if found:
            return Response(await found.text())
        page = Response("a page", headers={{"cache-control": "{control}"}})
        {put}
        return page
"""
PUT = "await caches.default.put(request.js_object, page.js_object.clone())"
ONE = {"requests_per_s": (0.03,), "visits": 300, "places": 30, "pops": 60}


def worker(control: str = "max-age=60", put: str = PUT) -> str:
    return SOURCE.format(control=control, put=put)


def module(name: str):
    return sys.modules[f"labkit.sim.cache.{name}"]


def test_a_worker_that_waits_for_its_put_is_on_the_line():
    row = cache.caching(worker(), **ONE).check().rows[0]
    assert row.yours and 0.5 < row.yours.mean < 0.8


@pytest.mark.parametrize("wrong", [
    worker(put="pass"), worker("no-store"), worker("max-age=600"), worker("max-age=10"),
    worker().replace("caches.default.put(request.js_object", "(await caches.open('mine')).put(request.js_object"),
])  # fmt: skip
def test_a_worker_that_stores_nothing_or_for_another_time_leaves_the_line(wrong):
    with pytest.raises(Disagreement, match="yours"):
        cache.caching(wrong, **ONE).check()


def test_the_larger_of_two_times_is_not_meant_but_s_maxage():
    assert cache.caching(worker("max-age=600, s-maxage=60"), **ONE).check().rows[0].yours


def test_a_worker_that_looks_nothing_up_is_told_so():
    never = "from workers import *\nclass Default(WorkerEntrypoint):\n    async def fetch(self, r): return Response('')"
    with pytest.raises(LabError, match=r"looked nothing up with cache.match. The last status was 200"):
        cache.caching(never, **ONE)


def test_a_worker_with_half_the_room_or_none_leaves_the_line():
    few = {"capacity": (20,), "keys": 150, "visits": 300, "pops": 60}
    with pytest.raises(Disagreement, match="yours"):
        cache.eviction(vars={"CAPACITY": 5}, **few).check()
    with pytest.raises(LabError, match="read nothing from KV"):
        cache.eviction(worker(), **few)


def test_a_room_for_all_keys_throws_nothing_out_and_is_refused():
    with pytest.raises(LabError, match="room for 300 of 300 keys"):
        cache.eviction(None, capacity=(300,), keys=300)


@pytest.mark.parametrize(("name", "form", "wrong", "call", "options"), [
    ("max_age", "hit_ratio", lambda rate, max_age: -np.expm1(-rate * max_age), "caching", {"requests_per_s": (0.01,)}),
    ("pages", "mixture", lambda age, requests_per_s, **_: requests_per_s * age / (1 + requests_per_s * age),
     "popularity", {"max_age": (60,)}),
    ("eviction", "hit_ratio", lambda capacity, keys, **_: capacity / keys, "eviction",
     {"capacity": (100,), "pops": 60}),
])  # fmt: skip
def test_a_wrong_formula_is_found_out(monkeypatch, name, form, wrong, call, options):
    monkeypatch.setattr(module(name), form, wrong)
    with pytest.raises(Disagreement):
        getattr(cache, call)(None, **options).check()


def test_with_one_page_the_mixture_is_that_of_one_page():
    assert cache.mixture(60, requests_per_s=0.1, pages=1, alpha=1.0) == pytest.approx(cache.hit_ratio(0.1, 60))


def test_three_hundred_places_hold_the_same_entries_and_hit_like_one():
    few, many = (module("eviction").model(0, 100, seed=3, keys=2000, alpha=1.0, pops=places) for places in (30, 330))
    assert few.mean == pytest.approx(many.mean, abs=4.5 * np.hypot(few.error, many.error))


def test_copies_of_the_long_run_are_not_counted_as_requests():
    zipf = streams.Zipf(50, 1.0)
    requests, hits = pops.one_pop_long_since(streams.generator(1), 1000, zipf, 1e6, 100)
    assert 800 < requests < 1200 and requests - hits <= 1
