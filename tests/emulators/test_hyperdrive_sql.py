"""The database in memory, asked as a PostgreSQL: its types, its words, its transactions."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from labkit.emulators.hyperdrive import describing, dialect, types
from labkit.emulators.hyperdrive.origins import SqliteOrigin
from labkit.errors import LabError, PlatformError
from tests.emulators.hyperdrives import Setting
from tests.emulators.worlds import EPOCH


@pytest.fixture
def setting() -> Setting:
    return Setting()


def refused(setting: Setting, sql: str) -> tuple[str, str]:
    return setting.run(setting.driver("IAD").query(sql))


@pytest.mark.parametrize(("sql", "code", "words"), [
    ("select * from nope", "42P01", 'relation "nope" does not exist'),
    ("select nope from users", "42703", 'column "nope" does not exist'),
    ("selec 1", "42601", 'syntax error at or near "selec"'),
    ("select nope(1)", "42883", "function nope does not exist"),
    ("create table users (a int)", "42P07", 'relation "users" already exists'),
    ("insert into users (name) values ('ada')", "23505",
     'duplicate key value violates unique constraint "users_name_key"'),
    ("insert into users (id, name) values (1, 'eve')", "23505",
     'duplicate key value violates unique constraint "users_pkey"'),
    ("insert into users (age) values (1)", "23502",
     'null value in column "name" of relation "users" violates not-null constraint'),
    ("select 'x'::int", "22P02", 'invalid input syntax for type integer: "x"'),
    ("savepoint a", "25P01", "SAVEPOINT can only be used in transaction blocks"),
    ("select $1000000000", "08P01", "bind message supplies the wrong number of parameters"),
    ("select $" + "1" * 5000, "08P01", "bind message supplies the wrong number of parameters"),
    ("select 3000000000::int", "22003", 'value "3000000000" is out of range for type integer'),
    ("select 99999999999999999999::int8 + 1", "22003", "bigint out of range"),
    ("select pg_sleep('x')", "22P02", 'invalid input syntax for type double precision: "x"'),
    ("select 'unfinished", "42601", """syntax error at or near "'unfinished\""""),
    ("attach database 'x.db' as x", "42601", 'syntax error at or near "ATTACH"'),
    ("select 1; detach database main", "42601", 'syntax error at or near "DETACH"'),
    ("select e'\\''; attach database 'x.db' as x; --'", "42601", 'syntax error at or near "ATTACH"'),
    ("pragma writable_schema = 1", "42601", 'syntax error at or near "PRAGMA"'),
    ("select * from pragma_database_list", "42601", 'syntax error at or near "PRAGMA"'),
    ("create virtual table f using fts5(a)", "42601", 'syntax error at or near "VIRTUAL"'),
    ("explain select 1", "0A000", "EXPLAIN is not emulated by the SQLite origin"),
    ("set nope = 1", "42704", 'unrecognized configuration parameter "nope"'),
])  # fmt: skip
def test_a_refusal_has_postgresqls_code_and_words(setting: Setting, sql: str, code: str, words: str):
    assert refused(setting, sql) == (code, words)


@pytest.mark.parametrize("file", ["vacuum into '{}'", "attach database '{}' as x"])
def test_no_statement_makes_a_file(setting: Setting, file: str, tmp_path: Path):
    refused(setting, file.format(tmp_path / "made.db"))
    assert list(tmp_path.iterdir()) == []
    assert refused(setting, "vacuum analyze users") == "VACUUM"


@pytest.mark.parametrize("sql", [
    "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c",
    "insert into users (age) select a.age from users a, generate_series(1, 1000000000) as g where g < 0",
])  # fmt: skip
def test_a_query_without_end_ends_as_one_of_more_than_a_minute(setting: Setting, sql: str):
    assert isinstance(setting.hd.origin, SqliteOrigin)
    setting.hd.origin.database._most_ticks = 20
    began = setting.now
    assert refused(setting, sql) == ("57014", "canceling statement due to statement timeout")
    assert setting.now - began > 60
    assert setting.stored("select count(*) from users") == [[2]]


def test_a_pattern_of_many_percent_signs_takes_no_time(setting: Setting):
    many = "%a" * 30
    assert setting.stored(f"select '{'a' * 60}' like '{many}b' as a, '{'a' * 30}b' like '{many}b' as b") == [
        [False, True]
    ]


def test_of_null_a_function_is_null(setting: Setting):
    assert setting.stored("select pg_sleep(null), null like 'a' as b, null::int as c, greatest(null, 1)") == [
        [None, None, None, 1]
    ]


def test_a_list_of_thousands_has_the_type_of_its_column():
    sql = "select * from t where id in (" + ", ".join(f"${number}" for number in range(1, 3001)) + ") and name = $3001"
    made = dialect.statement(sql)
    assert describing.parameter_types(made, (), {"id": "integer", "name": "text"})[-2:] == [types.INT4, types.TEXT]


def test_values_come_back_as_the_types_of_their_columns(setting: Setting):
    setting.hd.execute(
        "create table kinds (i bigint, f double precision, n numeric(10, 2), t text, b boolean, d date, "
        "at timestamptz, j jsonb, x bytea, u uuid, empty text)"
    )
    at = datetime.datetime(2026, 11, 24, 10, 30, tzinfo=datetime.UTC)
    given = (2**40, 1.5, Decimal("9.50"), "h\u00e9", True, datetime.date(2026, 1, 2), at, {"a": [1]}, b"\0\xff")

    def job() -> list[object]:
        con = setting.pg8000("IAD")
        names = {f"v{n}": value for n, value in enumerate(given)}
        values = ", ".join(f":{name}" for name in names)
        con.run(f"insert into kinds (i, f, n, t, b, d, at, j, x) values ({values})", **names)
        return con.run("select i, f, n, t, b, d, at, j, x, empty from kinds")[0]

    assert setting.blocking(job) == [[*given, None]]


def test_expressions_have_types_too(setting: Setting):
    def job() -> list[object]:
        con = setting.pg8000("IAD")
        asked = (
            "select count(*), sum(age), max(name), age > 40, age + 1, 'x', 1, null, true, now(), age::text from users"
        )
        return con.run(f"{asked} where id = :id group by age, name", id=2)[0]

    now = datetime.datetime.fromtimestamp(EPOCH, datetime.UTC)
    [row] = setting.blocking(job)
    assert row[:9] == [1, 41, "bob", True, 42, "x", 1, None, True]
    assert abs(row[9] - now) < datetime.timedelta(seconds=1) and row[10] == "41"


@pytest.mark.parametrize(("sql", "rows"), [
    ("select name from users where name ilike 'A%'", [["ada"]]), ("select name from users where name like 'A%'", []),
    ("select sum(n)::int from generate_series(1, 4) as n", [[10]]), ("select E'a\\nb', $$it's$$", [["a\nb", "it's"]]),
    ("insert into users (name) values ('eve'), ('kim') returning id", [[3], [4]]), ("truncate users", None),
    ("insert into users (name, age) values ('ada', 1) on conflict (name) do update set age = excluded.age", None),
    ("select current_setting('search_path')", [['"$user", public']]), ("show timezone", [["UTC"]]),
])  # fmt: skip
def test_what_postgresql_has_and_sqlite_writes_otherwise(setting: Setting, sql: str, rows: object):
    assert setting.blocking(lambda: setting.pg8000("IAD").run(sql)) == [rows]


def test_a_text_of_statements_is_one_transaction(setting: Setting):
    assert refused(setting, "insert into users (name) values ('eve'); select nope")[0] == "42703"
    assert setting.stored("select count(*) from users") == [[2]]
    assert setting.run(setting.driver().query("insert into users (name) values ('eve'); select 1")) == [("1",)]
    assert setting.stored("select count(*) from users") == [[3]]


def test_a_transaction_that_failed_refuses_everything_and_its_commit_undoes_it(setting: Setting):
    driver = setting.driver()

    async def work() -> list[object]:
        return [await driver.query(sql) for sql in (
            "begin", "update users set age = 1", "select nope", "select 1", "commit",
            "select age from users where id = 1",
        )]  # fmt: skip

    answers = setting.run(work())
    assert answers[3] == ("25P02", "current transaction is aborted, commands ignored until end of transaction block")
    assert answers[4:] == ["ROLLBACK", [("36",)]]


def test_a_savepoint_saves_a_transaction_that_failed(setting: Setting):
    driver = setting.driver()

    async def work() -> list[object]:
        return [await driver.query(sql) for sql in (
            "begin", "update users set age = 1 where id = 1", "savepoint a", "select nope", "rollback to a", "commit",
            "select age from users where id = 1",
        )]  # fmt: skip

    assert setting.run(work())[3:] == [("42703", 'column "nope" does not exist'), "ROLLBACK", "COMMIT", [("1",)]]


def test_others_see_what_is_committed_and_the_second_writer_waits(setting: Setting):
    one, other, third = setting.driver("IAD"), setting.driver("IAD"), setting.driver("IAD")

    async def work() -> tuple[object, ...]:
        await one.query("begin")
        await one.query("update users set age = 1 where id = 1")
        seen = await third.query("select age from users where id = 1")
        waiting = setting.timeline.spawn(other.query("update users set age = age + 10 where id = 1"))
        await setting.timeline.sleep(5)
        was_waiting = not waiting.done()
        await one.query("commit")
        return seen, was_waiting, await waiting, await third.bound("select age from users where id = $1", "1")

    assert setting.run(work()) == ([("36",)], True, "UPDATE 1", [("11",)])


@pytest.mark.parametrize(("held", "outcome"), [(59.0, "UPDATE 1"), (61.0, ("57014", None))])
def test_a_writer_waits_no_longer_than_a_query_may_take(setting: Setting, held: float, outcome: object):
    one, other = setting.driver("IAD"), setting.driver("IAD")

    async def work() -> object:
        await one.query("begin")
        await one.query("update users set age = 1")
        waiting = setting.timeline.spawn(other.query("update users set age = 2 where id = 1"))
        await setting.timeline.sleep(held)
        await one.query("commit")
        return await waiting

    found = setting.run(work())
    assert found == outcome or (found[0], None) == outcome


def test_a_cell_sets_tables_up_and_is_told_what_is_wrong(setting: Setting):
    assert setting.hd.execute("select id, name from users where age > $1", 40) == [{"id": 2, "name": "bob"}]
    assert "bob" in setting.hd.execute("select * from users")._repr_html_()
    assert setting.hd.execute("update users set age = 1").tag == "UPDATE 2"
    with pytest.raises(PlatformError, match=r'relation "nope" does not exist \(SQLSTATE 42P01\)'):
        setting.hd.execute("select * from nope")


@pytest.mark.parametrize("sql", [
    "select 1", "select 'a;b' -- c\n, \"x\"\"y\", $$d;e$$", "select 'unfinished", "\"", "$$",
    "/* a */ select $1::text[]",
])  # fmt: skip
def test_the_pieces_of_a_statement_are_the_statement(sql: str):
    assert "".join(token.text for token in dialect.tokens(sql)) == sql


def test_a_text_is_cut_at_the_semicolons_that_end_statements():
    assert dialect.split("select ';' ; -- x;\n select $$;$$;;") == ["select ';'", "-- x;\n select $$;$$"]


@pytest.mark.parametrize(("sql", "sqlite"), [
    ("select '1' :: double  precision", "select pg_cast('1', 701)"),
    ("select $1::int + a.b::text", "select pg_cast(?1, 23) + pg_cast(a.b, 25)"),
    ("select (a + b)::double precision, f(x)::varchar(3)", "select pg_cast((a + b), 701), pg_cast(f(x), 1043)"),
    ("select * from t for update skip locked", "select * from t"),
    ("create table t (id bigint generated always as identity primary key)",
     "create table t (id INTEGER PRIMARY KEY AUTOINCREMENT)"),
])  # fmt: skip
def test_what_sqlite_is_asked(sql: str, sqlite: str):
    assert dialect.statement(sql).sqlite == sqlite


@pytest.mark.parametrize(("sql", "wanted"), [
    ("select * from t where id = $1 and name = $2 limit $3", [types.INT4, types.TEXT, types.INT8]),
    ("insert into t (name, id) values ($1, $2), ($3, $4)", [types.TEXT, types.INT4, types.TEXT, types.INT4]),
    ("update t set ok = $1 where id in ($2, $3)", [types.BOOL, types.INT4, types.INT4]),
    ("select $1::float8, $2 < id", [types.FLOAT8, types.INT4]),
    ("select $1, $3", [types.TEXT, types.TEXT, types.TEXT]),
])  # fmt: skip
def test_a_parameter_has_the_type_of_what_it_meets(sql: str, wanted: list[int]):
    columns = {"id": "integer", "name": "text", "ok": "boolean"}
    assert describing.parameter_types(dialect.statement(sql), (), columns) == wanted


def test_a_cell_is_told_that_it_would_wait_for_a_transaction(setting: Setting):
    driver = setting.driver()
    setting.run(driver.query("begin"))
    setting.run(driver.query("update users set age = 1"))
    assert setting.stored("select age from users where id = 1") == [[36]]
    with pytest.raises(LabError, match="still open"):
        setting.hd.execute("update users set age = 2")
    setting.run(driver.query("commit"))
    assert setting.hd.execute("update users set age = 2").tag == "UPDATE 2"
