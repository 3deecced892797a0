"""Migrations and `execute`, as wrangler does them."""

from __future__ import annotations

from pathlib import Path

import pytest

from labkit.emulators.d1 import D1
from labkit.errors import LabError, PlatformError
from tests.emulators.worlds import flat, planet

FIRST = {
    "0001_users.sql": "-- Migration number: 0001\nCREATE TABLE users (id INTEGER);\nINSERT INTO users VALUES (1);",
    "0002_posts.sql": "CREATE TABLE posts (id INTEGER PRIMARY KEY, body TEXT DEFAULT 'a; b');",
}


@pytest.fixture
def d1() -> D1:
    return D1({"binding": "DB"}, flat().world)


def names(d1: D1) -> list[str]:
    return [
        row.name for row in d1.query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    ]


def test_each_is_applied_once_and_noted(d1: D1):
    assert [row["name"] for row in d1.migrations.list(FIRST)] == list(FIRST)
    assert [row["name"] for row in d1.migrations.apply(FIRST)] == list(FIRST)
    assert d1.migrations.list(FIRST) == d1.migrations.apply(FIRST) == []
    assert names(d1) == ["d1_migrations", "users", "posts"]
    assert d1.query("SELECT * FROM d1_migrations") == [
        {"id": 1, "name": "0001_users.sql", "applied_at": "2023-11-14 22:13:20"},
        {"id": 2, "name": "0002_posts.sql", "applied_at": "2023-11-14 22:13:20"},
    ]


def test_they_are_applied_in_the_order_of_their_numbers(d1: D1):
    given = {"10_c.sql": "CREATE TABLE c (x)", "9_b.sql": "CREATE TABLE b (x)", "0001_a.sql": "CREATE TABLE a (x)"}
    assert [row["name"] for row in d1.migrations.apply(given)] == ["0001_a.sql", "9_b.sql", "10_c.sql"]


def test_one_that_fails_is_undone_and_stops_the_rest(d1: D1):
    bad = FIRST | {
        "0003_bad.sql": "CREATE TABLE x (a); INSERT INTO nope VALUES (1);",
        "0004_more.sql": "CREATE TABLE y (a)",
    }
    with pytest.raises(PlatformError, match="0003_bad.sql failed and is undone: no such table: nope") as caught:
        d1.migrations.apply(bad)
    assert "Applied before it: 0001_users.sql, 0002_posts.sql" in str(caught.value)
    assert names(d1) == ["d1_migrations", "users", "posts"]
    assert [row["name"] for row in d1.migrations.apply(bad | {"0003_bad.sql": "CREATE TABLE x (a)"})] == [
        "0003_bad.sql", "0004_more.sql"
    ]  # fmt: skip


def test_they_lie_in_a_folder(tmp_path: Path):
    d1 = D1({"binding": "DB", "migrations_dir": str(tmp_path / "sql"), "migrations_table": "done"}, flat().world)
    assert d1.migrations.apply() == []
    assert d1.migrations.create("create users table") == "0001_create_users_table.sql"
    file = tmp_path / "sql" / "0001_create_users_table.sql"
    assert file.read_text() == "-- Migration number: 0001 \t 2023-11-14T22:13:20.000Z\n"
    file.write_text(file.read_text() + "CREATE TABLE users (id)")
    (tmp_path / "sql" / "notes.txt").write_text("DROP TABLE users")
    assert [row["name"] for row in d1.migrations.apply()] == [file.name]
    assert d1.migrations.create("more") == "0002_more.sql"
    assert d1.query("SELECT name FROM done") == [{"name": file.name}]


def test_an_empty_migration_is_noted_too(d1: D1):
    assert len(d1.migrations.apply({"0001_nothing.sql": "-- nothing yet\n"})) == 1
    assert d1.migrations.list({"0001_nothing.sql": ""}) == []


def test_a_name_cannot_break_out_of_its_quotes(d1: D1):
    name = "0001_it's'); DROP TABLE d1_migrations; --.sql"
    d1.migrations.apply({name: "CREATE TABLE a (x)"})
    assert d1.query("SELECT name FROM d1_migrations") == [{"name": name}]


def test_the_table_of_migrations_reads_as_one(d1: D1):
    rows = d1.migrations.apply(FIRST)
    assert "0001_users.sql  applied" in repr(rows)
    assert "<table>" in rows._repr_html_()


def test_execute_runs_a_file_as_one_transaction_and_is_billed(d1: D1):
    answers = d1.execute("CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2);\nSELECT * FROM t;\n")
    assert [answer.results for answer in answers] == [[], [], [{"id": 1}, {"id": 2}]]
    assert d1.world.trace[-1].units["d1.rows_written"] == 2 + answers[0].meta.rows_written
    with pytest.raises(PlatformError, match="UNIQUE constraint failed"):
        d1.execute("INSERT INTO t VALUES (3); INSERT INTO t VALUES (1)")
    assert d1.query("SELECT count(*) AS n FROM t")[0].n == 2


def test_a_dump_with_its_transaction_around_it_can_be_executed(d1: D1):
    d1.execute(
        "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t (v);\nINSERT INTO t VALUES ('BEGIN');\nCOMMIT;\n"
    )
    assert d1.query("SELECT v FROM t") == [{"v": "BEGIN"}]
    with pytest.raises(PlatformError, match="To execute a transaction"):
        d1.execute("BEGIN; SELECT 1; COMMIT; BEGIN; SELECT 2; COMMIT;")


def test_nothing_is_executed_in_the_middle_of_a_query():
    bench = planet()
    d1 = D1({"binding": "DB"}, bench.world)
    call = d1.binding("LHR").exec("CREATE TABLE t (v)")
    task = bench.timeline.spawn(call)
    bench.advance(0.003)
    with pytest.raises(LabError, match="under way"):
        d1.execute("SELECT 1")
    bench.timeline.run(task)
    assert d1.execute("SELECT count(*) AS n FROM t")[0].results == [{"n": 0}]
