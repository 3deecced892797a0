"""Vectorize's phenomena: wrong formulas and wrong Workers are found out, and what holds of jobs whatever the dice."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.errors import LabError
from labkit.sim import vectorize
from labkit.sim.agreement import Disagreement
from labkit.sim.vectorize import idle_share, jobs, looks, mean_lag, unfound_share
from labkit.sim.vectorize.yours import Yours
from tests.sim.vectorize import slow

SOURCE = """
import asyncio
from urllib.parse import urlsplit
from workers import Response, WorkerEntrypoint

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        env, note = self.env, urlsplit(request.url).path[1:]
        chunk = lambda n: {{"id": f"{{note}}-{{n}}", "values": [1, 2]}}
        {body}
        return Response("done")
"""
POLITE = """await env.NOTES.upsert([chunk(0)])
        while not await env.NOTES.getByIds([chunk(0)["id"]]):
            await asyncio.sleep(1)
        await env.NOTES.getByIds([chunk(0)["id"]])"""
LOOP = """for n in range(3):
            await env.NOTES.upsert([chunk(n)])"""
BATCH = "await env.NOTES.upsert([chunk(n) for n in range(3)])"
BY_ID = """await env.NOTES.upsert([chunk(0)])
        await asyncio.sleep(5)
        await env.NOTES.getByIds([chunk(0)["id"]])"""
ASKED = {"index": "NOTES", "dimensions": 2, "url": "/{note}"}


def module(name: str):
    """The module of a phenomenon, which its package hides behind the function of the same name."""
    return sys.modules[f"labkit.sim.vectorize.{name}"]


@pytest.mark.parametrize(("name", "form", "wrong", "options"), [
    ("visibility", "unfound_share", lambda x, rate, **_: np.exp(-x / 5), {"after": (3, 6)}),
    ("visibility", "unfound_share", lambda x, rate, **law: unfound_share(x, 0, **law),
     {"after": (6,), "writes_per_s": 0.2}),
    ("lag", "mean_lag", lambda rate, **_: 5.0, {"writes_per_s": (0.1,)}),
    ("lag", "mean_lag", lambda rate, **_: 5 + 5 / 2 * (1 - float(idle_share(rate))), {"writes_per_s": (0.3,)}),
    ("polling", "looks", lambda every, **_: 1 + 5 / every, {"every": (1, 3)}),
])  # fmt: skip
def test_a_wrong_formula_is_found_out(monkeypatch, name, form, wrong, options):
    monkeypatch.setattr(module(name), form, wrong)
    with pytest.raises(Disagreement):
        getattr(vectorize, name)(None, **options).check()


def test_who_writes_and_looks_at_once_never_finds_it():
    row = vectorize.visibility(after=(0,), visits=30).check().rows[0]
    assert row.theory == 1 and row.yours and row.yours.mean == 1


def test_alone_all_is_found_after_8_seconds_and_in_traffic_after_16():
    assert unfound_share(7.99) > 0 == unfound_share(8.0) < unfound_share(8.0, 0.2)
    assert unfound_share(15.5, 0.2) > 0 == pytest.approx(float(unfound_share(16.0, 0.2)), abs=1e-12)


def test_a_worker_that_waits_until_it_is_found_leaves_the_line():
    asked = {"after": (5,), "visits": 60, **ASKED}
    vectorize.visibility(SOURCE.format(body=BY_ID), **asked).check()
    with pytest.raises(Disagreement, match="yours"):
        vectorize.visibility(SOURCE.format(body=POLITE), **asked).check()


def test_a_worker_that_writes_chunk_by_chunk_waits_for_a_second_job():
    asked = {"writes_per_s": (0.01,), "visits": 3, **ASKED}
    vectorize.lag(SOURCE.format(body=BATCH), **asked).check()
    with pytest.raises(Disagreement, match="yours"):
        vectorize.lag(SOURCE.format(body=LOOP), **asked).check()


def test_a_worker_elsewhere_has_the_way_to_the_index_added():
    near, far = Yours().way, Yours(place="LHR").way
    assert far > near
    vectorize.visibility(after=(4,), place="LHR", visits=60).check()


@pytest.mark.parametrize(("body", "words"), [
    ("pass", "wrote nothing to the index 'NOTES'. The last status was 200"),
    (BATCH, "No visit that wrote looked for it"),
])  # fmt: skip
def test_a_worker_that_does_not_write_or_look_is_told_so(body, words):
    with pytest.raises(LabError, match=words):
        vectorize.visibility(SOURCE.format(body=body), after=(1,), visits=20, **ASKED)


def test_where_the_jobs_are_not_the_labs_own_the_model_stands_alone():
    assert vectorize.visibility(after=(1,), mean=2, spread=1).check().rows[0].yours is None
    assert vectorize.lag(None, writes_per_s=(0.1,)).rows[0].yours is None


@pytest.mark.parametrize(("call", "words"), [
    (lambda: vectorize.visibility(None, after=(1,), spread=0), "spread is more than 0"),
    (lambda: vectorize.lag(None, writes_per_s=(1,), mean=2, spread=3), "at most the mean"),
    (lambda: vectorize.lag(None, writes_per_s=(63,)), "rates up to 62.5 writes/s"),
    (lambda: vectorize.polling(None, every=(0,)), "more than 0"),
])  # fmt: skip
def test_what_makes_no_sense_is_refused(call, words):
    with pytest.raises(LabError, match=words):
        call()


def test_the_wait_goes_from_one_job_to_one_and_a_half_and_the_longer_are_met_more_often():
    assert mean_lag(0) == 5 and idle_share(0) == 1
    assert mean_lag(60) == pytest.approx(5 + (25 + 3) / 10, abs=1e-3)
    assert (np.diff([mean_lag(rate) for rate in (0, 0.01, 0.1, 1, 10)]) > 0).all()


def test_the_mean_is_the_integral_of_what_is_not_found():
    seconds = np.linspace(0, 16, 16_001)
    for rate in (0, 0.05, 0.3, 3):
        assert np.trapezoid(unfound_share(seconds, rate), seconds) == pytest.approx(float(mean_lag(rate)), abs=1e-5)


def test_looking_twice_as_often_costs_nearly_twice_as_many_looks():
    assert looks(0.01) == pytest.approx(2 * looks(0.02), rel=2e-3)
    assert looks(9) == 1


TRACES = st.tuples(st.lists(st.floats(0, 5), min_size=1, max_size=40), st.integers(0, 99), st.integers(1, 6))


@settings(max_examples=100, deadline=None)
@given(TRACES)
def test_jobs_find_each_write_when_an_obvious_program_does(trace):
    gaps, seed, most = trace
    writes, durations = np.cumsum(gaps), jobs.draw(np.random.default_rng(seed), len(gaps))
    writes += np.arange(writes.size) * 1e-6  # of two at the very same moment, SimPy's job may see one
    found = jobs.found_at(writes, durations, most)
    assert found == pytest.approx(slow.found_at(writes.tolist(), durations.tolist(), most))


@settings(max_examples=100, deadline=None)
@given(TRACES)
def test_nothing_is_found_before_it_is_written_or_out_of_order_and_all_is_found(trace):
    gaps, seed, most = trace
    writes = np.cumsum(gaps)
    found = jobs.found_at(writes, jobs.draw(np.random.default_rng(seed), len(gaps)), most)
    assert found.size == writes.size and (np.diff(found) >= 0).all()
    assert (found - writes >= jobs.MEAN - jobs.SPREAD - 1e-9).all()
    assert np.unique(found, return_counts=True)[1].max() <= most
