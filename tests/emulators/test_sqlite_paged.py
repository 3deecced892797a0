"""A database on pages that somebody else keeps."""

from __future__ import annotations

import sqlite3

import apsw
import pytest

from labkit.emulators.d1.history import History
from labkit.emulators.sqlite import Engine
from labkit.emulators.sqlite.paged import NAME

MANY = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "


@pytest.fixture
def pages() -> History:
    return History(0.0, 1e9)


def test_what_one_connection_wrote_another_finds(pages: History):
    first = Engine(pages=pages)
    first.run("CREATE TABLE t (v)")
    first.run(MANY.format(5000) + "INSERT INTO t SELECT randomblob(100) FROM n")
    first.close()
    pages.commit(0.0)
    assert Engine(pages=pages).run("SELECT count(*), sum(length(v)) FROM t").row == (5000, 500_000)


def test_the_pages_are_a_sqlite_file(pages: History, tmp_path):
    engine = Engine(pages=pages)
    engine.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT UNIQUE)")
    engine.run(MANY.format(3000) + "INSERT INTO t (v) SELECT 'row ' || i FROM n")
    engine.run("DELETE FROM t WHERE id % 3 = 0")
    pages.commit(0.0)
    (tmp_path / "a.db").write_bytes(b"".join(pages.pages))
    found = sqlite3.connect(tmp_path / "a.db")
    assert found.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert found.execute("SELECT count(*), max(v) FROM t").fetchall() == [(2000, "row 998")]


def test_a_transaction_that_is_undone_leaves_the_pages_as_they_were(pages: History):
    engine = Engine(pages=pages)
    engine.run("CREATE TABLE t (v)")
    pages.commit(0.0)
    before = list(pages.pages)
    engine.trusted("BEGIN")
    engine.run(MANY.format(20_000) + "INSERT INTO t SELECT randomblob(200) FROM n")
    engine.trusted("ROLLBACK")
    assert not pages.commit(1.0)
    assert pages.pages == before
    assert engine.run("SELECT count(*) FROM t").row == (0,)


def test_a_sort_of_more_than_the_memory_holds_opens_no_file(pages: History):
    engine = Engine(pages=pages)
    engine.run("CREATE TABLE t (v)")
    engine.run(MANY.format(30_000) + "INSERT INTO t SELECT randomblob(200) FROM n")
    query = engine.run("SELECT v FROM t ORDER BY v DESC")
    assert query.row is not None
    assert len(query.rest()) == 30_000


def test_nothing_else_can_be_opened():
    for name in ("/etc/passwd", "x.db", ":memory:?"):
        with pytest.raises(apsw.CantOpenError):
            apsw.Connection(name, vfs=NAME).execute("SELECT 1")


def test_all_rows_at_once_are_counted_as_one_by_one(pages: History):
    engine = Engine(pages=pages)
    engine.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v)")
    engine.run(MANY.format(50) + "INSERT INTO t SELECT i, i FROM n")
    for sql in ("SELECT * FROM t", "SELECT * FROM t WHERE v > 40", "SELECT * FROM t WHERE id = 7", "SELECT 1",
                "UPDATE t SET v = 0 WHERE id < 5 RETURNING id", "SELECT * FROM t WHERE 0"):  # fmt: skip
        at_once = engine.run(sql)
        rows = at_once.rest()
        by_one = engine.run(sql)
        while (row := by_one.take()) is not None:
            assert row == rows.pop(0)
        assert rows == []
        assert (at_once.rows_read, at_once.rows_written) == (by_one.rows_read, by_one.rows_written)
        assert at_once.rest() == []
