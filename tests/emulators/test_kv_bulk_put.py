"""`wrangler kv bulk put`: many keys from outside, by the rules of a put."""

from __future__ import annotations

import pytest

from labkit import facts
from labkit.emulators.kv import Kv
from labkit.errors import PlatformError
from labkit.workers.ffi import JsException
from tests.emulators.worlds import EPOCH, Bench, flat, planet


@pytest.fixture(params=[flat, planet], ids=["network off", "network on"])
def bench(request) -> Bench:
    return request.param()


@pytest.fixture
def kv(bench: Bench) -> Kv:
    return Kv("KV", bench.world)


def test_the_pairs_are_there_for_every_place_and_cost_a_write_each_and_no_time(bench: Bench, kv: Kv):
    one = {"key": "a", "value": "1", "metadata": {"n": 1}}
    kv.bulk_put([one, {"key": "b", "value": b"\xff", "expiration_ttl": 60}])
    assert bench.now == 0 and bench.trace.units() == {"kv.write": 2}
    assert bench.trace[-1].bytes == 2
    bench.advance(1)
    found = bench.run(kv.binding("SYD").getWithMetadata("a"))
    assert (found["value"], found["metadata"]) == ("1", {"n": 1})
    assert bench.run(kv.binding("SYD").list())["keys"][1] == {"name": "b", "expiration": EPOCH + 60}


def test_a_copy_elsewhere_stays_as_after_any_write():
    bench = planet()
    kv = Kv("KV", bench.world)
    kv.bulk_put([{"key": "a", "value": "old"}])
    bench.advance(1)
    assert bench.run(kv.binding("SYD").get("a")) == "old"
    kv.bulk_put([{"key": "a", "value": "new"}])
    bench.advance(1)
    assert bench.run(kv.binding("SYD").get("a")) == "old"
    bench.advance(facts.value("kv.default_cache_ttl"))
    assert bench.run(kv.binding("SYD").get("a")) == "new"


def test_ten_thousand_pairs_are_taken_and_one_more_is_not(kv: Kv):
    most = facts.value("kv.bulk_write_pairs")
    kv.bulk_put({"key": f"k{n}", "value": ""} for n in range(most))
    with pytest.raises(PlatformError, match="10,001 pairs"):
        kv.bulk_put({"key": f"k{n}", "value": ""} for n in range(most + 1))


def test_what_a_put_refuses_is_refused_and_nothing_of_it_is_stored(bench: Bench, kv: Kv):
    for wrong in ({"key": "", "value": "v"}, {"key": "k", "value": "v", "expiration_ttl": 59}):
        with pytest.raises(JsException):
            kv.bulk_put([{"key": "good", "value": "v"}, wrong])
    with pytest.raises(PlatformError, match="expiration_ttl"):
        kv.bulk_put([{"key": "k", "value": "v", "expirationTtl": 60}])
    assert bench.run(kv.binding("SYD").list())["keys"] == []
