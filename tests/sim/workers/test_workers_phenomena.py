"""Cold starts and latency: theory, model and a Worker on a lab agree, and would not if one were wrong."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from labkit.sim import workers
from labkit.sim.agreement import Disagreement
from labkit.sim.streams import generator
from labkit.sim.workers import CONTAINERS, ISOLATES, SERVER, answered_within, cold_fraction, cold_fraction_at_first

VISITORS = ["LHR", "SYD", "IAD", "GRU"]


def module(name: str):
    return sys.modules[f"labkit.sim.workers.{name}"]


def test_the_three_views_agree_over_fewer_servers_too():
    result = workers.cold_starts(requests_per_s=(0.03, 0.1), servers=30, visits=200).check()
    held, count = result.coverage()
    assert result.requests("yours") and held >= count - 1, result


@pytest.mark.parametrize("hosting", [CONTAINERS, SERVER])
def test_in_one_region_theory_and_model_agree_and_no_worker_is_asked(hosting):
    result = workers.latency(hosting, within_ms=(50, 3000)).check()
    assert result.requests("yours") == 0


def test_the_same_code_is_warm_on_one_server_and_cold_over_three_hundred():
    assert cold_fraction(1 / 60) == pytest.approx(0.00005, abs=1e-5)
    assert cold_fraction(1 / 60, 300) == pytest.approx(0.967, abs=1e-3)


@pytest.mark.parametrize(("servers", "seconds"), [(300, 1000.0), (1, 1000.0), (300, 100.0)])
def test_the_first_requests_after_a_deployment_are_colder(servers, seconds):
    rate = 1.0 / servers if servers > 1 else 0.01
    nobody = np.full(servers, 600.0)
    runs = (module("cold_starts").count_cold(generator(1, i), rate, nobody, seconds, 600.0) for i in range(200))
    cold, requests = np.sum(list(runs), axis=0)
    expected = cold_fraction_at_first(rate * servers, seconds, servers)
    assert cold / requests == pytest.approx(float(expected), rel=0.06)
    assert expected > cold_fraction(rate * servers, servers)


@pytest.mark.parametrize(("name", "form", "wrong", "call"), [
    ("cold_starts", "cold_fraction", lambda rate, servers, keep_alive: np.exp(-rate * keep_alive / servers / 2),
     lambda: workers.cold_starts(None, requests_per_s=(0.3,))),
    ("latency", "last_mile_within", lambda seconds: np.clip(seconds / 0.04, 0, 1),
     lambda: workers.latency(worker=None, within_ms=(20,))),
])  # fmt: skip
def test_a_wrong_formula_is_found_out(monkeypatch, name, form, wrong, call):
    monkeypatch.setattr(module(name), form, wrong)
    with pytest.raises(Disagreement):
        call().check()


@pytest.mark.parametrize(("options", "asked"), [
    ({"servers": 19}, False), ({"servers": 20}, True), ({"servers": 340}, False), ({"keep_alive": 300.0}, False),
])  # fmt: skip
def test_a_worker_is_asked_where_the_lab_is_like_the_formula(options, asked):
    result = workers.cold_starts(requests_per_s=(1.0,), visits=30, **options)
    assert bool(result.requests("yours")) is asked


def test_a_container_that_starts_takes_two_seconds_more():
    shared = {"hosting": CONTAINERS, "visitors_at": VISITORS}
    assert answered_within(1500, requests_per_s=0.005, **shared) == pytest.approx(1 - np.exp(-3), abs=1e-3)
    assert answered_within(3000, requests_per_s=0.005, **shared) > 0.999
    assert answered_within(1500, requests_per_s=1, **shared) > 0.999


def test_isolates_answer_from_nearby_even_when_all_are_cold():
    shared = {"requests_per_s": 1e-6, "visitors_at": VISITORS}
    assert answered_within(60, hosting=ISOLATES, **shared) > 0.95 > 0.5 > answered_within(60, hosting=SERVER, **shared)


def test_the_last_mile_has_its_distribution():
    halves = 0.005 * generator(1).lognormal(0, module("latency").SIGMA, (2, 200_000))
    for seconds in (0.002, 0.01, 0.05, 0.2):
        share = (halves.sum(axis=0) <= seconds).mean()
        assert module("latency").last_mile_within(np.array([seconds]))[0] == pytest.approx(share, abs=0.005)
    assert module("latency").last_mile_within(np.array([-1.0, 0.0, 100.0])) == pytest.approx([0, 0, 1], abs=1e-6)
