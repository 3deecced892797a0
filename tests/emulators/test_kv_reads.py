"""Timelines of reads: who sees a write when. Times are seconds since the first line of each story."""

from __future__ import annotations

import pytest

from labkit import facts
from labkit.emulators.kv import Kv
from tests.emulators.worlds import Bench, planet

TTL = facts.value("kv.default_cache_ttl")


@pytest.fixture
def bench() -> Bench:
    return planet()


@pytest.fixture
def kv(bench: Bench) -> Kv:
    return Kv("KV", bench.world)


def last(bench: Bench):
    """The event of the last operation."""
    return [event for event in bench.trace if event.operation != "refresh"][-1]


def read(bench: Bench, kv: Kv, colo: str, key: str = "k", **options):
    return bench.run(kv.binding(colo).get(key, **options))


def write(bench: Bench, kv: Kv, colo: str, value: str, key: str = "k"):
    bench.run(kv.binding(colo).put(key, value))


def test_a_place_that_has_a_copy_answers_from_it_until_the_cacheTtl_is_over(bench: Bench, kv: Kv):
    write(bench, kv, "LHR", "old")
    assert read(bench, kv, "SYD") == "old"
    fetched = bench.now
    bench.advance(10)
    write(bench, kv, "LHR", "new")
    bench.until(fetched + TTL - 0.1)
    assert read(bench, kv, "SYD") == "old" and last(bench).detail["stale"]
    bench.until(fetched + TTL)
    assert read(bench, kv, "SYD") == "new" and not last(bench).detail["stale"]


def test_a_miss_is_a_copy_too_and_a_place_that_never_asked_sees_the_new_key_at_once(bench: Bench, kv: Kv):
    assert read(bench, kv, "SYD") is None
    fetched = bench.now
    write(bench, kv, "LHR", "here")
    assert read(bench, kv, "SYD") is None and last(bench).outcome == "hit"
    assert read(bench, kv, "NRT") == "here"
    bench.until(fetched + TTL - 0.1)
    assert read(bench, kv, "SYD") is None
    bench.until(fetched + TTL)
    assert read(bench, kv, "SYD") == "here"


def test_a_session_deleted_in_one_place_is_still_valid_in_another(bench: Bench, kv: Kv):
    write(bench, kv, "LHR", "ada", "session")
    assert read(bench, kv, "SYD", "session") == "ada"
    bench.advance(5)
    bench.run(kv.binding("LHR").delete("session"))
    assert read(bench, kv, "LHR", "session") is None
    assert read(bench, kv, "SYD", "session") == "ada"
    bench.advance(TTL)
    assert read(bench, kv, "SYD", "session") is None


def test_the_cacheTtl_of_the_first_read_is_how_long_a_copy_serves(bench: Bench, kv: Kv):
    write(bench, kv, "LHR", "old")
    read(bench, kv, "SYD", cacheTtl=30)
    fetched = bench.now
    bench.advance(5)
    write(bench, kv, "LHR", "new")
    bench.until(fetched + 29.9)
    assert read(bench, kv, "SYD", cacheTtl=86400) == "old"
    bench.until(fetched + 30)
    assert read(bench, kv, "SYD", cacheTtl=86400) == "new"


def test_a_later_read_with_the_usual_cacheTtl_looks_behind_a_copy_kept_for_a_day(bench: Bench, kv: Kv):
    write(bench, kv, "LHR", "old")
    read(bench, kv, "SYD", cacheTtl=86400)
    fetched = bench.now
    bench.advance(2)
    write(bench, kv, "LHR", "new")
    bench.until(fetched + TTL)
    assert read(bench, kv, "SYD") == "new"


def test_a_read_with_a_shorter_cacheTtl_shortens_the_life_of_the_copy_for_all_later_reads(bench: Bench, kv: Kv):
    write(bench, kv, "LHR", "old")
    read(bench, kv, "SYD", cacheTtl=86400)
    read(bench, kv, "SYD")
    bench.advance(2)
    write(bench, kv, "LHR", "new")
    bench.advance(TTL)
    assert read(bench, kv, "SYD", cacheTtl=86400) == "new" and last(bench).outcome == "miss"


def test_a_copy_over_a_minute_old_is_served_and_refreshed_behind_the_readers_back(bench: Bench, kv: Kv):
    write(bench, kv, "LHR", "old")
    read(bench, kv, "SYD", cacheTtl=600)
    bench.advance(5)
    write(bench, kv, "LHR", "new")
    bench.advance(240)
    assert read(bench, kv, "SYD", cacheTtl=600) == "old" and last(bench).outcome == "refresh"
    assert last(bench).detail["age"] > 240
    bench.advance(1)
    assert read(bench, kv, "SYD", cacheTtl=600) == "new"
    assert last(bench).outcome == "hit" and last(bench).detail["age"] < 1.1


def test_at_sixty_seconds_of_age_nothing_is_refreshed_yet(bench: Bench, kv: Kv):
    write(bench, kv, "LHR", "v")
    read(bench, kv, "SYD", cacheTtl=600)
    fetched = bench.now
    bench.until(fetched + facts.value("kv.refresh_ttl"))
    read(bench, kv, "SYD", cacheTtl=600)
    assert last(bench).outcome == "hit"


def test_one_refresh_is_under_way_for_a_key_in_a_place(bench: Bench, kv: Kv):
    write(bench, kv, "LHR", "v")
    read(bench, kv, "SYD", cacheTtl=600)
    bench.advance(100)

    async def crowd():
        from asyncio import gather

        await gather(*(kv.binding("SYD").get("k", cacheTtl=600) for _ in range(5)))

    bench.run(crowd())
    bench.advance(1)
    assert [event.outcome for event in bench.trace.where("kv", "get")].count("refresh") == 1
    assert len(bench.trace.where("kv", "refresh")) == 1


def test_a_refresh_keeps_the_long_life_of_the_copy(bench: Bench, kv: Kv):
    write(bench, kv, "LHR", "v")
    read(bench, kv, "SYD", cacheTtl=600)
    bench.advance(100)
    read(bench, kv, "SYD", cacheTtl=600)
    bench.advance(500)
    read(bench, kv, "SYD", cacheTtl=600)
    assert last(bench).outcome == "refresh"


def test_the_place_that_writes_reads_its_own_write(bench: Bench, kv: Kv):
    write(bench, kv, "SYD", "one")
    assert read(bench, kv, "SYD") == "one"
    bench.advance(1)
    write(bench, kv, "SYD", "two")
    assert read(bench, kv, "SYD") == "two"


def test_a_read_under_way_while_its_place_writes_leaves_no_old_copy_behind(bench: Bench, kv: Kv):
    """The read fetches the old value; the write comes back first; a copy of the old one would last a minute."""
    from asyncio import gather

    write(bench, kv, "SYD", "old")
    bench.advance(2)
    path = kv.path("SYD")

    async def race():
        slow = path._climb

        async def slower(keys):
            found = await slow(keys)
            await bench.timeline.sleep(5)
            return found

        path._climb = slower
        reading = bench.timeline.spawn(kv.binding("SYD").get("k"))
        await bench.timeline.sleep(1)
        path._climb = slow
        await gather(reading, kv.binding("SYD").put("k", "new"))
        return await reading

    assert bench.run(race()) == "old"
    assert read(bench, kv, "SYD") == "new"


def test_a_copy_never_outlives_its_entry(bench: Bench, kv: Kv):
    bench.run(kv.binding("LHR").put("k", "v", expirationTtl=60))
    end = bench.run(kv.binding("LHR").list())["keys"][0].expiration - bench.world.epoch
    bench.until(end - 5)
    assert read(bench, kv, "SYD", cacheTtl=3600) == "v"
    bench.until(end - 0.1)
    assert read(bench, kv, "SYD", cacheTtl=3600) == "v"
    bench.until(end)
    assert read(bench, kv, "SYD", cacheTtl=3600) is None


def test_places_of_one_region_share_a_tier_that_hears_of_writes(bench: Bench, kv: Kv):
    write(bench, kv, "LHR", "old")
    read(bench, kv, "SYD")
    assert last(bench).detail["tier"] == "store"
    read(bench, kv, "MEL")
    assert last(bench).detail["tier"] == "regional"
    bench.advance(2)
    write(bench, kv, "LHR", "new")
    bench.advance(1)
    assert read(bench, kv, "BNE") == "new"
    assert read(bench, kv, "MEL") == "old"


def test_the_tiers_answer_in_the_order_of_their_distance(bench: Bench, kv: Kv):
    write(bench, kv, "LHR", "v")
    seconds = {}
    for colo in ("PER", "MEL"):
        read(bench, kv, colo)
        seconds[last(bench).detail["tier"]] = last(bench).seconds
    read(bench, kv, "PER")
    seconds[last(bench).detail["tier"]] = last(bench).seconds
    assert list(seconds) == ["store", "regional", "local"]
    assert seconds["store"] > seconds["regional"] > seconds["local"]


def test_until_news_of_a_write_arrives_another_region_is_served_the_old_version(bench: Bench, kv: Kv):
    """A regional tier is as far behind as a message is, and no further."""
    write(bench, kv, "IAD", "old")
    for colo in ("SYD", "FRA"):
        read(bench, kv, colo)
    bench.advance(2)
    store, links = kv.store, bench.world.links
    write(bench, kv, "IAD", "new")
    landed = store.current("k", kv.now, kv.unix).landed
    delay = links.rtt("IAD", "SYD") / 2
    tier = kv.regional["SYD"]
    for moment, value in ((landed + delay - 0.001, b"old"), (landed + delay + 0.001, None)):
        found = tier.find("k", moment, bench.world.epoch + moment)
        assert (found and found.value) == value


def test_a_bulk_read_mixes_copies_and_what_is_fetched_in_one_trip(bench: Bench, kv: Kv):
    for key in ("a", "b", "c"):
        write(bench, kv, "LHR", key, key)
    read(bench, kv, "SYD", "a")
    single = last(bench).seconds
    found = bench.run(kv.binding("SYD").get(["a", "b", "c", "d"]))
    assert found == {"a": "a", "b": "b", "c": "c", "d": None}
    assert last(bench).outcome == "miss" and last(bench).seconds < 1.5 * single
    bench.run(kv.binding("SYD").get(["a", "b", "c", "d"]))
    assert last(bench).outcome == "hit" and last(bench).seconds < 0.05
