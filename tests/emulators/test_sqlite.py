"""SQLite as the platform sets it up: what statements are, what is allowed, in which words the rest is refused."""

from __future__ import annotations

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.emulators.sqlite import Engine
from labkit.emulators.sqlite.statements import is_empty, split
from labkit.workers.ffi import JsException
from tests.emulators.worlds import flat


@pytest.fixture
def engine() -> Engine:
    engine = Engine()
    engine.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT UNIQUE, n INT NOT NULL)")
    return engine


def refused(engine: Engine, sql: str, *bindings: object) -> str:
    with pytest.raises(JsException) as caught:
        engine.run(sql, bindings)
    return caught.value.message


@pytest.mark.parametrize(("text", "statements"), [
    ("SELECT 1", ["SELECT 1"]),
    ("SELECT 1;", ["SELECT 1;"]),
    ("SELECT 1; SELECT 2", ["SELECT 1;", " SELECT 2"]),
    ("SELECT ';'; SELECT \";\"", ["SELECT ';';", ' SELECT ";"']),
    ("SELECT 1 -- ;\n; SELECT 2", ["SELECT 1 -- ;\n;", " SELECT 2"]),
    ("/* ; */ SELECT 1; SELECT 2", ["/* ; */ SELECT 1;", " SELECT 2"]),
    ("; SELECT 1", ["; SELECT 1"]),
    ("SELECT 1;;", ["SELECT 1;", ";"]),
    ("CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; SELECT 2; END; SELECT 3",
     ["CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; SELECT 2; END;", " SELECT 3"]),
])  # fmt: skip
def test_a_text_is_taken_apart_where_its_statements_end(text: str, statements: list[str]):
    assert list(split(text)) == statements


@given(st.text(st.sampled_from(" ;-'/*\nS1")))
def test_no_part_of_a_text_is_lost_by_taking_it_apart(text: str):
    assert "".join(split(text)) == text


@pytest.mark.parametrize(
    "text", ["SELECT '" + ";a" * 5000 + "'", ";" * 5000 + "SELECT 1", "/*;*/" * 5000 + "SELECT 1;"]
)
def test_a_text_is_taken_apart_without_asking_sqlite_of_each_semicolon(text: str, monkeypatch):
    asked, real = [], apsw.complete
    monkeypatch.setattr(apsw, "complete", lambda piece: asked.append(piece) or real(piece))
    assert list(split(text)) == [text]
    assert len(asked) == 0


@pytest.mark.parametrize("text", ["SELECT 1\0", "SELECT 1; SELECT 2\0", "SELECT 1\0; SELECT 2", "\0", "SELECT 1 -- \0"])
def test_a_text_ends_at_a_nul_and_nothing_is_found_after_it(engine: Engine, text: str):
    assert refused(engine, text) == "SQL code did not contain a statement."


def test_a_nul_inside_a_string_leaves_it_open(engine: Engine):
    assert refused(engine, "SELECT 'a\0b'") == 'unrecognized token: "\'a" at offset 7: SQLITE_ERROR'


@pytest.mark.parametrize("text", ["SELECT CAST(x'ff' AS TEXT)", "SELECT 'a' UNION ALL SELECT CAST(x'ff' AS TEXT)"])
def test_a_text_that_is_not_utf_8_is_refused(engine: Engine, text: str):
    def read() -> list[tuple]:
        return engine.run(text).rest()

    with pytest.raises(JsException, match="not UTF-8"):
        read()
    assert engine.run("SELECT 1").row == (1,)


@pytest.mark.parametrize("text", ["", " ;", "-- x", "-- x\n;", "/* x */", "/* x", "/* a */ -- b\n ; "])
def test_white_space_and_comments_are_no_statement(engine: Engine, text: str):
    assert is_empty(text)
    assert refused(engine, text) == "SQL code did not contain a statement."


@pytest.mark.parametrize("text", ["/* c */ SELECT 2", "-- c\nSELECT 2"])
def test_a_statement_may_begin_with_a_comment(engine: Engine, text: str):
    assert engine.run(text).row == (2,)


def test_only_the_last_statement_has_parameters_and_their_number_is_right(engine: Engine):
    assert engine.run("SELECT 1; SELECT ?", (5,)).row == (5,)
    words = "When executing multiple SQL statements in a single call, only the last statement can have parameters."
    assert refused(engine, "SELECT ?; SELECT 1", 1) == words
    for bindings in ((), (1, 2)):
        assert refused(engine, "SELECT ?", *bindings) == "Wrong number of parameter bindings for SQL query."


@pytest.mark.parametrize(("sql", "words"), [
    ("SELEC 1", 'near "SELEC": syntax error at offset 0: SQLITE_ERROR'),
    ("SELECT", "incomplete input: SQLITE_ERROR"),
    ("SELECT x FROM t", "no such column: x at offset 7: SQLITE_ERROR"),
    ("SELECT * FROM none", "no such table: none: SQLITE_ERROR"),
    ("INSERT INTO t VALUES (1, 'a', 1), (1, 'b', 1)",
     "UNIQUE constraint failed: t.id: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_PRIMARYKEY)"),
    ("INSERT INTO t VALUES (1, 'a', NULL)",
     "NOT NULL constraint failed: t.n: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_NOTNULL)"),
    ("SELECT sqlite_version()", "not authorized to use function: sqlite_version at offset 7: SQLITE_ERROR"),
    ("SELECT median(1)", "no such function: median at offset 7: SQLITE_ERROR"),
    ("PRAGMA user_version", "not authorized: SQLITE_AUTH"),
    ("PRAGMA foreign_keys = 2", "not authorized: SQLITE_AUTH"),
    ("ATTACH 'x' AS y", "not authorized: SQLITE_AUTH"),
    ("CREATE TEMP TABLE x (a)", "not authorized: SQLITE_AUTH"),
    ("CREATE TABLE _cf_x (a)", "not authorized: SQLITE_AUTH"),
    ("CREATE VIRTUAL TABLE x USING rtree(id, a, b)", "not authorized: SQLITE_AUTH"),
    ("SELECT zeroblob(2200001)", "string or blob too big: SQLITE_TOOBIG"),
])  # fmt: skip
def test_refusals_are_in_the_runtimes_words(engine: Engine, sql: str, words: str):
    assert refused(engine, sql) == words


@pytest.mark.parametrize("sql", ["BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT a", "RELEASE a", "SELECT 1; BEGIN"])
def test_transactions_by_sql_are_refused(engine: Engine, sql: str):
    assert refused(engine, sql).startswith("To execute a transaction, please use the state.storage.transaction()")


@pytest.mark.parametrize("sql", [
    "PRAGMA foreign_keys", "PRAGMA table_info(t)", "PRAGMA table_list", "PRAGMA optimize", "PRAGMA quick_check",
    "SELECT * FROM pragma_table_info('t')", "SELECT * FROM json_each('[1]')", "SELECT json_object('a', 1)",
    "CREATE VIRTUAL TABLE f USING FTS5(body)", "EXPLAIN QUERY PLAN SELECT * FROM t", "SELECT length(zeroblob(2200000))",
])  # fmt: skip
def test_the_rest_is_allowed(engine: Engine, sql: str):
    engine.run(sql)


def test_the_platforms_own_tables_are_seen_and_not_read(engine: Engine):
    engine.trusted("CREATE TABLE _cf_KV (key, value)")
    assert engine.run("SELECT name FROM sqlite_master WHERE name = '_cf_KV'").row == ("_cf_KV",)
    assert refused(engine, "SELECT * FROM _cf_KV") == "access to _cf_KV.key is prohibited: SQLITE_AUTH"
    engine.trusted("SELECT key FROM _cf_KV")
    assert "prohibited" in refused(engine, "SELECT key FROM _cf_KV"), "though the platform has it prepared"


def test_a_statement_of_100_000_bytes_passes_and_one_of_more_does_not(engine: Engine):
    least = len("SELECT length('')")
    assert engine.run(f"SELECT length('{'x' * (100_000 - least)}')").row == (100_000 - least,)
    assert refused(engine, f"SELECT length('{'x' * (100_001 - least)}')") == "statement too long: SQLITE_TOOBIG"


def test_an_image_is_all_there_is_and_can_be_written_to(engine: Engine):
    engine.run("INSERT INTO t VALUES (1, 'a', 1)")
    again = Engine(engine.image())
    again.run("INSERT INTO t VALUES (2, 'b', 1)")
    assert again.run("SELECT count(*) FROM t").row == (2,) and engine.run("SELECT count(*) FROM t").row == (1,)
    assert again.run("PRAGMA foreign_keys").row == (1,)


def test_an_empty_database_is_a_page_and_no_image():
    assert Engine().size == 4096 and Engine().image() is None


def test_a_query_is_one_row_ahead_and_ends_by_itself(engine: Engine):
    engine.run("INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 1)")
    query = engine.run("SELECT id FROM t ORDER BY id")
    assert (query.columns, query.row, query.take(), query.row) == (["id"], (1,), (1,), (2,))
    assert not query.is_done and query.take() == (2,) and query.is_done and query.take() is None


def test_a_statement_that_reads_only_begins_no_batch():
    began: list[int] = []
    engine = Engine(on_write=lambda: began.append(1))
    engine.run("SELECT 1")
    assert began == []
    engine.run("CREATE TABLE t (a); INSERT INTO t VALUES (1); SELECT * FROM t")
    assert began == [1, 1]


CHANGES = ("ALTER TABLE t ADD COLUMN z", "ALTER TABLE t DROP COLUMN b", "ALTER TABLE t RENAME COLUMN z TO b")


def test_the_same_text_has_the_columns_of_the_schema_that_is_there_now():
    engine = Engine()
    engine.run("CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 2)")
    seen = [engine.run("SELECT * FROM t")]
    seen += [engine.run(change) and engine.run("SELECT * FROM t") for change in CHANGES]
    assert [query.columns for query in seen] == [["a", "b"], ["a", "b", "z"], ["a", "z"], ["a", "b"]]
    assert [query.row for query in seen] == [(1, 2), (1, 2, None), (1, None), (1, None)]


def test_a_change_of_the_schema_that_is_rolled_back_leaves_the_columns_of_before():
    engine = Engine()
    engine.run("CREATE TABLE t (a)")
    engine.trusted("SAVEPOINT s")
    engine.run(CHANGES[0])
    assert engine.run("SELECT * FROM t").columns == ["a", "z"]
    engine.roll_back("s")
    assert engine.run("SELECT * FROM t").columns == ["a"]


def test_sql_has_the_time_and_the_dice_of_its_lab():
    def asked(seed: int, seconds: float) -> list[object]:
        bench = flat(seed=seed)
        bench.advance(seconds)
        said = Engine(world=bench.world).run(
            "SELECT unixepoch() - ?, random(), hex(randomblob(8))", [bench.world.epoch]
        )
        assert said.row
        return list(said.row)

    one, same, later, other = asked(1, 0), asked(1, 0), asked(1, 3600), asked(2, 0)
    assert one == same and one[0] == 0
    assert later == [3600, *one[1:]]
    assert one[1] != other[1] and one[2] != other[2]


def test_each_of_two_labs_keeps_its_own_time():
    one, other = flat(), flat()
    other.advance(60)
    first, second = (Engine(world=bench.world) for bench in (one, other))
    sql = "SELECT unixepoch() AS at UNION ALL SELECT unixepoch()"
    queries = [engine.run(sql) for engine in (first, second)]
    rows = [(queries[0].take(), queries[1].take()) for _ in range(2)]
    assert [later[0] - now[0] for now, later in rows if now and later] == [60, 60]


def test_as_many_random_bytes_as_no_value_may_have_are_refused():
    assert refused(Engine(world=flat().world), "SELECT randomblob(1e12)") == "string or blob too big: SQLITE_TOOBIG"
