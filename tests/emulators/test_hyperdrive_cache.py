"""The query cache: what it answers, how old that may be, and what never gets into it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.emulators.hyperdrive.cacheable import is_cacheable
from tests.emulators.hyperdrives import Driver, Setting

READ = "select age from users where id = 1"


def outcomes(setting: Setting) -> list[str]:
    return [event.outcome for event in setting.trace.where("hyperdrive", "query")]


def ages(setting: Setting, *pauses: float, colo: str = "SYD") -> Iterator[str]:
    """What a reader sees, first now and then after each pause."""
    driver = setting.driver(colo)
    for pause in (0.0, *pauses):
        setting.advance(pause)
        yield setting.run(driver.query(READ))[0][0]


def written(setting: Setting, age: int) -> None:
    setting.run(setting.driver("IAD").query(f"update users set age = {age} where id = 1"))


@pytest.mark.parametrize(("pause", "seen", "outcome"), [
    (59.0, "36", "hit"), (61.0, "36", "stale"), (74.0, "36", "stale"), (76.0, "1", "miss"),
])  # fmt: skip
def test_a_write_does_not_clear_the_cache_and_only_time_does(pause: float, seen: str, outcome: str):
    setting = Setting()
    reader = setting.driver()
    setting.run(reader.query(READ))
    began = setting.now
    written(setting, 1)
    setting.advance(began + pause - setting.now)
    assert setting.run(reader.query(READ)) == [(seen,)]
    assert outcomes(setting)[-1] == outcome


def test_a_stale_answer_is_fetched_anew_behind_the_readers_back():
    setting = Setting()
    seen = ages(setting, 65.0, 1.0)
    assert next(seen) == "36"
    written(setting, 1)
    assert [*seen] == ["36", "1"]
    assert outcomes(setting)[-2:] == ["stale", "hit"]
    assert len(setting.trace.where("hyperdrive", "revalidate")) == 1


def test_what_nobody_may_be_given_any_more_is_let_go():
    setting = Setting()
    driver = setting.driver()
    for number in range(5):
        setting.run(driver.query(f"select {number}"))
        setting.advance(40)
    assert [answer.sql for answer in setting.hd.caches.held["SYD"].values()] == ["select 3", "select 4"]


def test_a_hit_stays_at_the_place_and_asks_nobody():
    setting = Setting()
    [*_] = ages(setting, 1.0)
    miss, hit = setting.trace.where("hyperdrive", "query")
    assert hit.seconds < 0.01 < miss.seconds
    assert "connection" not in hit.detail and "connection" in miss.detail
    assert [each.units for each in (miss, hit)] == [{"hyperdrive.queries": 1.0}] * 2


def test_each_place_has_a_cache_of_its_own():
    setting = Setting()
    [*_] = ages(setting, colo="SYD")
    written(setting, 1)
    assert [*ages(setting, colo="LHR")] == ["1"]
    assert [*ages(setting, colo="SYD")] == ["36"]
    assert [(row["colo"], row["hits"]) for row in setting.hd.cache()] == [("LHR", 0), ("SYD", 1)]
    assert "fresh" in setting.hd.cache("SYD")._repr_html_()


def test_other_parameters_and_other_words_are_other_entries():
    setting = Setting()
    driver = setting.driver()
    sql = "select age from users where id = $1"

    async def work() -> list[object]:
        asked = [(sql, "1"), (sql, "2"), (sql, "1"), (f"{sql} ", "1")]
        return [await driver.bound(text, value, name=name) for (text, value), name in zip(asked, "abcd", strict=True)]

    assert setting.run(work()) == [[("36",)], [("41",)], [("36",)], [("36",)]]
    assert outcomes(setting) == ["miss", "miss", "hit", "miss"]


def test_a_transaction_reads_past_the_cache():
    setting = Setting()
    driver = setting.driver()

    async def work() -> list[object]:
        asked = [READ, "begin", "update users set age = 1 where id = 1", READ, "commit", READ]
        return [await driver.query(sql) for sql in asked]

    answers = setting.run(work())
    assert answers[3] == [("1",)]
    assert answers[5] == [("36",)]  # what was cached before the transaction


def test_caching_can_be_switched_off():
    setting = Setting()
    setting.hd.configure(caching_disabled=True)
    [*_] = ages(setting, 1.0)
    assert outcomes(setting) == ["bypass", "bypass"]
    assert list(setting.hd.cache()) == []


@pytest.mark.parametrize(("pause", "outcome"), [(9.0, "hit"), (11.0, "miss")])
def test_max_age_can_be_set(pause: float, outcome: str):
    setting = Setting()
    setting.hd.configure(max_age=10, stale_while_revalidate=0)
    [*_] = ages(setting, pause)
    assert outcomes(setting)[-1] == outcome


def test_an_error_is_not_cached():
    setting = Setting()
    driver = setting.driver()
    assert setting.run(driver.query("select * from later"))[0] == "42P01"
    setting.hd.execute("create table later (a int)")
    assert setting.run(driver.query("select * from later")) == []


@pytest.mark.parametrize(("most", "outcome"), [(1000, "hit"), (10, "miss")])
def test_an_answer_that_is_too_large_is_given_and_not_kept(most: int, outcome: str):
    setting = Setting()
    setting.hd.caches.largest = most
    assert [*ages(setting, 1.0)] == ["36", "36"]
    assert outcomes(setting)[-1] == outcome


@pytest.mark.parametrize(("sql", "cacheable"), [
    ("select * from users", True), ("SELECT age, random FROM users", True), ("select 'now()' -- random()", True),
    ("with a as (select 1) select * from a", True), ("select now", True),
    ("select now()", False), ("select NOW ()", False), ("select current_timestamp", False), ("select random()", False),
    ("select lastval(), * from users", False), ("select * from users for update", False), ("", False),
    ("insert into users values (1)", False), ("with a as (delete from users returning 1) select * from a", False),
    ("select 1; select 2", False), ("create table t (a int)", False), ("begin", False), ("show timezone", False),
    ("select current_user", False),
])  # fmt: skip
def test_only_reads_whose_answer_does_not_change_by_itself_are_cached(sql: str, cacheable: bool):
    assert is_cacheable(sql) is cacheable


def test_a_lost_place_forgets_and_a_snapshot_remembers():
    setting = Setting()
    [*_] = ages(setting)
    state = setting.hd.snapshot()
    setting.hd.lose("SYD")
    assert list(setting.hd.cache()) == []
    written(setting, 1)
    setting.hd.restore(state)
    assert setting.stored(READ) == [[36]]
    assert [*ages(setting)] == ["36"] and outcomes(setting)[-1] == "hit"


def test_with_the_network_off_nothing_is_cached_and_nothing_takes_time():
    setting = Setting(network=False)
    seen = ages(setting, 0.0)
    next(seen)
    written(setting, 1)
    assert [*seen] == ["1"]
    assert setting.now == 0.0


STEPS = st.lists(st.one_of(
    st.tuples(st.just("read"), st.sampled_from(["SYD", "LHR"])),
    st.tuples(st.just("write"), st.integers(1, 99)),
    st.tuples(st.just("wait"), st.sampled_from([1.0, 10.0, 30.0, 60.0])),
), max_size=14)  # fmt: skip


@given(STEPS)
@settings(max_examples=25)
def test_what_a_reader_sees_was_true_within_max_age_and_what_is_stale_after_it(steps: list[tuple[str, object]]):
    """The model: a place keeps what it fetched for 60 s, gives it for 15 s more while it fetches it again."""
    setting = Setting()
    drivers = {colo: setting.driver(colo) for colo in ("SYD", "LHR", "IAD")}
    value, kept = "36", {}
    for what, given_ in steps:
        if what == "wait":
            setting.advance(given_)  # type: ignore[arg-type]
        elif what == "write":
            value = str(given_)
            setting.run(drivers["IAD"].query(f"update users set age = {given_} where id = 1"))
        else:
            began = setting.now
            seen = setting.run(_read(drivers[str(given_)]))
            fetched, old = kept.get(given_, (-1e9, ""))
            if began - fetched >= 75:
                kept[given_] = (setting.now, value)
            elif began - fetched >= 60:
                setting.advance(0.5)
                kept[given_] = (setting.now, value)
            assert seen == (old if began - fetched < 75 else value)


async def _read(driver: Driver) -> str:
    await driver.setting.timeline.sleep(0.5)  # past the moments at which the two clocks differ by a round trip
    return (await driver.query(READ))[0][0]
