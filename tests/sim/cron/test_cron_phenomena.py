"""Cron's phenomena: they would not agree if a formula or a job were wrong, and a lock lets no two runs work at once."""

from __future__ import annotations

import sys
from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import LabError
from labkit.sim import cron
from labkit.sim.agreement import Disagreement
from labkit.sim.cron import jobs
from labkit.sim.cron.overlap import Runs, locked
from labkit.sim.cron.yours import minutes_of

LAZY = """
from workers import WorkerEntrypoint

class Default(WorkerEntrypoint):
    async def scheduled(self, controller, env, ctx):
        print("nothing to do")
"""
MINE = """
from workers import WorkerEntrypoint, fetch

class Default(WorkerEntrypoint):
    async def scheduled(self, controller, env, ctx):
        await fetch(f"https://service.example/jobs/{controller.scheduledTime}", method="POST")
"""
LEASE = {"durable_objects": {"LEASE": jobs.Lease}}
TIMES = st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 300)), min_size=1, max_size=15)


def module(name: str):
    """The module of a phenomenon, which its package hides behind the function of the same name."""
    return sys.modules[f"labkit.sim.cron.{name}"]


@pytest.mark.parametrize(("watch", "wrong"), [
    ("overlapping", lambda duration, period: exp(-period / duration)),
    ("under way", lambda duration, period: min(duration / period, 1)),
    ("skipped", cron.overlapping),
])  # fmt: skip
def test_a_wrong_formula_is_found_out(monkeypatch, watch, wrong):
    table = module("overlap").WATCHED
    monkeypatch.setitem(table, watch, table[watch]._replace(theory=wrong))
    with pytest.raises(Disagreement, match="model"):
        cron.overlap(None, durations=(90,), watch=watch).check()


def test_that_duplicates_are_no_matter_is_found_out(monkeypatch):
    monkeypatch.setattr(module("duplicates"), "effects", lambda share, idempotent: 1.0)
    with pytest.raises(Disagreement):
        cron.duplicates(None, shares=(0.1,)).check()


def test_a_job_with_a_lock_leaves_the_line_of_those_that_overlap_and_one_without_that_of_those_that_do_not():
    with pytest.raises(Disagreement, match="yours gives 0.0000"):
        cron.overlap(jobs.Locked, durations=(90,), runs=2, lab=LEASE).check()
    with pytest.raises(Disagreement, match="yours gives 0.0000"):
        cron.overlap(MINE, durations=(90,), runs=2, watch="skipped").check()


def test_a_job_without_a_key_does_what_is_due_once_more_than_once():
    (row,) = cron.duplicates(shares=(0.8,), idempotent=True, runs=2).check().rows
    assert row.theory == row.model.mean == row.yours.mean == 1  # type: ignore[union-attr]
    with pytest.raises(Disagreement, match="yours"):
        cron.duplicates(MINE, shares=(0.8,), idempotent=True, runs=2).check()


def test_a_job_that_does_nothing_is_told_so():
    with pytest.raises(LabError, match="none asked service.example for anything. The last log was: nothing to do"):
        cron.duplicates(LAZY, shares=(0.1,), runs=2)


def test_what_there_is_not_is_refused():
    with pytest.raises(LabError, match="watch='colour'"):
        cron.overlap(None, watch="colour")
    with pytest.raises(LabError, match="durations of 300 s: 112.5 at most on average"):
        cron.overlap(None, durations=(5, 300))
    with pytest.raises(LabError, match="durations=0: a number above 0"):
        cron.overlap(None, durations=(0,))
    with pytest.raises(LabError, match="shares=2: a share is from 0 to 1"):
        cron.duplicates(None, shares=(2,))
    for period in (0, 30, 90, 420, 7200):
        with pytest.raises(LabError, match="a number of minutes that divides an hour"):
            minutes_of(period)
    assert [minutes_of(period) for period in (60, 300, 3600)] == [1, 5, 60]


def test_with_no_lateness_a_run_overlaps_where_one_before_outlasts_its_periods():
    m, period = 90.0, 60.0
    clear = np.prod([1 - exp(-j * period / m) for j in range(1, 60)])
    assert cron.overlapping(m, period, 0) == pytest.approx(1 - clear)
    skips = sum(exp(-j * period / m) for j in range(1, 60))
    assert cron.skipped(m, period, 0) == pytest.approx(skips / (1 + skips))
    assert cron.bounds(90, 60) == (1, 2) and cron.bounds(120, 60) == (2, 2) and cron.under_way(90, 60) == 1.5


def test_a_lock_leaves_out_fewer_runs_than_would_have_overlapped():
    durations = (20, 60, 200, 1000)
    assert all(cron.skipped(each) < cron.overlapping(each) for each in durations)
    assert cron.skipped(1e6) > 0.9999


@given(TIMES)
def test_runs_overlap_exactly_where_one_before_has_not_ended_and_with_a_lock_none_do(times):
    begun = np.array(sorted(begin for begin, _ in times))
    ended = begun + np.array([last for _, last in times])
    runs = Runs(begun, ended)
    expected = [any(ended[:number] > at) for number, at in enumerate(begun)]
    assert runs.overlaps.tolist() == expected
    works = locked(runs)
    assert works[0] and not Runs(begun[works], ended[works]).overlaps.any()
    for number in np.flatnonzero(~works):  # whoever is left out met somebody at work
        assert ((begun[:number] <= begun[number]) & (ended[:number] > begun[number]) & works[:number]).any()


@given(TIMES)
def test_the_time_of_all_runs_is_that_which_they_last(times):
    begun = np.array([begin for begin, _ in times])
    ended = begun + np.array([last for _, last in times])
    halves = Runs(begun, ended).busy(0, 500) + Runs(begun, ended).busy(500, 2000)
    assert halves == pytest.approx(float((ended - begun).sum()))
