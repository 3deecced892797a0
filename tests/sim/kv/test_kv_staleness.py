"""How old and how long overdue, background refresh, split cities, frames: what is wrong leaves the line."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from labkit.errors import LabError
from labkit.sim import kv
from labkit.sim.agreement import Disagreement

SOURCE = """
from workers import Response, WorkerEntrypoint

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response(await self.env.FLAGS.get(request.url.rpartition("/")[2], cacheTtl={ttl}) or "none")
"""
FEW: dict = {"visits": 200, "places": 40}


def module(name: str):
    return sys.modules[f"labkit.sim.kv.{name}"]


@pytest.mark.parametrize(("phenomenon", "ttl", "options"), [
    (kv.ages, 300, {"age": (0,), **FEW}),
    (kv.overdue, 30, {"seconds": (30,), **FEW}),
    (kv.negative, 30, {"after": (10,), "places": 60}),
    (kv.refreshing, 60, {"cache_ttl": (600,), **FEW}),
    (kv.back_in_time, 30, {"after": (30,), "places": 100}),
])  # fmt: skip
def test_a_worker_with_another_cache_ttl_leaves_the_line(phenomenon, ttl, options):
    with pytest.raises(Disagreement, match="yours"):
        phenomenon(SOURCE.format(ttl=ttl), **options).check()


@pytest.mark.parametrize(("name", "form", "wrong", "call", "options"), [
    ("ages", "age_within", lambda age, rate=0, **_: age / 60, "ages", {"age": (30,)}),
    ("ages", "overdue_share", lambda s, writes_per_s, **_: np.exp(-writes_per_s * s) * 0.21, "overdue",
     {"seconds": (40,)}),
    ("negative", "stale_fraction", lambda t, reads_per_s, cache_ttl: 1 - t / cache_ttl, "negative", {"after": (20,)}),
    ("refreshing", "refreshed", lambda rate, cache_ttl: np.exp(-rate * 60) - np.exp(-rate * cache_ttl), "refreshing",
     {"cache_ttl": (600,)}),
    ("twins", "goes_back", lambda t, apart, reads_per_s, **_: kv.goes_back(t, apart, 2 * reads_per_s, 60),
     "back_in_time", {"after": (30,)}),
])  # fmt: skip
def test_a_wrong_formula_is_found_out(monkeypatch, name, form, wrong, call, options):
    monkeypatch.setattr(module(name), form, wrong)
    with pytest.raises(Disagreement):
        getattr(kv, call)(None, **options).check()


def test_the_new_forms_meet_the_old_ones_where_they_must():
    assert kv.overdue_share(0, 0.02, 0.01, 300) == pytest.approx(float(kv.stale_reads(0.02, 0.01, 300)))
    assert kv.age_within(0, 0.02, 300) == pytest.approx(1 - float(kv.hit_ratio(0.02, 300)))
    assert kv.age_within([-1, 300, 900], 0.02, 300) == pytest.approx([0, 1, 1])
    assert kv.refreshed(0.02, 60) == 0 and kv.overdue_share(300, 0.02, 0.01, 300) == pytest.approx(0)
    ages = np.linspace(0, 300, 30_001)
    assert np.trapezoid(1 - kv.age_within(ages, 0.02, 300), ages) == pytest.approx(
        float(kv.mean_age(0.02, 300)), rel=1e-4
    )


def test_one_data_centre_never_goes_back_and_many_go_back_the_most():
    assert kv.goes_back(20, 1, 0.05, 60, centres=1) == 0
    assert kv.back_in_time(None, after=(20,), centres=1).rows[0].model.mean == 0
    row = kv.back_in_time(None, after=(20,), centres=4, reads_per_s=0.2).check().rows[0]
    assert row.theory > kv.goes_back(20, 1, 0.1, 60, centres=2)


def test_a_city_that_is_not_split_never_goes_back_on_the_lab():
    row = kv.back_in_time(after=(20,), centres=1, places=30).check().rows[0]
    assert row.yours and row.yours.mean == 0


def test_a_long_cache_ttl_is_refused_where_the_form_does_not_hold():
    with pytest.raises(LabError, match="cacheTtl of up to 60 s"):
        kv.back_in_time(cache_ttl=300)


def stale_places(moment) -> set[str]:
    return {row["colo"] for row in moment.rows if row["stale"]}


@pytest.mark.parametrize(("make", "options"), [
    (kv.frames, {"seconds": 61}), (kv.frames, {"cache_ttl": 300, "seconds": 301}),
    (kv.lab_frames, {"places": 40, "seconds": 61}),
])  # fmt: skip
def test_frames_are_one_run_in_which_the_old_value_only_goes(make, options):
    shown = make(step=10, **options)
    stale = [stale_places(moment) for moment in shown]
    assert len(stale[0]) == len(shown[0].rows) > 20 and len(stale[-1]) == 0
    assert all(after <= before for before, after in zip(stale, stale[1:], strict=False))
    assert shown[2].since_write == pytest.approx(20, abs=0.5)


def test_the_share_of_stale_places_in_frames_is_the_form_of_propagation():
    shown = [kv.frames(seed=seed, step=20, seconds=40) for seed in range(30)]
    for number, after in enumerate((0, 20, 40)):
        share = np.mean([len(stale_places(run[number])) / 300 for run in shown])
        assert share == pytest.approx(float(kv.stale_fraction(after, 0.1, 60)), abs=0.02)


def test_a_worker_that_reads_nothing_is_told_so():
    deaf = "from workers import *\nclass Default(WorkerEntrypoint):\n    async def fetch(self, r): return Response('')"
    with pytest.raises(LabError, match="read nothing from KV"):
        kv.ages(deaf, age=(10,), **FEW)
