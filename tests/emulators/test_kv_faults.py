"""What breaks, and what goes on: dead places, partitions, and the outage of the central stores."""

from __future__ import annotations

import pytest

from labkit import facts
from labkit.emulators.kv import Kv
from labkit.workers.ffi import JsException
from tests.emulators.worlds import Bench, flat, planet

GONE = "failed: 503 Service Temporarily Unavailable"


@pytest.fixture
def bench() -> Bench:
    return planet()


@pytest.fixture
def kv(bench: Bench) -> Kv:
    found = Kv("KV", bench.world)
    bench.run(found.binding("LHR").put("hot", "v"))
    bench.run(found.binding("PER").get("hot"))
    bench.advance(2)
    return found


def refused(bench: Bench, call) -> str:
    with pytest.raises(JsException) as caught:
        bench.run(call)
    return str(caught.value)


def test_a_place_cut_off_serves_its_copies_and_refuses_the_rest_after_a_time_out(bench: Bench, kv: Kv):
    env = kv.binding("PER")
    bench.faults.partition("PER")
    assert bench.run(env.get("hot")) == "v"
    began = bench.now
    assert refused(bench, env.get("cold")) == f"Error: KV GET {GONE}"
    assert bench.now - began >= bench.faults.timeout
    assert refused(bench, env.put("k", "v")) == f"Error: KV PUT {GONE}"
    assert refused(bench, env.delete("k")) == f"Error: KV DELETE {GONE}"
    assert refused(bench, env.list()) == f"Error: KV GET {GONE}"
    assert bench.trace[-1].outcome == "503"


def test_a_copy_past_its_time_is_not_served_from_a_place_cut_off(bench: Bench, kv: Kv):
    bench.faults.partition("PER")
    bench.advance(60)
    assert GONE in refused(bench, kv.binding("PER").get("hot"))
    bench.faults.heal()
    assert bench.run(kv.binding("PER").get("hot")) == "v"


def test_a_refresh_that_fails_leaves_the_copy_as_it_was(bench: Bench, kv: Kv):
    env = kv.binding("PER")
    bench.advance(60)
    assert bench.run(env.get("hot", cacheTtl=600)) == "v"
    bench.advance(100)
    bench.faults.partition("PER")
    assert bench.run(env.get("hot", cacheTtl=600)) == "v"
    bench.advance(60)
    assert bench.trace.where("kv", "refresh")[-1].outcome == "exception"
    assert bench.run(env.get("hot", cacheTtl=600)) == "v"


def test_where_the_nearest_store_is_dead_the_other_answers(bench: Bench, kv: Kv):
    for store in facts.value("kv.central_stores"):
        bench.faults.kill(store)
        bench.run(kv.binding("LHR").put(f"without {store}", "v"))
        assert bench.run(kv.binding("NRT").get(f"without {store}")) == "v"
        bench.faults.heal()


def test_where_the_regional_tier_is_dead_a_place_goes_on_to_the_centre(bench: Bench, kv: Kv):
    bench.faults.kill("SYD")
    assert bench.run(kv.binding("MEL").get("hot")) == "v"
    bench.run(kv.binding("MEL").put("k", "v"))
    assert bench.run(kv.binding("MEL").get("k")) == "v"


def test_in_an_outage_caches_answer_and_the_stores_refuse(bench: Bench, kv: Kv):
    kv.outage(3600)
    ends = bench.now + 3600
    assert bench.run(kv.binding("PER").get("hot")) == "v"
    assert bench.run(kv.binding("MEL").get("hot")) == "v", "the regional tier has it"
    assert refused(bench, kv.binding("SYD").get("cold")) == f"Error: KV GET {GONE}"
    assert refused(bench, kv.binding("SYD").put("k", "v")) == f"Error: KV PUT {GONE}"
    assert refused(bench, kv.binding("SYD").list()) == f"Error: KV GET {GONE}"
    bench.until(ends)
    assert bench.run(kv.binding("SYD").get("cold")) is None


def test_with_the_network_off_an_outage_refuses_everything():
    bench = flat()
    kv = Kv("KV", bench.world)
    bench.run(kv.binding("SYD").put("k", "v"))
    kv.outage(60)
    for call in (kv.binding("SYD").get("k"), kv.binding("SYD").list(), kv.binding("SYD").delete("k")):
        assert GONE in refused(bench, call)
    bench.advance(60)
    assert bench.run(kv.binding("SYD").get("k")) == "v"


def test_a_lost_message_only_costs_time(bench: Bench, kv: Kv):
    bench.faults.lose(0.3)
    assert bench.run(kv.binding("NRT").get("hot")) == "v"
