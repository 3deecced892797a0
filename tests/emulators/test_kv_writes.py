"""Timelines of writes: the last to land wins, counters lose, and a key takes one write a second."""

from __future__ import annotations

from asyncio import gather

import pytest

from labkit.emulators.kv import Kv
from labkit.workers.ffi import JsException
from tests.emulators.worlds import Bench, flat, planet

TOO_MANY = "Error: KV PUT failed: 429 Too Many Requests"


@pytest.fixture
def bench() -> Bench:
    return planet()


@pytest.fixture
def kv(bench: Bench) -> Kv:
    return Kv("KV", bench.world)


async def increments(kv: Kv, colo: str, times: int, pause: float) -> int:
    """How many of `times` read-and-add-one rounds were taken by the namespace."""
    env, taken = kv.binding(colo), 0
    for _ in range(times):
        count = int(await env.get("count") or 0)
        try:
            await env.put("count", count + 1)
            taken += 1
        except JsException:
            pass
        await kv.world.timeline.sleep(pause)
    return taken


def test_two_places_that_count_at_once_lose_about_half(bench: Bench, kv: Kv):
    async def both():
        return await gather(increments(kv, "SYD", 50, 1.0), increments(kv, "LHR", 50, 1.0))

    taken = sum(bench.run(both()))
    bench.advance(60)
    assert int(bench.run(kv.binding("GRU").get("count"))) <= 60 < 100
    assert taken < 100, "more than one write a second came to one key"


def test_a_counter_in_one_place_counts_at_one_write_a_second_and_loses_above(bench: Bench, kv: Kv):
    assert bench.run(increments(kv, "IAD", 10, 1.0)) == 10
    assert bench.run(kv.binding("IAD").get("count")) == "10"
    bench.advance(2)
    assert bench.run(increments(kv, "IAD", 10, 0.1)) < 5


def test_an_increment_on_a_stale_copy_undoes_what_another_place_counted(bench: Bench, kv: Kv):
    bench.run(increments(kv, "SYD", 1, 1.0))
    assert bench.run(kv.binding("LHR").get("count")) == "1"
    bench.run(increments(kv, "SYD", 3, 1.0))
    bench.run(increments(kv, "LHR", 1, 1.0))
    assert bench.run(kv.binding("SYD").get("count", cacheTtl=30)) == "2"


def test_the_last_write_to_land_wins_everywhere_once_the_news_has_travelled(bench: Bench, kv: Kv):
    """Two stores take a write each before either has heard of the other's."""

    async def two_writers():
        first = bench.timeline.spawn(kv.binding("FRA").put("k", "first"))
        await bench.timeline.sleep(0.03)
        await gather(first, kv.binding("IAD").put("k", "second"))
        return await gather(kv.binding("FRA").get("k"), kv.binding("IAD").get("k"))

    assert bench.run(two_writers()) == ["first", "second"]
    bench.advance(60)
    assert {bench.run(kv.binding(colo).get("k")) for colo in ("FRA", "IAD", "NRT", "GRU")} == {"second"}


def test_a_second_write_within_a_second_is_refused_and_the_first_stays(bench: Bench, kv: Kv):
    env = kv.binding("IAD")
    bench.run(env.put("k", "one"))
    landed = kv.store.current("k", kv.now, kv.unix).landed
    with pytest.raises(JsException) as refused:
        bench.run(env.put("k", "two"))
    assert str(refused.value) == TOO_MANY and bench.trace[-1].outcome == "429"
    assert bench.trace[-1].units == {"kv.write": 1}
    bench.until(landed + 1.0)
    bench.run(env.put("k", "three"))
    assert bench.run(env.get("k")) == "three"


def test_just_under_a_second_is_too_soon(bench: Bench, kv: Kv):
    env = kv.binding("IAD")
    bench.run(env.put("k", "one"))
    bench.until(kv.store.current("k", kv.now, kv.unix).landed + 0.999)
    with pytest.raises(JsException, match="429"):
        bench.run(env.put("k", "two"))


def test_a_delete_counts_as_a_write_to_its_key(bench: Bench, kv: Kv):
    env = kv.binding("IAD")
    bench.run(env.put("k", "one"))
    with pytest.raises(JsException, match="KV DELETE failed: 429 Too Many Requests"):
        bench.run(env.delete("k"))
    assert bench.run(env.get("k")) == "one"


def test_other_keys_have_no_such_limit(bench: Bench, kv: Kv):
    async def many():
        await gather(*(kv.binding("IAD").put(f"k{i}", "v") for i in range(100)))

    bench.run(many())
    assert len(bench.run(kv.binding("IAD").list())["keys"]) == 100


def test_a_key_that_expired_a_moment_ago_can_be_written_at_once(bench: Bench, kv: Kv):
    env = kv.binding("IAD")
    bench.run(env.put("k", "v", expirationTtl=60))
    bench.until(60.1)
    assert bench.run(env.get("k", cacheTtl=30)) is None
    bench.run(env.put("k", "again"))
    assert bench.run(env.get("k")) == "again"


def test_with_the_network_off_there_is_no_limit_and_no_stale_read():
    bench = flat()
    kv = Kv("KV", bench.world)
    for count in range(5):
        bench.run(kv.binding("SYD").put("k", count))
        assert bench.run(kv.binding("LHR").get("k")) == str(count)
    assert bench.now == 0


def test_a_delete_of_nothing_is_a_write_that_the_deleting_place_sees_at_once(bench: Bench, kv: Kv):
    """Another place deleted the key a moment before: here its old value could still be a tier away."""
    bench.run(kv.binding("IAD").put("k", "v"))
    for colo in ("SYD", "MEL"):
        assert bench.run(kv.binding(colo).get("k")) == "v"
    bench.advance(2)
    bench.run(kv.binding("LHR").delete("k"))
    bench.advance(1)
    bench.run(kv.binding("SYD").delete("k"))
    assert bench.run(kv.binding("SYD").get("k")) is None
