"""What evicts code and what keeps it: kernels against plain programs, what must always hold, and wrong formulas."""

from __future__ import annotations

import sys
from math import exp, inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import LabError
from labkit.sim import workers
from labkit.sim.agreement import Disagreement
from labkit.sim.streams import generator
from labkit.sim.workers import fitted_mix, home, mean_idle, percentile, time_to_eviction
from labkit.sim.workers.awake import running
from labkit.sim.workers.eviction import cold_share, count_cold, pushed_out
from labkit.sim.workers.instances import cold_requests, stationary
from labkit.sim.workers.instances import cold_share as finds_none_idle
from labkit.sim.workers.sharding import cold_share as sharded_cold_share
from labkit.sim.workers.sharding import count_cold as count_spread
from labkit.sim.workers.tenants import Tenants
from tests.sim.workers import slow

MACHINE = {"requests_per_s": 10.0, "tenants": 1000}
seeds, rows = st.integers(0, 10_000), st.integers(1, 40)


def module(name: str):
    return sys.modules[f"labkit.sim.workers.{name}"]


@given(seeds, st.integers(1, 12), st.sampled_from([0.5, 3.0, 30.0]))
def test_a_machine_evicts_as_an_ordered_dictionary_does(seed, capacity, keep_alive):
    random = generator(seed)
    keys, at = random.integers(15, size=100), np.sort(random.random(100) * 40)
    cold = slow.machine(keys.tolist(), at.tolist(), capacity, keep_alive)
    begun = at >= keep_alive
    assert count_cold(keys, at, capacity, keep_alive) == (sum(np.array(cold)[begun]), begun.sum())


@given(seeds, rows, st.sampled_from([0.1, 1.0, 10.0]))
def test_a_container_runs_as_long_as_its_process_does(seed, size, sleep_after):
    random = generator(seed)
    at, wall = np.sort(random.random(size) * 100), random.exponential(2, size)
    until = float(random.random() * 150)
    expected = slow.awake(at.tolist(), wall.tolist(), sleep_after, until)
    assert running(at, wall, sleep_after, until) == pytest.approx(expected)


@given(seeds, st.integers(1, 120))
def test_instances_are_cold_as_simpys_are(seed, size):
    random = generator(seed)
    arrivals, services = np.cumsum(random.exponential(1, size)), random.exponential(1.5, size)
    patience = random.exponential(2, size)
    plain = slow.instances(arrivals.tolist(), services.tolist(), patience.tolist())
    assert cold_requests(arrivals, services, patience).tolist() == plain


@given(seeds, st.integers(1, 5))
def test_requests_spread_over_machines_are_cold_as_a_dictionary_says(seed, machines):
    random, copy = generator(seed), generator(seed)
    cold = count_spread(random, np.array([3.0]), machines, 30)[0]
    at = np.cumsum(copy.exponential(1, (1, 30)), axis=1)[0]
    where = copy.integers(machines, size=(1, 30))[0]
    last = -copy.exponential(machines, (1, machines))[0]
    last[0] = 0.0
    order = np.argsort(last)
    plain = slow.spread([*(last[order] - last.min()), *(at - last.min())], [*order, *where], 3.0)
    assert cold.tolist() == plain[machines:]


@given(seeds, st.integers(1, 200))
def test_the_first_request_is_cold_and_no_instance_serves_two_at_once(seed, size):
    random = generator(seed)
    arrivals, services = np.cumsum(random.exponential(1, size)), random.exponential(3, size)
    cold = cold_requests(arrivals, services, np.full(size, inf))
    ends = arrivals + services
    at_once = max(int(np.sum((arrivals <= now) & (ends > now))) for now in arrivals)
    assert cold[0] and cold.sum() == at_once  # where nobody leaves, a start is needed for each record and no other


@given(st.floats(1e-3, 2), st.floats(0.01, 2), st.floats(0.5, 500))
def test_the_chain_is_a_distribution_that_balances_starts_and_ends(rate, wall, keep_alive):
    chances = stationary(rate, wall, keep_alive)
    assert chances.sum() == pytest.approx(1) and chances.min() >= 0
    assert finds_none_idle(rate, wall, keep_alive) == pytest.approx(
        mean_idle(rate, wall, keep_alive) / (rate * keep_alive), rel=1e-6
    )
    assert chances.sum(axis=1)[0] == pytest.approx(exp(-rate * wall))  # at work are as many as in M/M/infinity


def test_more_memory_helps_until_idleness_evicts_first():
    assert time_to_eviction(750, **MACHINE) < 600 < time_to_eviction(850, **MACHINE)
    assert cold_share(400, **MACHINE) > cold_share(700, **MACHINE) > cold_share(850, **MACHINE)
    assert cold_share(950, **MACHINE) == pytest.approx(cold_share(5000, **MACHINE), rel=1e-4)
    assert time_to_eviction(1000, **MACHINE) == inf


def test_where_both_evict_at_once_the_time_to_eviction_varies_and_ches_constant_is_found_out(monkeypatch):
    asked = {"capacity": (800,), "seed": 7}
    assert workers.eviction(None, **asked).check(3.5)
    monkeypatch.setattr(module("eviction"), "DEVIATES", np.zeros(1))
    with pytest.raises(Disagreement):
        workers.eviction(None, **asked).check(3.5)


def test_a_machine_with_room_for_fewer_than_one_is_refused():
    with pytest.raises(LabError, match="room for one at least"):
        workers.eviction(None, capacity=(0.5, 10))


def test_neighbours_push_an_isolate_out_when_enough_different_ones_were_asked_for():
    rates = np.array([1.0, 1.0])
    assert pushed_out(generator(1), rates, 3) == inf
    random = generator(1)
    first = np.mean([pushed_out(random, rates, 1) for _ in range(4000)])
    both = np.mean([pushed_out(random, rates, 2) for _ in range(4000)])
    assert first == pytest.approx(0.5, rel=0.06) and both == pytest.approx(1.5, rel=0.06)


def test_sharding_makes_cold_starts_rarer_by_the_machines_to_the_power_of_the_tail():
    mix = {"busiest": 1000.0, "tail": 0.7}
    assert sharded_cold_share(30, **mix) / sharded_cold_share(1, **mix) == pytest.approx(30**0.7)
    near, beyond = (sharded_cold_share(600 / x, busiest=1.0, tail=0.7) for x in (39.99, 40.01))
    assert near == pytest.approx(beyond, rel=1e-3)


def test_the_mix_that_fits_the_published_figures_is_plausible_for_thirty_machines_and_not_for_three_hundred():
    busiest, tail = fitted_mix(1e-3, 1e-4, 30)
    assert (busiest, tail) == (pytest.approx(1164, rel=0.01), pytest.approx(0.677, abs=0.001))
    assert sharded_cold_share(30, busiest=busiest, tail=tail) == pytest.approx(1e-3, rel=1e-6)
    assert sharded_cold_share(1, busiest=busiest, tail=tail) == pytest.approx(1e-4, rel=1e-6)
    assert fitted_mix(1e-3, 1e-4, 300)[0] > 1e6
    with pytest.raises(LabError, match="sharding lowers it"):
        fitted_mix(1e-4, 1e-3, 30)


@given(st.integers(0, 2**40), st.integers(1, 30))
def test_a_machine_more_takes_some_workers_and_moves_no_other(first, machines):
    ids = np.arange(first, first + 60)
    before, after = home(ids, machines), home(ids, machines + 1)
    assert set(after[after != before]) <= {machines} and before.max() < machines


def test_homes_are_even():
    counts = np.bincount(home(np.arange(20_000), 10))
    assert counts.min() > 1850 and counts.max() < 2150


def test_an_isolate_would_seldom_be_cold_where_instances_of_one_request_often_are():
    assert finds_none_idle(1.0, 1.0, 300.0) > 0.01 > 1e-100 > exp(-300)
    assert finds_none_idle(1e-5, 1.0, 300.0) == pytest.approx(1 / (1 + 0.003), rel=1e-3)


@pytest.mark.parametrize(("hosting", "percent", "within"), [
    (workers.ISOLATES, 50, (5, 20)), (workers.SERVER, 50, (50, 250)),
    (workers.CONTAINERS, 99, (2000, 2600)), (workers.ISOLATES, 99, (20, 120)),
])  # fmt: skip
def test_the_slowest_of_a_hundred_waits_for_a_container_and_hardly_for_an_isolate(hosting, percent, within):
    asked = {"hosting": hosting, "requests_per_s": 0.005, "visitors_at": ["LHR", "SYD", "IAD", "GRU"]}
    found = percentile(percent, **asked)
    assert within[0] < found < within[1]
    assert workers.answered_within(found, **asked) == pytest.approx(percent / 100, abs=1e-3)
    with pytest.raises(LabError, match="between 0 and 100"):
        percentile(100, **asked)


@pytest.mark.parametrize(("name", "form", "wrong", "asked"), [
    ("eviction", "cold_share", lambda c, requests_per_s, tenants, alpha, keep_alive: 1 - c / tenants,
     {"capacity": (200,)}),
    ("sharding", "cold_share", lambda s, busiest, tail, keep_alive: exp(-busiest * keep_alive / s),
     {"machines": (30,)}),
    ("awake", "awake_share", lambda rate, wall, sleep_after: min(rate * sleep_after, 1), {"requests_per_s": (3e-4,)}),
    ("instances", "cold_share", lambda rate, wall, keep_alive: exp(-rate * keep_alive), {"requests_per_s": (0.01,)}),
])  # fmt: skip
def test_a_wrong_formula_is_found_out(monkeypatch, name, form, wrong, asked):
    monkeypatch.setattr(module(name), form, wrong)
    with pytest.raises(Disagreement):
        getattr(workers, name)(None, **asked).check()


@pytest.mark.parametrize(("call", "asked"), [
    (workers.cold_starts, {"requests_per_s": (0,)}), (workers.latency, {"requests_per_s": -1}),
    (workers.sharding, {"machines": (0,)}), (workers.eviction, {"tenants": 0}),
    (workers.awake, {"wall": 0}), (workers.instances, {"requests_per_s": (1, inf)}),
])  # fmt: skip
def test_what_is_not_above_zero_is_refused(call, asked):
    with pytest.raises(LabError, match="a number above 0"):
        call(worker=None, **asked)


def test_machines_are_whole_and_a_hosting_is_no_worker():
    with pytest.raises(LabError, match="whole numbers"):
        workers.sharding(None, machines=(2.5,))
    with pytest.raises(LabError, match="say a Hosting first"):
        workers.latency(object())  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("call", [workers.awake, workers.instances])
def test_what_a_lab_has_not_is_not_asked_for(call):
    with pytest.raises(LabError, match="without a Worker"):
        call("a Worker")


def test_another_keep_alive_than_the_labs_leaves_the_worker_out():
    assert workers.sharding(machines=(3,), keep_alive=60.0).requests("yours") == 0
    assert workers.eviction(capacity=(30,), keep_alive=10.0).requests("yours") == 0


def test_a_machine_that_does_not_make_room_leaves_the_line(monkeypatch):
    monkeypatch.setattr(module("tenants").Eviction, "run", staying)
    with pytest.raises(Disagreement, match="yours"):
        workers.eviction(capacity=(30.0,), visits=400).check()


async def staying(eviction, lab):
    """An eviction that does nothing."""


def test_visits_are_cold_where_the_gap_is_longer_than_code_is_kept_or_room_is_made_within_it():
    tenants = Tenants(places=20, visits=60)
    gaps = np.tile([10.0, 599.0, 601.0], (20, 1))
    assert tenants.share_cold(0, gaps).mean == pytest.approx(1 / 3)
    room = np.tile([5.0, 600.0, 600.5], (20, 1))
    assert tenants.share_cold(0, gaps, room).mean == pytest.approx(2 / 3)
