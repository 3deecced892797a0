"""What is written down: events, billable units, the table of copies, snapshots."""

from __future__ import annotations

import pytest

from labkit.emulators.kv import Kv
from labkit.workers.ffi import JsException
from tests.emulators.worlds import Bench, flat, planet


@pytest.fixture(params=[flat, planet], ids=["network off", "network on"])
def bench(request) -> Bench:
    return request.param()


@pytest.fixture
def kv(bench: Bench) -> Kv:
    return Kv("KV", bench.world)


def test_every_key_that_is_read_is_billed_and_so_is_what_is_not_there(bench: Bench, kv: Kv):
    env = kv.binding("SYD")
    bench.run(env.get("no"))
    bench.run(env.getWithMetadata("no"))
    bench.run(env.get(["a", "b", "c"]))
    assert bench.trace.units() == {"kv.read": 5}
    bench.run(env.put("k", "v"))
    bench.run(env.delete("other"))
    bench.run(env.list())
    assert bench.trace.units() == {"kv.read": 5, "kv.write": 1, "kv.delete": 1, "kv.list": 1}


def test_what_the_runtime_refuses_before_it_asks_is_not_billed(bench: Bench, kv: Kv):
    env = kv.binding("SYD")
    for call in (env.get(""), env.put("k", {}), env.put("k", "v", expirationTtl=1), env.get([]), env.list(limit=1001)):
        with pytest.raises(JsException):
            bench.run(call)
    assert bench.trace.units() == {} and {event.outcome for event in bench.trace} == {"exception"}


def test_each_operation_is_charged_to_its_invocation_once_a_bulk_read_too(bench: Bench, kv: Kv):
    env = kv.binding("SYD")
    for call in (env.get("k"), env.get(["a", "b"]), env.put("k", "v"), env.list()):
        bench.run(call)
    assert bench.charged == {"kv": 4}


def test_an_event_says_what_was_read_where_and_how_old_it_was():
    bench = planet()
    kv = Kv("KV", bench.world)
    bench.run(kv.binding("LHR").put("k", "four"))
    bench.run(kv.binding("SYD").get("k"))
    miss = bench.trace[-1]
    assert (miss.primitive, miss.operation, miss.place, miss.outcome, miss.bytes) == ("kv", "get", "SYD", "miss", 4)
    assert miss.detail == {"key": "k", "tier": "store", "age": 0.0, "stale": False}
    bench.advance(10)
    bench.run(kv.binding("LHR").put("k", "other"))
    bench.run(kv.binding("SYD").getWithMetadata("k"))
    hit = bench.trace[-1]
    assert (hit.operation, hit.outcome, hit.detail["tier"], hit.detail["stale"]) == (
        "getWithMetadata",
        "hit",
        "local",
        True,
    )
    assert 10 < hit.detail["age"] < 11 and hit.seconds < miss.seconds / 5


def test_the_same_value_written_again_is_not_stale():
    bench = planet()
    kv = Kv("KV", bench.world)
    bench.run(kv.binding("LHR").put("k", "v"))
    bench.run(kv.binding("SYD").get("k"))
    bench.advance(2)
    bench.run(kv.binding("LHR").put("k", "v"))
    bench.run(kv.binding("SYD").get("k"))
    assert bench.trace[-1].outcome == "hit" and not bench.trace[-1].detail["stale"]


def test_a_bulk_read_is_one_event_that_names_its_keys(bench: Bench, kv: Kv):
    bench.run(kv.binding("SYD").get(["a", "b"]))
    assert bench.trace[-1].detail["key"] == "a, b" and bench.trace[-1].detail["keys"] == 2


def test_the_copies_of_a_key_in_a_table():
    bench = planet()
    kv = Kv("KV", bench.world)
    bench.run(kv.binding("LHR").put("k", "old"))
    bench.run(kv.binding("SYD").get("k"))
    bench.advance(20)
    bench.run(kv.binding("LHR").put("k", "new"))
    bench.run(kv.binding("LHR").get("k"))
    bench.advance(10)
    table = kv.copies("k")
    assert [(row["tier"], row["colo"], row["value"], row["stale"]) for row in table] == [
        ("store", "FRA", "new", False),
        ("central", "FRA", "new", False),
        ("regional", "LHR", "new", False),
        ("local", "LHR", "new", False),
        ("local", "SYD", "old", True),
    ]
    sydney = table[-1]
    assert 30 < sydney["age"] < 31 and sydney["expires_in"] == pytest.approx(60 - sydney["age"])
    assert table[0]["expires_in"] is None
    bench.advance(30)
    assert [row["colo"] for row in kv.copies("k") if row["tier"] == "local"] == ["LHR"]


def test_the_table_is_readable_as_text_and_as_html():
    bench = planet()
    kv = Kv("KV", bench.world)
    bench.run(kv.binding("SYD").get("<k>"))
    bench.run(kv.binding("NRT").put("<k>", "<v>" + "x" * 100, expirationTtl=60))
    text = repr(kv.copies("<k>"))
    assert text.splitlines()[0].split() == ["tier", "colo", "value", "age", "stale", "expires_in"]
    assert "(nothing)" in text and "stale" in text and max(map(len, text.splitlines())) < 100
    assert "&lt;v&gt;xx" in kv.copies("<k>")._repr_html_()
    bench.advance(60)
    assert kv.copies("<k>")[0]["value"] is None


def test_a_binary_value_stays_bytes_in_the_table(bench: Bench, kv: Kv):
    bench.run(kv.binding("SYD").put("k", b"\xff"))
    assert kv.copies("k")[0]["value"] == b"\xff"


def test_a_key_that_never_was_has_no_age(bench: Bench, kv: Kv):
    assert kv.copies("k") == [
        {"tier": "store", "colo": "", "value": None, "age": None, "stale": False, "expires_in": None}
    ]


def test_stored_bytes_are_keys_values_and_metadata_of_what_is_there(bench: Bench, kv: Kv):
    env = kv.binding("SYD")
    bench.run(env.put("é", "12345", metadata=[1]))
    assert kv.stored_bytes == 2 + 5 + 3
    bench.advance(2)
    bench.run(env.delete("é"))
    assert kv.stored_bytes == 0
    bench.run(env.put("t", "v", expirationTtl=60))
    bench.advance(61)
    assert kv.stored_bytes == 0


def test_a_snapshot_brings_back_stores_and_caches(bench: Bench, kv: Kv):
    env, other = kv.binding("SYD"), kv.binding("LHR")
    bench.run(env.put("k", "one", metadata={"n": 1}))
    bench.run(other.get("k"))
    before, state = kv.copies("k"), kv.snapshot()
    bench.advance(2)
    bench.run(env.put("k", "two"))
    bench.run(kv.binding("NRT").get("k"))
    kv.restore(state)
    assert [row["colo"] for row in kv.copies("k")] == [row["colo"] for row in before]
    assert bench.run(env.getWithMetadata("k")) == {"value": "one", "metadata": {"n": 1}, "cacheStatus": None}
    assert bench.run(kv.binding("NRT").get("k")) == "one"
    assert [row.name for row in bench.run(env.list())["keys"]] == ["k"]


def test_a_snapshot_brings_back_the_pages_that_a_place_had_cached():
    bench = planet()
    kv = Kv("KV", bench.world)
    env = kv.binding("SYD")
    bench.run(env.list())
    state = kv.snapshot()
    bench.run(env.put("k", "v"))
    kv.pops["SYD"].pages.clear()
    kv.restore(state)
    bench.run(env.list())
    assert bench.trace[-1].outcome == "hit"


def test_a_snapshot_can_be_restored_twice_and_into_another_namespace(bench: Bench, kv: Kv):
    bench.run(kv.binding("SYD").put("k", "v"))
    state = kv.snapshot()
    for fresh in (Kv("other", bench.world), Kv("third", bench.world)):
        fresh.restore(state)
        assert bench.run(fresh.binding("SYD").get("k")) == "v"


def test_the_same_seed_gives_the_same_times_and_another_seed_others():
    def times(seed: int) -> list[float]:
        bench = planet(seed)
        env = Kv("KV", bench.world).binding("SYD")
        for call in (env.put("k", "v"), env.get("k"), env.get("k")):
            bench.run(call)
        return [event.end for event in bench.trace]

    assert times(1) == times(1) != times(2)
