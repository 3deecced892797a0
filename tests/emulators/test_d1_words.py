"""What D1 answers and refuses, to the letter, with the network off. `tests/parity/cases/d1-*` ask the real runtime."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import Any

import pytest

from labkit.emulators.d1 import D1, D1Database
from labkit.errors import LabError
from labkit.workers.ffi import JsException
from labkit.workers.jsdict import JsDict
from tests.emulators.worlds import Bench, flat

NO_TRANSACTIONS = (
    "D1_ERROR: To execute a transaction, please use the state.storage.transaction() or state.storage.transactionSync() "
    "APIs instead of the SQL BEGIN TRANSACTION or SAVEPOINT statements. The JavaScript API is safer because it will "
    "automatically roll back on exceptions, and because it interacts correctly with Durable Objects' automatic atomic "
    "write coalescing."
)


class Local:
    """A database with the network off, and a table in it."""

    def __init__(self) -> None:
        self.bench: Bench = flat()
        self.d1 = D1({"binding": "DB", "database_name": "shop"}, self.bench.world)
        self.db: D1Database = self.d1.binding("SYD")
        self.run(self.db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT UNIQUE, n INT)"))
        self.run(self.db.prepare("INSERT INTO t VALUES (1, 'a', 10), (2, 'b', 20)").run())

    def run(self, coroutine: Any) -> Any:
        return self.bench.run(coroutine)

    def first(self, sql: str, *values: Any) -> Any:
        return self.run(self.db.prepare(sql).bind(*values).first())

    def refused(self, coroutine: Any) -> JsException:
        with pytest.raises(JsException) as caught:
            self.run(coroutine)
        return caught.value


@pytest.fixture
def local() -> Local:
    return Local()


def test_a_result_has_success_meta_and_rows_with_attributes(local: Local):
    found = local.run(local.db.prepare("SELECT id, v FROM t ORDER BY id").all())
    assert isinstance(found, JsDict)
    assert list(found) == ["success", "meta", "results"]
    assert found.results == [{"id": 1, "v": "a"}, {"id": 2, "v": "b"}]
    assert found.results[1].v == "b"
    assert found.meta == {
        "served_by": "miniflare.db", "duration": 0, "changes": 0, "last_row_id": 2, "changed_db": False,
        "size_after": 16384, "rows_read": 2, "rows_written": 0,
    }  # fmt: skip


def test_every_way_to_run_a_statement(local: Local):
    statement = local.db.prepare("SELECT id, v FROM t WHERE id >= ? ORDER BY id").bind(1)
    assert local.run(statement.first()) == {"id": 1, "v": "a"}
    assert local.run(statement.first("v")) == "a"
    assert local.run(statement.raw()) == [[1, "a"], [2, "b"]]
    assert local.run(statement.raw(columnNames=True)) == [["id", "v"], [1, "a"], [2, "b"]]
    assert local.run(statement.run()).results == local.run(statement.all()).results
    assert local.run(statement.bind(3).first()) is None
    assert local.run(statement.bind(3).first("nope")) is None


def test_a_statement_keeps_what_is_bound_to_it(local: Local):
    statement = local.db.prepare("SELECT ? AS x")
    one, two = statement.bind(1), statement.bind(2)
    assert [local.run(each.first("x")) for each in (one, two, one)] == [1, 2, 1]


@pytest.mark.parametrize(("value", "seen"), [
    (None, None), (True, 1), (False, 0), (5, 5), (2.5, 2.5), (3.0, 3), (float("nan"), None), (float("inf"), None),
    ("é", "é"), ("", ""), (b"\x00\xff", [0, 255]), (b"", []), (memoryview(b"a"), [97]), ([1, 255], [1, 255]),
    (2**53 - 2, 2**53 - 2), (2.0**53 - 1, 2**53 - 1), ("\ud800", "\ufffd\ufffd\ufffd"),
])  # fmt: skip
def test_values_come_back_as_json_has_them(local: Local, value: Any, seen: Any):
    assert local.first("SELECT ? AS x", value).x == seen


def test_numbers_are_real_to_sqlite(local: Local):
    assert local.first("SELECT typeof(?) AS x", 5).x == "real"
    assert local.first("SELECT typeof(?) AS x", True).x == "real"
    assert local.run(local.db.prepare("INSERT INTO t VALUES (3, 5, 5)").run()).meta.changes == 1
    assert local.first("SELECT typeof(n) AS x FROM t WHERE n = ?", 10).x == "integer"


@pytest.mark.parametrize(("value", "words"), [
    ({"a": 1}, "Type 'object' not supported for value '[object Object]'"),
    (2**53 - 1, "Type 'bigint' not supported for value '9007199254740991'"),
    ([1, 256], "Type 'object' not supported for value '1,256'"),
    (["a"], "Type 'object' not supported for value 'a'"),
    (datetime(2026, 1, 2, tzinfo=UTC),
     "Type 'object' not supported for value 'Fri Jan 02 2026 00:00:00 GMT+0000 (Coordinated Universal Time)'"),
])  # fmt: skip
def test_what_has_no_type_in_sqlite_is_refused_before_anything_is_asked(local: Local, value: Any, words: str):
    events = len(local.bench.trace)
    with pytest.raises(JsException) as caught:
        local.db.prepare("SELECT ?").bind(value)
    assert str(caught.value) == f"Error: D1_TYPE_ERROR: {words}"
    assert caught.value.cause.message == words  # type: ignore[attr-defined]
    assert len(local.bench.trace) == events


def test_tuples_and_bytearrays_do_not_cross(local: Local):
    for value in ((1, 2), bytearray(b"a")):
        with pytest.raises(TypeError, match="cannot be sent over RPC"):
            local.db.prepare("SELECT ?").bind(value)


@pytest.mark.parametrize(("sql", "words"), [
    ("SELEC 1", 'near "SELEC": syntax error at offset 0: SQLITE_ERROR'),
    ("SELECT * FROM nope", "no such table: nope: SQLITE_ERROR"),
    ("INSERT INTO t VALUES (9, 'a', 1)",
     "UNIQUE constraint failed: t.v: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_UNIQUE)"),
    ("", "No SQL statements detected."), (" \n ", "No SQL statements detected."),
    (" -- c", "No SQL statements detected."), ("-- c", "SQL code did not contain a statement."),
    ("SELECT ?", "Wrong number of parameter bindings for SQL query."),
    ("SELECT 1\0", "SQL code did not contain a statement."), ("\0", "SQL code did not contain a statement."),
    ("SELECT 1; SELEC", 'near "SELEC": syntax error at offset 0: SQLITE_ERROR'),
])  # fmt: skip
def test_refusals_of_sql(local: Local, sql: str, words: str):
    error = local.refused(local.db.prepare(sql).all())
    assert (error.name, error.message) == ("Error", f"D1_ERROR: {words}")
    assert error.cause.message == words  # type: ignore[attr-defined]
    event = local.bench.trace[-1]
    assert (event.outcome, event.detail["error"], event.units) == ("error", words, {})


def test_half_a_surrogate_pair_in_a_text_of_sql_becomes_signs_of_what_cannot_be_read(local: Local):
    assert local.run(local.db.prepare("SELECT '\ud800'").raw()) == [["\ufffd" * 3]]
    assert local.run(local.db.exec("SELECT '\ud800'")).count == 1


@pytest.mark.parametrize("sql", [
    "\n" * 90_000 + "SELECT 1", "  \n" * 30_000 + "SELECT 1", "/*a*/" * 18_000 + "SELECT 1",
    "SELECT '" + ";a" * 49_000 + "' IS NOT NULL",
])  # fmt: skip
def test_a_text_of_blanks_comments_and_semicolons_is_read_in_one_go(local: Local, sql: str):
    assert local.run(local.db.prepare(sql).raw()) == [[1]]


def test_a_text_that_is_far_too_long_is_not_kept(local: Local):
    error = local.refused(local.db.prepare("SELECT '" + ";" * 1_000_000 + "'").all())
    assert error.message == "D1_ERROR: statement too long: SQLITE_TOOBIG"


@pytest.mark.parametrize("sql", [
    "INSERT INTO t VALUES (3, CAST(x'ff' AS TEXT), 1) RETURNING v", "INSERT INTO t VALUES (3, 'c', 1)\0",
    "INSERT INTO t VALUES (4, 'd', 1), (3, CAST(x'ff' AS TEXT), 1) RETURNING v",
    "INSERT INTO t VALUES (3, 'c', 1), (1, 'a', 1)",
])  # fmt: skip
def test_what_fails_after_it_has_written_is_undone_at_once(local: Local, sql: str):
    kept: list[Any] = []  # the errors, and with them all that was under way
    for _ in range(2):
        kept.append(local.refused(local.db.prepare(sql).all()))
        assert local.d1.query("SELECT count(*) AS n FROM t")[0].n == 2
        assert not local.d1.history.is_dirty
    assert local.run(local.db.prepare("PRAGMA table_info(t)").run()).meta.changes == 0
    assert local.first("SELECT count(*) AS n FROM t").n == 2


def test_query_of_the_lab_writes_nothing(local: Local):
    for sql in ("DELETE FROM t", "SELECT 1; DELETE FROM t", "CREATE TABLE u (v)"):
        with pytest.raises(LabError, match=r"what writes goes to execute"):
            local.d1.query(sql)
    local.run(local.db.prepare("INSERT INTO t VALUES (3, 'c', 30)").run())
    assert local.d1.query("SELECT id FROM t") == [{"id": 1}, {"id": 2}, {"id": 3}]
    assert local.d1.query("PRAGMA table_info(t)")[0].name == "id"


def test_an_unknown_column_is_refused_where_there_is_a_row(local: Local):
    for name, words in (("zz", "zz"), (None, "null"), (0, "0"), ({}, "[object Object]")):
        error = local.refused(local.db.prepare("SELECT 1 AS a").first(name))
        assert str(error) == f"Error: D1_COLUMN_NOTFOUND: Column not found ({words})"


@pytest.mark.parametrize("sql", ["BEGIN", "begin immediate", "COMMIT", "ROLLBACK", "SAVEPOINT s", "RELEASE s"])
def test_transactions_by_hand_are_refused_in_d1s_own_long_sentence(local: Local, sql: str):
    assert local.refused(local.db.prepare(sql).run()).message == NO_TRANSACTIONS
    assert local.refused(local.db.batch([local.db.prepare(sql)])).message == NO_TRANSACTIONS


@pytest.mark.parametrize("sql", [
    "ATTACH DATABASE '{path}' AS x", "ATTACH DATABASE ':memory:' AS x", "DETACH DATABASE main", "VACUUM",
    "VACUUM INTO '{path}'", "PRAGMA journal_mode = DELETE", "PRAGMA temp_store_directory = '{folder}'",
    "PRAGMA writable_schema = 1", "PRAGMA data_store_directory = '{folder}'", "SELECT load_extension('{path}')",
    "SELECT readfile('{path}')", "SELECT writefile('{path}', 'x')", "SELECT edit('x')", "SELECT fts3_tokenizer('x')",
    "CREATE VIRTUAL TABLE x USING csv(filename = '{path}')", "CREATE VIRTUAL TABLE x USING fsdir",
    "SELECT * FROM fsdir", "SELECT * FROM sqlite_dbpage", "SELECT zipfile('a', 'b')", "CREATE TEMP TABLE x (a)",
])  # fmt: skip
def test_nothing_reaches_the_file_system(local: Local, tmp_path, sql: str):
    path = tmp_path / "reached.db"
    sqlite3.connect(tmp_path / "there.db").execute("CREATE TABLE secret (x)").connection.close()
    for name in (path, tmp_path / "there.db"):
        error = local.refused(local.db.prepare(sql.format(path=name, folder=tmp_path)).all())
        assert error.message.startswith("D1_ERROR: ")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["there.db"]


def test_exec_takes_a_statement_a_line_as_one_transaction(local: Local):
    assert local.run(local.db.exec("SELECT 1\nSELECT 2\n\nSELECT 3; SELECT 4")) == {"count": 3, "duration": 0}
    error = local.refused(local.db.exec("INSERT INTO t VALUES (7, 'q', 1)\nBAD SQL"))
    words = "Error in line 1: INSERT INTO t VALUES (7, 'q', 1): near \"BAD\": syntax error at offset 0: SQLITE_ERROR"
    assert error.message == f"D1_EXEC_ERROR: {words}"
    assert local.first("SELECT count(*) AS n FROM t").n == 2
    assert local.refused(local.db.exec(" ")).message == (
        "D1_EXEC_ERROR: Error in line 1: : No SQL statements detected."
    )
    assert local.refused(local.db.exec("CREATE TABLE x (\na)")).message == (
        "D1_EXEC_ERROR: Error in line 1: CREATE TABLE x (: incomplete input: SQLITE_ERROR"
    )


def test_a_batch_is_one_transaction(local: Local):
    put = local.db.prepare("INSERT INTO t (v) VALUES (?)")
    answers = local.run(local.db.batch([put.bind("x"), local.db.prepare("SELECT count(*) AS n FROM t")]))
    assert [answer.results for answer in answers] == [[], [{"n": 3}]]
    assert [answer.meta.changes for answer in answers] == [1, 0]
    local.refused(local.db.batch([put.bind("y"), put.bind("a")]))
    assert local.first("SELECT count(*) AS n FROM t").n == 3
    assert local.refused(local.db.batch([])).message == "D1_ERROR: No SQL statements detected."


def test_only_the_last_statement_of_a_text_has_results(local: Local):
    assert local.run(local.db.prepare("SELECT 1 AS a; SELECT 2 AS b").all()).results == [{"b": 2}]


def test_a_reference_that_still_points_nowhere_at_the_end_undoes_the_batch(local: Local):
    local.run(local.db.exec("CREATE TABLE c (t INTEGER REFERENCES t(id))"))
    later, bad = local.db.prepare("PRAGMA defer_foreign_keys = ON"), local.db.prepare("INSERT INTO c VALUES (?)")
    words = "D1_ERROR: FOREIGN KEY constraint failed: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_FOREIGNKEY)"
    assert local.refused(bad.bind(99).run()).message == words
    assert local.refused(local.db.batch([later, bad.bind(99)])).message == words
    mend = local.db.prepare("INSERT INTO t VALUES (99, 'z', 0)")
    local.run(local.db.batch([later, bad.bind(99), mend]))
    assert local.first("SELECT t FROM c").t == 99
    assert local.refused(bad.bind(77).run()).message == words, "the pragma ends with its transaction"


def test_foreign_keys_cannot_be_turned_off(local: Local):
    local.run(local.db.prepare("PRAGMA foreign_keys = OFF").run())
    assert local.first("PRAGMA foreign_keys").foreign_keys == 1


def test_dump_of_a_worker_is_refused_and_that_of_the_lab_is_a_sqlite_file(local: Local, tmp_path):
    assert local.refused(local.db.dump()).message == "D1_DUMP_ERROR: Status + 404"
    (tmp_path / "d1.db").write_bytes(local.d1.dump())
    found = sqlite3.connect(tmp_path / "d1.db")
    assert found.execute("SELECT * FROM t").fetchall() == [(1, "a", 10), (2, "b", 20)]
    assert found.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize(("call", "words"), [
    (lambda db: db.exec(5), "query.trim is not a function"),
    (lambda db: db.exec(None), "Cannot read properties of null (reading 'trim')"),
    (lambda db: db.exec(), "Cannot read properties of undefined (reading 'trim')"),
    (lambda db: db.batch("x"), "statements.map is not a function"),
    (lambda db: db.batch(), "Cannot read properties of undefined (reading 'map')"),
    (lambda db: db.batch([None]), "Cannot read properties of null (reading 'statement')"),
])  # fmt: skip
def test_calls_that_are_wrong(local: Local, call: Any, words: str):
    error = local.refused(call(local.db))
    assert (error.name, error.message) == ("TypeError", words)


def test_a_session_has_bookmarks(local: Local):
    with pytest.raises(JsException, match="trim is not a function"):
        local.db.withSession(5)
    session = local.db.withSession()
    assert session.getBookmark() is None
    local.run(session.prepare("SELECT 1").run())
    before = session.getBookmark()
    local.run(session.prepare("INSERT INTO t (v) VALUES ('s')").run())
    after = session.getBookmark()
    assert before is not None and after is not None and before < after
    assert local.db.withSession(after).getBookmark() == after
    assert not hasattr(session, "exec")


def test_each_call_is_charged_traced_and_billed(local: Local):
    local.bench.charged.clear()
    put = local.db.prepare("INSERT INTO t (v) VALUES (?)")
    local.run(local.db.batch([put.bind("x"), put.bind("y")]))
    assert local.bench.charged == {"d1": 1}
    event = local.bench.trace[-1]
    assert (event.primitive, event.operation, event.place, event.outcome) == ("d1", "batch", "SYD", "ok")
    assert event.units == {"d1.rows_written": 4.0}, "two rows, and two entries of the index of v"
    assert event.detail["sql"] == "INSERT INTO t (v) VALUES (?); INSERT INTO t (v) VALUES (?)"
