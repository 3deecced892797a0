"""Listings: their order and shape, pages that are copies themselves, and what deleted keys leave behind."""

from __future__ import annotations

import pytest

from labkit import facts
from labkit.emulators.kv import Kv
from tests.emulators.worlds import Bench, flat, planet


@pytest.fixture
def bench() -> Bench:
    return planet()


@pytest.fixture
def kv(bench: Bench) -> Kv:
    return Kv("KV", bench.world)


def names(page) -> list[str]:
    return [row.name for row in page["keys"]]


def fill(bench: Bench, kv: Kv, *keys: str) -> None:
    for key in keys:
        bench.run(kv.binding("LHR").put(key, "v"))


def test_a_page_is_a_copy_for_a_minute_and_no_write_clears_it_not_even_ones_own(bench: Bench, kv: Kv):
    fill(bench, kv, "a", "b")
    env = kv.binding("SYD")
    assert names(bench.run(env.list())) == ["a", "b"]
    fetched = bench.now
    bench.run(env.put("c", "v"))
    assert bench.run(env.get("c")) == "v"
    assert names(bench.run(env.list())) == ["a", "b"] and bench.trace[-1].outcome == "hit"
    bench.until(fetched + facts.value("kv.list_cache") - 0.1)
    assert names(bench.run(env.list())) == ["a", "b"]
    bench.until(fetched + facts.value("kv.list_cache"))
    assert names(bench.run(env.list())) == ["a", "b", "c"] and bench.trace[-1].outcome == "miss"


def test_each_place_and_each_question_has_its_own_page(bench: Bench, kv: Kv):
    fill(bench, kv, "a")
    bench.run(kv.binding("SYD").list())
    fill(bench, kv, "b")
    assert names(bench.run(kv.binding("NRT").list())) == ["a", "b"]
    assert names(bench.run(kv.binding("SYD").list(prefix=""))) == ["a"]
    assert names(bench.run(kv.binding("SYD").list(limit=999))) == ["a", "b"]


def test_changing_a_result_changes_nothing_that_is_cached(bench: Bench, kv: Kv):
    bench.run(kv.binding("SYD").put("a", "v", metadata={"n": 1}))
    bench.run(kv.binding("SYD").list())["keys"][0].metadata["n"] = 2
    assert bench.run(kv.binding("SYD").list())["keys"][0].metadata == {"n": 1}


def test_a_page_that_is_exactly_full_is_complete_and_has_no_cursor(bench: Bench, kv: Kv):
    fill(bench, kv, "a", "b")
    page = bench.run(kv.binding("SYD").list(limit=2))
    assert page["list_complete"] and "cursor" not in page


def test_deleted_keys_take_places_on_a_page_that_can_be_empty_and_not_the_last(bench: Bench, kv: Kv):
    fill(bench, kv, "a", "b", "c")
    bench.advance(2)
    env = kv.binding("LHR")
    bench.run(env.delete("a"))
    bench.run(env.delete("b"))
    page = bench.run(env.list(limit=2))
    assert page["keys"] == [] and not page["list_complete"]
    assert names(bench.run(env.list(limit=2, cursor=page.cursor))) == ["c"]
    bench.advance(facts.value("kv.tombstone"))
    assert names(bench.run(env.list(limit=2))) == ["c"]


def test_expired_keys_do_so_too(bench: Bench, kv: Kv):
    for key in ("a", "b"):
        bench.run(kv.binding("LHR").put(key, "v", expirationTtl=60))
    fill(bench, kv, "c")
    bench.advance(61)
    page = bench.run(kv.binding("LHR").list(limit=2))
    assert page["keys"] == [] and not page["list_complete"]


def test_with_the_network_off_a_page_is_full_and_fresh():
    bench = flat()
    kv = Kv("KV", bench.world)
    fill(bench, kv, "a", "b", "c")
    env = kv.binding("SYD")
    assert names(bench.run(env.list(limit=2))) == ["a", "b"]
    bench.run(env.delete("a"))
    assert names(bench.run(env.list(limit=2))) == ["b", "c"]


def test_a_listing_names_a_key_at_the_very_second_of_its_end_and_a_read_does_not():
    bench = flat()
    env = Kv("KV", bench.world).binding("SYD")
    bench.run(env.put("k", "v", expirationTtl=60))
    bench.advance(60)
    assert names(bench.run(env.list())) == ["k"]
    assert bench.run(env.get("k")) is None
    assert names(bench.run(env.list())) == []
    bench.run(env.put("k", "v", expirationTtl=60))
    bench.advance(61)
    assert names(bench.run(env.list())) == []
