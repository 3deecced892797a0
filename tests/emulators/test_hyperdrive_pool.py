"""The pool: who holds a connection, who waits, what a connection forgets, what happens when the database is gone."""

from __future__ import annotations

import pytest

from labkit.errors import LabError
from tests.emulators.hyperdrives import Driver, Setting

EXHAUSTED = ("58000", "Failed to acquire a connection from the pool.")
REFUSED = ("58000", "Server connection attempt failed: connection_refused")
WRITE = "update users set age = age where id = 1"


def states(setting: Setting) -> list[str]:
    return [row["state"] for row in setting.hd.pool()]


def small(**more: int) -> Setting:
    """A pool of the fewest connections that there may be."""
    setting = Setting()
    setting.hd.configure(origin_connection_limit=5, **more)
    return setting


async def hold(drivers: list[Driver]) -> None:
    for driver in drivers:
        await driver.query("begin")


def test_a_connection_is_held_from_the_first_statement_of_a_transaction_to_its_end():
    setting = Setting()
    driver = setting.driver()
    assert states(setting) == []
    assert setting.run(driver.query("begin")) == "BEGIN"
    assert [(row["state"], row["client"]) for row in setting.hd.pool()] == [("busy", "SYD 1")]
    setting.run(driver.query(WRITE))
    assert states(setting) == ["busy"]
    setting.run(driver.query("commit"))
    assert states(setting) == ["idle"]


def test_many_clients_share_few_connections_where_they_hold_none():
    setting = Setting()
    drivers = [setting.driver() for _ in range(8)]
    for driver in drivers:
        setting.run(driver.query(WRITE))
    assert [row["queries"] for row in setting.hd.pool()] == [8]


@pytest.mark.parametrize(("free_after", "answer"), [(14.0, "UPDATE 1"), (16.0, EXHAUSTED)])
def test_who_finds_no_connection_waits_for_one_and_not_for_ever(free_after: float, answer: object):
    setting = small()
    holders, late = [setting.driver("IAD") for _ in range(5)], setting.driver("IAD")

    async def work() -> object:
        await hold(holders)
        waiting = setting.timeline.spawn(late.query(WRITE))
        await setting.timeline.sleep(free_after)
        await holders[0].query("commit")
        return await waiting

    assert setting.run(work()) == answer
    query = next(each for each in setting.trace.where("hyperdrive", "query") if each.detail["sql"] == WRITE)
    assert query.detail["wait"] == pytest.approx(min(free_after, 15.0), abs=0.1)
    assert len(states(setting)) == 5


def test_those_in_line_are_served_in_their_order():
    setting = small()
    holders, order = [setting.driver("IAD") for _ in range(5)], []

    async def late(name: str) -> None:
        driver = Driver(setting, "IAD")
        await driver.sign_in()
        await driver.query(WRITE)
        order.append(name)

    async def work() -> None:
        await hold(holders)
        waiting = [setting.timeline.spawn(late(name)) for name in "abc"]
        await setting.timeline.sleep(1)
        await holders[0].query("commit")
        for each in waiting:
            await each

    setting.run(work())
    assert order == ["a", "b", "c"]


def test_set_outside_of_a_transaction_is_forgotten_with_the_connection_and_inside_it_holds():
    setting = Setting()
    driver = setting.driver()

    async def work() -> list[object]:
        asked = ["set work_mem = '9MB'", "show work_mem", "begin", "set work_mem = '9MB'", "show work_mem", "commit",
                 "show work_mem", "set work_mem = '9MB'; show work_mem", "show work_mem"]  # fmt: skip
        return [await driver.query(sql) for sql in asked]

    assert setting.run(work()) == ["SET", [("4MB",)], "BEGIN", "SET", [("9MB",)], "COMMIT", [("4MB",)], [("9MB",)],
                                   [("4MB",)]]  # fmt: skip


def test_a_prepared_statement_goes_on_on_whichever_connection():
    setting = Setting()
    setting.hd.configure(caching_disabled=True)
    driver, other = setting.driver(), setting.driver()
    sql = "select pg_backend_pid(), name from users where id = $1"

    async def work() -> list[object]:
        first = await driver.bound(sql, "1", name="mine")
        await other.query("begin")  # takes the connection that knows the statement
        second = await driver.bound(sql, "2", name="mine")
        await other.query("commit")
        return [first, second]

    [[(pid, name)], [(other_pid, other_name)]] = setting.run(work())
    assert (name, other_name) == ("ada", "bob")
    assert pid != other_pid


@pytest.mark.parametrize(("unused", "left"), [(599.0, 1), (601.0, 0)])
def test_a_connection_that_nobody_uses_is_closed_after_ten_minutes(unused: float, left: int):
    setting = Setting()
    setting.run(setting.driver("IAD").query(WRITE))
    setting.advance(unused)
    assert len(setting.hd.pool()) == left


def test_a_client_that_goes_away_in_a_transaction_leaves_nothing_behind():
    setting = Setting()
    driver = setting.driver()

    async def work() -> None:
        await driver.query("begin")
        await driver.query("update users set age = 0")
        driver.client.close()
        await setting.timeline.sleep(0.001)

    setting.run(work())
    assert states(setting) == ["idle"]
    assert setting.stored("select age from users where id = 1") == [[36]]
    assert setting.run(setting.driver().query("update users set age = 1 where id = 1")) == "UPDATE 1"


def test_a_client_that_goes_away_while_it_waits_in_line_takes_no_connection():
    setting = small()
    holders, late = [setting.driver("IAD") for _ in range(5)], setting.driver("IAD")

    async def work() -> None:
        await hold(holders)
        setting.timeline.spawn(late.query(WRITE))
        await setting.timeline.sleep(1)
        late.client.close()
        for holder in holders:
            await holder.query("commit")

    setting.run(work())
    assert states(setting) == ["idle"] * 5


@pytest.mark.parametrize("sql", [
    "listen news", "notify news", "prepare p as select 1", "deallocate all", "discard all",
    "select pg_advisory_lock(1)", "copy users from stdin",
])  # fmt: skip
def test_what_belongs_to_a_session_is_refused(sql: str):
    setting = Setting()
    code, words = setting.run(setting.driver().query(sql))
    assert code == "0A000" and words.startswith("Hyperdrive does not support ")
    assert states(setting) == []


def test_a_database_that_is_down_refuses_until_it_is_back():
    setting = Setting()
    driver = setting.driver()
    setting.run(driver.query(WRITE))
    setting.hd.outage("10 seconds")
    assert setting.run(driver.query(WRITE)) == REFUSED
    assert states(setting) == []
    setting.advance(10)
    assert setting.run(driver.query(WRITE)) == "UPDATE 1"


@pytest.mark.parametrize(("seconds", "code"), [(59.0, "UPDATE 1"), (61.0, "57014")])
def test_a_query_takes_sixty_seconds_at_most(seconds: float, code: str):
    setting = Setting()
    setting.hd.slow(seconds)
    answer = setting.run(setting.driver("IAD").query("update users set age = 1 where id = 1"))
    assert answer == code or answer[0] == code
    assert setting.stored("select age from users where id = 1") == [[1 if code == "UPDATE 1" else 36]]


@pytest.mark.parametrize(("seconds", "code"), [(59, None), (61, "57014")])
def test_pg_sleep_takes_simulated_time_within_the_same_limit(seconds: int, code: str | None):
    setting = Setting()
    answer = setting.run(setting.driver("IAD").query(f"select pg_sleep({seconds})"))
    assert (answer[0] if code else None) == code
    assert setting.now >= 59 if code is None else answer[0] == "57014"


def test_a_worker_that_cannot_reach_the_pool_gets_another():
    setting = small()
    setting.run(setting.driver("SYD").query(WRITE))
    setting.faults.partition("SYD", "IAD")
    assert setting.run(setting.driver("SYD").query(WRITE)) == "UPDATE 1"
    assert [row["pool"] for row in setting.hd.pool()] == ["IAD", "ORD"]


def test_a_pool_that_cannot_reach_the_database_says_so():
    setting = Setting()
    setting.hd.move("YUL")
    driver = setting.driver("SYD")
    setting.run(driver.query(WRITE))
    setting.faults.kill("YUL")
    assert setting.run(driver.query(WRITE)) == EXHAUSTED
    setting.faults.heal()
    assert setting.run(driver.query(WRITE)) == "UPDATE 1"


def test_a_straight_connection_takes_seven_round_trips_more_and_hyperdrive_one_in_all():
    setting = Setting()
    trip = setting.world.links.rtt("SYD", "IAD")  # type: ignore[union-attr]

    def timed(host: str | None = None) -> float:
        began = setting.now
        setting.pg8000("SYD", host).run(WRITE)
        return setting.now - began

    setting.blocking(timed)
    [pooled] = setting.blocking(timed)
    [straight] = setting.blocking(lambda: timed(setting.hd.address.host))
    assert pooled == pytest.approx(trip, rel=0.05)
    assert straight == pytest.approx(8 * trip, rel=0.05)
    opened = setting.trace.where("hyperdrive", "open")
    assert [(each.place, each.detail["round_trips"]) for each in opened] == [("IAD", 7), ("SYD", 7)]
    assert opened[1].seconds == pytest.approx(7 * trip, rel=0.01)


def test_settings_are_checked_as_the_platform_checks_them():
    setting = Setting()
    assert setting.hd.configure(max_age=3600).max_age == 3600
    with pytest.raises(LabError, match="max_age=3601: it is 0 to 3600 seconds"):
        setting.hd.configure(max_age=3601)
    with pytest.raises(LabError, match="origin_connection_limit=4: it is 5 or more"):
        setting.hd.configure(origin_connection_limit=4)
    with pytest.raises(LabError, match="Did you mean 'caching_disabled'"):
        setting.hd.configure(cache_disabled=True)


def test_a_restart_opens_new_connections():
    setting = Setting()
    setting.run(setting.driver().query(WRITE))
    setting.hd.restart()
    assert states(setting) == []
    assert setting.run(setting.driver().query(WRITE)) == "UPDATE 1"


def test_a_restart_ends_the_transactions_that_are_open():
    setting = Setting()
    driver = setting.driver()
    setting.run(driver.query("begin"))
    setting.run(driver.query("update users set age = 0"))
    setting.hd.restart()
    assert setting.run(driver.query("commit")) == ("57P01", "terminating connection due to administrator command")
    assert setting.run(driver.query("select age from users where id = 1")) == [("36",)]
    assert states(setting) == ["idle"]


def test_a_client_of_a_pool_that_was_restarted_may_go_away():
    setting = Setting()
    driver = setting.driver()
    setting.run(driver.query("begin"))
    setting.hd.restart()
    driver.client.close()
    setting.advance(1)
    assert states(setting) == []
    assert setting.run(setting.driver().query(WRITE)) == "UPDATE 1"


def test_a_database_is_moved_to_places_that_there_are():
    setting = Setting()
    setting.hd.move("FRA")
    setting.run(setting.driver("LHR").query(WRITE))
    assert [row["pool"] for row in setting.hd.pool()] == ["FRA"]
    with pytest.raises(LabError):
        setting.hd.move("nowhere")
