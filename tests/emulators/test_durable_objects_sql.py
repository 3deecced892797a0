"""`ctx.storage.sql` and its cursors, as Python sees them."""

from __future__ import annotations

import pytest

from labkit.workers.ffi import JsException
from labkit.workers.jsdict import JsDict
from tests.emulators.disks import Disk

THREE = "SELECT a FROM t ORDER BY rowid"


@pytest.fixture
def disk() -> Disk:
    disk = Disk()
    disk.storage.sql.exec("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2), (3)")
    disk.turn()
    return disk


def test_a_cursor_is_looped_over_once_and_gives_jsdicts(disk: Disk):
    cursor = disk.storage.sql.exec(THREE)
    first = next(iter(cursor))
    assert isinstance(first, JsDict) and first.a == 1
    assert [row.a for row in cursor] == [2, 3]
    assert cursor.toArray() == []


def test_a_cursor_is_no_python_iterator_has_no_length_and_is_true(disk: Disk):
    cursor = disk.storage.sql.exec("SELECT 1 WHERE 0")
    with pytest.raises(TypeError, match="not an iterator"):
        next(cursor)  # type: ignore[call-overload]
    with pytest.raises(TypeError, match=r"'Cursor' object has no len\(\)"):
        len(cursor)
    with pytest.raises(TypeError, match="not subscriptable"):
        cursor[0]
    assert cursor


def test_names_of_columns_that_are_methods_of_dict_need_brackets(disk: Disk):
    row = disk.storage.sql.exec("SELECT 1 AS count, 2 AS items").one()
    assert row.count == 1 and callable(row.items) and row["items"] == 2


@pytest.mark.parametrize(("sql", "words"), [
    ("SELECT 1 WHERE 0", "but got no results."),
    ("SELECT 1 UNION SELECT 2", "but got multiple results."),
])  # fmt: skip
def test_one_refuses_none_and_more(disk: Disk, sql: str, words: str):
    with pytest.raises(JsException, match=f"Expected exactly one result from SQL query, {words}"):
        disk.storage.sql.exec(sql).one()


def test_bools_are_bound_as_text_and_integers_as_real(disk: Disk):
    assert disk.storage.sql.exec("SELECT ? AS v, typeof(?2) AS t", True, 5).one() == {"v": "true", "t": "real"}
    assert disk.storage.sql.exec("SELECT * FROM t WHERE a = ?", True).toArray() == []


def test_a_big_integer_is_refused_and_a_safe_one_not(disk: Disk):
    sql = disk.storage.sql
    assert sql.exec("SELECT ? AS v", 2**53 - 2).one().v == 2**53 - 2
    with pytest.raises(JsException, match="TypeError: Cannot convert a BigInt value to a number"):
        sql.exec("SELECT ? AS v", 2**53 - 1)


def test_a_blob_comes_back_as_a_memoryview(disk: Disk):
    found = disk.storage.sql.exec("SELECT ? AS v", b"ab").one().v
    assert isinstance(found, memoryview) and bytes(found) == b"ab"


def test_a_table_cannot_be_dropped_under_a_cursor_until_it_is_gone(disk: Disk):
    sql = disk.storage.sql
    cursor = sql.exec(THREE)
    cursor.next()
    with pytest.raises(JsException, match="^Error: database table is locked: SQLITE_LOCKED$"):
        sql.exec("DROP TABLE t")
    del cursor
    sql.exec("DROP TABLE t")


def test_a_cursor_goes_on_after_an_await_and_sees_what_was_inserted(disk: Disk):
    cursor = disk.storage.sql.exec("SELECT a FROM t")
    cursor.next()
    disk.storage.sql.exec("INSERT INTO t VALUES (4)")
    disk.turn()
    assert [row.a for row in cursor] == [2, 3, 4]


def test_properties_keep_what_they_were_first_and_items_are_live(disk: Disk):
    cursor = disk.storage.sql.exec(THREE)
    assert cursor.rowsRead == 1
    cursor.toArray()
    with pytest.warns(UserWarning, match="keeps what it was when it was first read, 1"):
        assert cursor.rowsRead == 1
    assert cursor["rowsRead"] == 3


def test_a_statement_is_billed_for_what_its_cursor_read(disk: Disk):
    disk.bench.trace.clear()
    cursor = disk.storage.sql.exec(THREE)
    [event] = disk.bench.trace.where("durable_objects", "storage.sql.exec")
    assert event.units == {"do.rows_read": 1} and event.detail["sql"] == THREE
    cursor.toArray()
    assert event.units == {"do.rows_read": 3}


def test_a_statement_that_is_refused_is_in_the_trace(disk: Disk):
    with pytest.raises(JsException):
        disk.storage.sql.exec("BEGIN")
    assert disk.bench.trace[-1].outcome == "exception"


def test_a_failing_statement_keeps_what_those_before_it_did(disk: Disk):
    with pytest.raises(JsException, match="no such table: nope: SQLITE_ERROR"):
        disk.storage.sql.exec("INSERT INTO t VALUES (4); INSERT INTO nope VALUES (1)")
    assert len(disk.storage.sql.exec(THREE).toArray()) == 4


def test_a_transaction_undoes_tables_too(disk: Disk):
    def run() -> None:
        disk.storage.sql.exec("CREATE TABLE u (a)")
        raise ValueError

    with pytest.raises(ValueError):
        disk.storage.transactionSync(run)
    with pytest.raises(JsException, match="no such table: u"):
        disk.storage.sql.exec("SELECT * FROM u")
