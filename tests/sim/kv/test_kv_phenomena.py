"""KV's phenomena: theory, model and a Worker on a lab agree, and would not if one were wrong."""

from __future__ import annotations

import sys

import pytest

from labkit.errors import LabError
from labkit.sim import cache, kv
from labkit.sim.agreement import Disagreement
from labkit.sim.kv import popularity, propagation
from labkit.sim.kv.yours import Yours

SOURCE = """
from workers import Response, WorkerEntrypoint

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response(await self.env.CONFIG.get("theme", cacheTtl={ttl}) or "none")
"""


def module(name: str):
    """The module of a phenomenon, which its package hides behind the function of the same name."""
    return sys.modules[f"labkit.sim.kv.{name}"]


@pytest.mark.parametrize(("phenomenon", "options"), [
    (kv.caching, {"reads_per_s": (0.003, 0.02), "cache_ttl": 120, "visits": 300}),
    (kv.propagation, {"after": (30, 100, 301), "reads_per_s": 0.02, "cache_ttl": 300}),
])  # fmt: skip
def test_the_three_views_agree_where_a_copy_is_refreshed(phenomenon, options):
    result = phenomenon(**options).check()
    held, count = result.coverage()
    assert result.requests("yours") and result.requests("model")
    assert held >= count - 1, result


@pytest.mark.parametrize(("name", "form", "wrong", "options"), [
    ("caching", "hit_ratio", lambda rate, cache_ttl: 1 - 1 / (1 + 2 * rate * cache_ttl), {"reads_per_s": (0.01, 0.1)}),
    ("propagation", "stale_fraction", lambda t, reads_per_s, cache_ttl: max(1 - t / cache_ttl, 0), {"after": (20, 40)}),
    ("staleness", "stale_reads", lambda rate, w, cache_ttl: w * cache_ttl / (1 + w * cache_ttl),
     {"writes_per_s": (0.01,)}),
    ("popularity", "mixture_hit_ratio", lambda rate, cache_ttl, **_: rate * cache_ttl / (1 + rate * cache_ttl),
     {"reads_per_s": (1, 10)}),
])  # fmt: skip
def test_a_wrong_formula_is_found_out(monkeypatch, name, form, wrong, options):
    monkeypatch.setattr(module(name), form, wrong)
    with pytest.raises(Disagreement):
        getattr(kv, name)(None, **options).check()


def test_a_worker_with_another_cache_ttl_leaves_the_line():
    asked = {"kv": "CONFIG", "key": "theme", "url": "/", "reads_per_s": (0.02,), "visits": 400, "places": 60}
    assert kv.caching(SOURCE.format(ttl=60), **asked).check().rows[0].yours
    with pytest.raises(Disagreement, match="yours"):
        kv.caching(SOURCE.format(ttl=600), **asked).check()


@pytest.mark.parametrize(("phenomenon", "option", "value"), [
    (kv.caching, "reads_per_s", (0.1, 0)), (kv.propagation, "after", (-1,)), (kv.negative, "cache_ttl", 0),
    (kv.staleness, "writes_per_s", (0,)), (kv.popularity, "keys", 0), (kv.ages, "age", (-1,)),
    (kv.overdue, "writes_per_s", 0), (kv.refreshing, "cache_ttl", (0,)), (kv.latency, "within_ms", (0,)),
    (kv.tier, "reads_per_s", 0), (kv.back_in_time, "centres", 0),
    (cache.caching, "max_age", 0), (cache.popularity, "pages", 0), (cache.eviction, "capacity", (0.5,)),
])  # fmt: skip
def test_what_cannot_be_is_refused_before_anything_runs(phenomenon, option, value):
    with pytest.raises(LabError, match=f"^{option}=.*: (a number above 0|0 or more|whole numbers from 1)$"):
        phenomenon(**{option: value})


def test_a_worker_that_reads_nothing_is_told_so():
    with pytest.raises(LabError, match="read nothing from KV. The last status was 500"):
        kv.caching(SOURCE.format(ttl=60), kv="OTHER", reads_per_s=(0.1,), visits=50)


def test_without_a_worker_the_model_stands_alone():
    assert kv.propagation(None, after=(30,)).rows[0].yours is None


def test_caches_that_start_together_stay_in_step_even_after_twenty_ttls():
    shared = {"seed": 1, "reads_per_s": 1.0, "pops": 50, "cache_ttl": 60.0}
    locked = module("propagation").model(0, 45.0, warm_ttls=20, **shared)
    assert locked.mean < 0.01
    assert kv.stale_fraction(45, 1.0, 60.0) == pytest.approx(0.246, abs=0.001)
    assert abs(module("propagation").model(0, 45.0, **shared).z(float(kv.stale_fraction(45, 1.0, 60.0)))) < 4.5


def test_the_same_seed_gives_the_same_rows_and_another_seed_others():
    rows = [kv.caching(reads_per_s=(0.05,), visits=100, seed=seed).rows for seed in (1, 1, 2)]
    assert rows[0] == rows[1] != rows[2]


def test_the_steady_state_overstates_a_start_with_empty_caches():
    shared = {"keys": 1000, "alpha": 1.0, "cache_ttl": 60.0}
    short, long = (kv.mixture_hit_ratio(5.0, seconds=seconds, **shared) for seconds in (120, 3600))
    rates = 5.0 * module("popularity").law(1000, 1.0).probabilities
    steady = float((rates / 5.0 * kv.hit_ratio(rates, 60.0)).sum())
    assert short < long < steady
    assert steady - long < 0.02


def test_one_key_in_one_ttl_misses_once_if_it_is_read_at_all():
    hits = kv.mixture_hit_ratio(0.05, keys=1, alpha=1.0, cache_ttl=60.0, seconds=60.0)
    assert 1 - hits == pytest.approx((1 - 2.718281828**-3) / 3)


@pytest.mark.parametrize(("cache_ttl", "refused"), [(60, False), (61, True)])
def test_many_keys_are_for_a_cache_ttl_without_a_refresh(cache_ttl, refused):
    asked = {"reads_per_s": (1,), "keys": 10, "cache_ttl": cache_ttl, "seconds": 60}
    if refused:
        with pytest.raises(LabError, match="up to 60 s"):
            popularity(None, **asked)
    else:
        assert popularity(None, **asked).rows


def test_places_that_are_asked_leave_out_the_writers():
    yours = Yours(places=338)
    assert len(set(yours.cities())) == 338 and "LHR" not in yours.cities()
    assert propagation is not module("propagation")


def test_a_moment_has_the_rows_of_a_map():
    rows, since_write = kv.moment(pops=100, cache_ttl=60, writes_per_s=0.01)
    assert 20 < len(rows) < 90
    assert all(row["stale"] == (row["age"] > since_write) and 0 < row["expires_in"] <= 60 for row in rows)
