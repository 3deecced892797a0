"""What a database, a statement and an account may hold: both sides of each limit."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from labkit import facts
from labkit.emulators.d1 import D1, Account
from labkit.emulators.sqlite import PAGE
from labkit.errors import PlatformError
from labkit.workers import context
from labkit.workers.ffi import JsException
from tests.emulators.worlds import Bench, flat, planet

DAY = 86400


class Invocation:
    """What six connections belong to."""

    strict = False


def database(bench: Bench) -> Any:
    return D1({"binding": "DB"}, bench.world).binding("IAD")


def outcome(bench: Bench, call: Any) -> str:
    """ "ok", or the words of the refusal."""
    try:
        bench.run(call)
    except JsException as error:
        return error.message.removeprefix("D1_ERROR: ")
    return "ok"


def params(count: int) -> tuple[str, list[int]]:
    return f"SELECT {', '.join(['?'] * count)}", list(range(count))


@pytest.mark.parametrize(("sql", "values", "words"), [
    (*params(100), "ok"),
    (*params(101), "too many SQL variables at offset"),
    (f"SELECT '{'x' * (100_000 - 9)}'", [], "ok"),
    (f"SELECT '{'x' * (100_000 - 8)}'", [], "statement too long: SQLITE_TOOBIG"),
    (f"CREATE TABLE t ({', '.join(f'c{n}' for n in range(100))})", [], "ok"),
    (f"CREATE TABLE t ({', '.join(f'c{n}' for n in range(101))})", [], "too many columns on t"),
    (f"SELECT 'a' LIKE '{'a' * 50}'", [], "ok"),
    (f"SELECT 'a' LIKE '{'a' * 51}'", [], "LIKE or GLOB pattern too complex"),
    ("SELECT zeroblob(2200000)", [], "ok"),
    ("SELECT zeroblob(2200001)", [], "string or blob too big: SQLITE_TOOBIG"),
    ("SELECT length(?)", ["x" * 2_000_000], "ok"),
    (f"SELECT {'+'.join(['1'] * 100)}", [], "ok"),
    (f"SELECT {'+'.join(['1'] * 101)}", [], "Expression tree is too large (maximum depth 100)"),
])  # fmt: skip
def test_a_statement_has_its_limits(sql: str, values: list[Any], words: str):
    bench = flat()
    said = outcome(bench, database(bench).prepare(sql).bind(*values).all())
    assert said == words if words == "ok" else said.startswith(words)


def test_a_row_has_two_million_bytes_as_documented():
    bench = planet()
    db = database(bench)
    bench.run(db.exec("CREATE TABLE t (v)"))
    most = facts.value("d1.row_bytes")
    assert outcome(bench, db.prepare("SELECT zeroblob(?)").bind(most).run()) == "ok"
    assert (
        outcome(bench, db.prepare("SELECT zeroblob(?)").bind(most + 1).run()) == "string or blob too big: SQLITE_TOOBIG"
    )
    put = db.prepare("INSERT INTO t VALUES (zeroblob(?))")
    assert outcome(bench, put.bind(most - 100).run()) == "ok"
    assert outcome(bench, put.bind(most).run()) == "string or blob too big: SQLITE_TOOBIG", "a row has a header"
    assert (
        outcome(bench, db.prepare("SELECT ?").bind("x" * (most + 1)).run()) == "string or blob too big: SQLITE_TOOBIG"
    )


def test_a_query_that_never_ends_is_stopped_after_the_same_work_each_time(monkeypatch):
    real = facts.value
    monkeypatch.setattr(facts, "value", lambda name, plan=None: 3 if name == "d1.query" else real(name, plan))
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    for bench in (flat(), planet()):
        db = database(bench)
        bench.run(db.prepare("SELECT 1").run())
        began = bench.now
        assert outcome(bench, db.prepare(endless).all()) == "D1 DB exceeded its CPU time limit and was reset."
        assert bench.trace[-1].outcome == "exceededCpu"
        took = bench.now - began
        assert took == 0 if bench.world.links is None else took == pytest.approx(facts.value("d1.query"), abs=0.1)
        assert outcome(bench, db.prepare("SELECT 1").all()) == "ok"


def test_a_database_that_is_full_refuses_what_makes_it_grow(monkeypatch):
    real = facts.value
    small = 50 * PAGE
    monkeypatch.setattr(
        facts, "value", lambda name, plan=None: small if name == "d1.database_bytes" else real(name, plan)
    )
    bench = flat()
    db = database(bench)
    bench.run(db.exec("CREATE TABLE t (v)"))
    put = db.prepare("INSERT INTO t VALUES (zeroblob(?))")
    assert outcome(bench, put.bind(40 * PAGE).run()) == "ok"
    assert outcome(bench, put.bind(20 * PAGE).run()) == "Exceeded maximum DB size."
    assert bench.run(db.prepare("SELECT count(*) AS n FROM t").first("n")) == 1
    assert outcome(bench, db.prepare("DELETE FROM t").run()) == "ok"
    assert outcome(bench, put.bind(20 * PAGE).run()) == "ok"


def test_an_account_of_the_free_plan_has_ten_databases():
    bench = flat()
    bench.world.plan = "free"
    account = Account(bench.world)
    for number in range(10):
        D1({"binding": f"DB{number}"}, bench.world, account)
    with pytest.raises(PlatformError, match="10 databases at most"):
        D1({"binding": "DB10"}, bench.world, account)


def test_the_free_plans_rows_of_a_day_are_followed_by_errors_until_midnight():
    bench = planet()
    bench.world.plan = "free"
    account = Account(bench.world)
    one, other = (D1({"binding": name}, bench.world, account).binding("IAD") for name in "ab")
    account.most_read, account.most_written = 100.0, 50.0
    bench.run(one.exec("CREATE TABLE t (v)"))
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) INSERT INTO t SELECT i FROM n"
    write = "Your account has exceeded D1's free tier daily row write limit. Upgrade to a paid plan or wait until "
    assert outcome(bench, one.exec(many.format(60))) == "ok", "a call is not cut in the middle"
    assert outcome(bench, one.prepare("DELETE FROM t").run()).startswith(write)
    assert outcome(bench, other.exec("CREATE TABLE u (v)")).startswith("D1_EXEC_ERROR"), "all databases share it"
    assert outcome(bench, one.prepare("SELECT count(*) FROM t").run()) == "ok", "reads go on"
    assert "row read limit" in outcome(bench, one.prepare("SELECT count(*) FROM t").run())
    bench.advance(DAY - bench.world.unix % DAY)
    assert outcome(bench, one.prepare("DELETE FROM t").run()) == "ok"


def test_the_paid_plan_and_the_local_runtime_know_no_rows_of_a_day():
    for bench, plan in ((planet(), "paid"), (flat(), "free")):
        bench.world.plan = plan
        account = Account(bench.world)
        account.most_read = account.most_written = 0.0
        db = D1({"binding": "DB"}, bench.world, account).binding("IAD")
        assert [outcome(bench, db.prepare("CREATE TABLE IF NOT EXISTS t (v)").run()) for _ in range(3)] == ["ok"] * 3


def test_an_invocation_has_six_connections_at_a_time_to_all_databases():
    bench = planet()
    account = Account(bench.world)
    dbs = [D1({"binding": str(number)}, bench.world, account).binding("IAD") for number in range(8)]

    async def one() -> list[float]:
        context.current.set(Invocation())  # type: ignore[arg-type]
        return await go_on()

    async def go_on() -> list[float]:
        async def ended(db: Any) -> float:
            await db.prepare("SELECT 1").run()
            return bench.now

        return sorted(await asyncio.gather(*map(ended, dbs)))

    times = bench.run(one())
    assert len([moment for moment in times if moment > times[0] * 1.5]) == 2, "two had to wait for a connection"


def test_an_invocation_has_so_many_queries_to_all_databases_and_a_batch_is_one():
    bench = planet()
    account = Account(bench.world)
    one, other = (D1({"binding": name}, bench.world, account).binding("IAD") for name in "ab")

    async def until_refused() -> tuple[int, str]:
        context.current.set(Invocation())  # type: ignore[arg-type]
        for count in range(2000):
            try:
                await one.batch([other.prepare("SELECT 1"), other.prepare("SELECT 2")])
                await other.prepare("SELECT 1").run()
            except JsException as error:
                return 2 * count, error.message
        return -1, ""

    words = "D1_ERROR: Too many API requests by single Worker invocation."
    assert bench.run(until_refused()) == (facts.value("d1.queries_per_invocation", plan="paid"), words)
    assert bench.run(until_refused())[0] == 1000, "another invocation has its own"


def test_thirty_seconds_are_for_all_of_a_batch():
    bench = planet()
    db = database(bench)
    busy = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000) SELECT count(*) FROM n"
    seconds = bench.run(db.prepare(busy).run()).meta.duration / 1000
    fit = int(facts.value("d1.query") // seconds)
    assert outcome(bench, db.batch([db.prepare(busy)] * fit)) == "ok"
    assert (
        outcome(bench, db.batch([db.prepare(busy)] * (fit + 1))) == "D1 DB exceeded its CPU time limit and was reset."
    )
