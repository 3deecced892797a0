"""Durable Objects' phenomena: wrong formulas and wrong Workers leave the line, and what holds of each at its ends."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import LabError
from labkit.sim import durable_objects as do
from labkit.sim.agreement import Disagreement
from labkit.sim.backlog import Mix
from labkit.sim.durable_objects import sources
from labkit.sim.durable_objects.cycles import cycles
from labkit.sim.durable_objects.hashing import Users, crc32
from labkit.sim.durable_objects.trips import MEAN_STRETCH, confirmation, followers_rtt, mean_beyond, within
from labkit.sim.durable_objects.work import mix_of
from labkit.sim.pops import law
from labkit.sim.queueing import serve_sharded
from labkit.sim.waiting import imbalance
from tests.sim.durable_objects import slow

HELLO = """
from workers import Response, WorkerEntrypoint

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response("hello")
"""


def module(name: str):
    return sys.modules[f"labkit.sim.durable_objects.{name}"]


def changed(source: str, old: str, new: str) -> str:
    assert old in source
    return source.replace(old, new)


@pytest.mark.parametrize(("name", "form", "wrong", "options"), [
    ("ceiling", "mean_latency", lambda rate, mix: 1000 * mix.mean / (1 - rate * mix.mean), {"requests_per_s": (150,)}),
    ("throughput", "answered", lambda rate, service: rate, {"requests_per_s": (250,)}),
    ("gates", "mean_held", lambda n, way, place: 1 + 1000 * n * confirmation(place), {"writes": (4,)}),
    ("sharding", "mean_latency", lambda n, users: 2.5, {"shards": (4,)}),
    ("fan_out", "mean_slowest", lambda n, rtt: 1000 * rtt, {"shards": (8,)}),
    ("placement", "mean_way", lambda at_home, home, hint: 30.0, {"at_home": (0.5,)}),
    ("hibernation", "gb_s_per_hour", lambda rate, way, service: 460.8 * (1 - np.exp(-10 * rate)),
     {"messages_per_s": (0.1,)}),
])  # fmt: skip
def test_a_wrong_formula_is_found_out(monkeypatch, name, form, wrong, options):
    monkeypatch.setattr(module(name), form, wrong)
    with pytest.raises(Disagreement):
        getattr(do, name)(None, **options).check()


@pytest.mark.parametrize("name, options", [
    ("ceiling", {"requests_per_s": (200,), "work": "section", "ms": 2, "visits": 5}),
    ("ceiling", {"requests_per_s": (200,), "ms": {2: 0.9, 6: 0.1}, "visits": 5}),
    ("throughput", {"requests_per_s": (300,), "work": "outside", "ms": 20, "visits": 15}),
    ("throughput", {"requests_per_s": (300,), "work": "write", "visits": 15}),
    ("gates", {"writes": (3,), "way": "coalesced", "visits": 5}),
    ("gates", {"writes": (3,), "way": "synced", "visits": 5}),
    ("sharding", {"shards": (4,), "pick": "random", "objects": 20, "visits": 20}),
    ("placement", {"at_home": (0.5,), "hint": "weur", "objects": 40}),
    ("placement", {"at_home": (0.5,), "beyond_ms": 100, "objects": 40}),
    ("hibernation", {"messages_per_s": (0.01,), "way": "timer", "visits": 20}),
    ("hibernation", {"messages_per_s": (0.01,), "way": "standard", "visits": 20}),
])  # fmt: skip
def test_other_kinds_agree_too(name, options):
    result = getattr(do, name)(**options).check()
    assert result.requests("yours") > 50


@pytest.mark.parametrize(("name", "source", "old", "new", "options"), [
    ("ceiling", sources.COUNTER, "getByName(name)", 'getByName("the one")',
     {"requests_per_s": (20,), "ms": 2, "objects": 20}),
    ("throughput", sources.COUNTER, "await asyncio.sleep(ms / 1000)\n        self",
     "await self.section(ms)\n        self", {"requests_per_s": (100,), "work": "outside", "ms": 20, "visits": 15}),
    ("sharding", sources.SHARDS, "number % int(shards)", "0 * number",
     {"shards": (4,), "requests_per_s": 700, "objects": 20, "visits": 20}),
    ("gates", sources.LEDGER, "put(str(n), n)", "put(str(n), n, allowUnconfirmed=True)", {"writes": (4,), "visits": 4}),
    ("fan_out", sources.SHARDS, "sum(await asyncio.gather(*(shard.read() for shard in shards)))",
     "sum([await shard.read() for shard in shards])", {"shards": (4,), "visits": 4}),
    ("placement", sources.ROOM, "getByName(name, **options)", "getByName(name)",
     {"at_home": (0,), "hint": "weur", "objects": 100}),
    ("hibernation", sources.CHAT, "getattr(self.env, way.upper())", "self.env.TIMER",
     {"messages_per_s": (0.1,), "visits": 20}),
    ("hibernation", sources.CHAT, "getattr(self.env, way.upper())", "self.env.HIBERNATING",
     {"messages_per_s": (0.1,), "way": "standard", "visits": 20}),
])  # fmt: skip
def test_a_worker_that_does_it_otherwise_leaves_the_line(name, source, old, new, options):
    with pytest.raises(Disagreement, match="yours"):
        getattr(do, name)(changed(source, old, new), **options).check()


@pytest.mark.parametrize("name", ["ceiling", "gates", "placement"])
def test_a_worker_that_calls_no_object_is_told_so(name):
    with pytest.raises(LabError, match="called no Durable Object that answered. The last status was 200"):
        getattr(do, name)(HELLO, lab={}, visits=2)


@pytest.mark.parametrize("call", [
    lambda: do.ceiling(None, work="nothing"), lambda: do.gates(None, way="nowhere"),
    lambda: do.placement(None, home="MOON"), lambda: do.hibernation(None, way="never"),
    lambda: do.sharding(None, pick="none"), lambda: do.ceiling(None, requests_per_s=(200,)),
])  # fmt: skip
def test_what_there_is_not_is_refused(call):
    with pytest.raises(LabError):
        call()


def test_a_section_of_5_ms_allows_nearly_200_requests_a_second_and_a_wait_outside_of_it_a_thousand():
    ceilings = {work: 1 / mix_of(work, 5).mean for work in ("section", "compute", "outside", "write")}
    assert ceilings == pytest.approx({"section": 166, "compute": 200, "outside": 990, "write": 990}, abs=1)
    assert do.mean_latency(200, mix_of("compute", 5)) == np.inf > do.mean_latency(199, mix_of("compute", 5))


def test_the_bill_of_the_documentations_example_with_hibernation_is_met():
    assert float(do.month(100 / 60, service=0.01, objects=100, connections=10_000).total) == 20.65
    always = do.month(100 / 60, "standard", objects=100)
    assert float(always["do.duration_gb_s"].quantity) == pytest.approx(33_177_600)


@pytest.mark.parametrize("rate", [0.001, 0.1, 1, 100])
def test_hibernating_is_billed_less_than_a_timer_and_a_timer_at_most_always(rate):
    shares = [do.billed_share(rate, way, 0.005) for way in ("hibernating", "timer", "standard")]
    assert shares == sorted(shares) and shares[0] >= rate * 0.005


def test_no_number_of_shards_goes_below_the_hottest_users_floor_but_random_shards_do():
    rates = 1000 * law(200, 0.8).probabilities
    floor, many = do.hot_key_floor(rates, 0.002), 100_000
    assert module("sharding").mean_latency(many, Users(rates, 0.002, crc32)) == pytest.approx(floor, rel=1e-4)
    assert module("sharding").mean_latency(many, Users(rates, 0.002)) < floor
    assert do.shard_rates(8, rates, crc32).sum() == pytest.approx(rates.sum())


@pytest.mark.parametrize(("users", "shards"), [(200, 8), (1000, 16)])
def test_the_fullest_shard_is_below_the_bound(users, shards):
    assert 1 < do.fullest(users, shards) <= imbalance(users, shards)
    assert do.fullest(4, 1) == 1 and do.fullest(2, 2) == pytest.approx(1.5)


def test_one_writes_confirmation_is_about_the_round_trip_to_the_third_follower():
    rtts = np.sort(followers_rtt("LHR"))
    assert 0.9 * rtts[2] < confirmation("LHR") - 0.002 < 1.1 * rtts[3]
    mean = mean_beyond(0.0, 0.2, lambda t: within(t, 0.1))
    assert mean == pytest.approx(0.1 * MEAN_STRETCH, rel=1e-5)


gaps = st.lists(st.floats(0.001, 200), min_size=2, max_size=12)


@given(gaps, st.floats(0.001, 5), st.floats(0, 2), st.booleans())
def test_cycles_are_those_of_a_simpy_object_and_never_billed_for_longer_than_they_are(between, service, setup, pays):
    arrivals, services, stays = np.cumsum(between), np.full(len(between), service), np.full(len(between), 10.0)
    seen = cycles(arrivals, services, stays, setup, pays=pays)
    billed, ends = slow.hibernating(arrivals.tolist(), services.tolist(), stays.tolist(), setup, pays)
    assert seen.whole == pytest.approx(([0.0, *ends])[seen.messages])
    assert seen.billed == pytest.approx(sum(billed[: seen.messages]))
    assert seen.billed <= seen.whole + 1e-9


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.integers(1, 9)), min_size=1, max_size=40))
def test_sharded_customers_are_served_as_by_simpys_resources(customers):
    shard, between, services = (np.array(each) for each in zip(*customers, strict=True))
    arrivals = np.cumsum(between)
    served = serve_sharded(shard, arrivals, services)
    assert served.start.tolist() == slow.sharded(shard.tolist(), arrivals.tolist(), services.tolist())


@pytest.mark.parametrize(("name", "one", "other"), [
    ("ceiling", {"work": "compute", "ms": 2.02}, {"work": "section", "ms": 1}),
    ("throughput", {"work": "outside", "requests_per_s": (300,)}, {"work": "write", "requests_per_s": (300,)}),
    ("gates", {"writes": (1,), "way": "coalesced"}, {"writes": (1,), "way": "awaited"}),
    ("hibernation", {"messages_per_s": (0.001,), "way": "hibernating"},
     {"messages_per_s": (0.001,), "way": "hibernating", "ms": 5.000001}),
])  # fmt: skip
def test_no_two_ways_have_the_same_dice_at_one_seed(name, one, other):
    first, second = (getattr(do, name)(None, **each).rows[0].model.error for each in (one, other))
    assert first != pytest.approx(second, rel=1e-3)


@pytest.mark.parametrize("rate", [20, 190, 200, 210])
def test_what_is_answered_is_right_on_either_side_of_the_ceiling_and_at_it(rate):
    do.throughput(None, requests_per_s=(rate,)).check()


def test_where_an_eviction_is_rare_its_chance_is_in_the_interval():
    results = [do.hibernation(None, messages_per_s=(0.1, 0.13, 0.16), way="timer", seed=seed) for seed in range(3)]
    assert max(result.worst() for result in results) < 4.5


@given(st.floats(0.05, 0.95), st.integers(0, 1000))
def test_nobody_is_there_without_work_left_and_no_more_work_than_theirs(load, seed):
    from labkit.sim import backlog, streams

    mix = Mix((0.002, 0.02), (0.8, 0.2))
    kinds, left = backlog.draw(streams.generator(seed), load / mix.mean, mix)
    assert (left > 0) == bool(kinds.size) and left <= np.take(mix.seconds, kinds).sum() + 1e-12
