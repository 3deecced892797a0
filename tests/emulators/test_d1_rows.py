"""Rows read and written as they are billed: on the documentation's examples and on schemas that cost more than needed.

`tests/parity/cases/d1-rows` and `d1-meta` compare the counts with the real runtime's.
"""

from __future__ import annotations

from typing import Any

import pytest

from labkit.emulators.d1 import D1
from tests.emulators.worlds import flat

MANY = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {})"


class Counted:
    """A database of which each statement's rows read and written are wanted."""

    def __init__(self) -> None:
        self.bench = flat()
        self.d1 = D1({"binding": "DB"}, self.bench.world)
        self.db = self.d1.binding("SYD")

    def rows(self, sql: str, *values: Any) -> tuple[int, int]:
        meta = self.bench.run(self.db.prepare(sql).bind(*values).run()).meta
        event = self.bench.trace[-1]
        assert event.units.get("d1.rows_read", 0) == meta.rows_read
        assert event.units.get("d1.rows_written", 0) == meta.rows_written
        return meta.rows_read, meta.rows_written


@pytest.fixture
def counted() -> Counted:
    return Counted()


def test_an_index_beside_that_of_unique_makes_an_insert_write_four_rows_and_not_three(counted: Counted):
    counted.rows("CREATE TABLE users (id TEXT PRIMARY KEY, email TEXT UNIQUE NOT NULL)")
    assert counted.rows("INSERT INTO users VALUES ('1', 'a')")[1] == 3
    counted.rows("CREATE INDEX idx_users_email ON users(email)")
    assert counted.rows("INSERT INTO users VALUES ('2', 'b')")[1] == 4
    [plan] = counted.bench.run(counted.db.prepare("EXPLAIN QUERY PLAN SELECT * FROM users WHERE email = 'a'").raw())
    assert "sqlite_autoindex_users_2" in plan[3], "the planner does not even use it"


def test_a_feed_without_its_index_reads_four_thousand_rows_and_with_it_twenty(counted: Counted):
    counted.rows("CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INT, created_at INT)")
    counted.rows(f"{MANY.format(2000)} INSERT INTO posts (user_id, created_at) SELECT 3, i FROM n")
    feed = "SELECT * FROM posts WHERE user_id = 3 ORDER BY created_at DESC LIMIT 20"
    read, _ = counted.rows(feed)
    assert read == pytest.approx(4000, abs=30)
    counted.rows("CREATE INDEX feed ON posts(user_id, created_at)")
    read, _ = counted.rows(feed)
    assert read == pytest.approx(20, abs=1)


def test_the_documentations_examples(counted: Counted):
    """https://developers.cloudflare.com/d1/platform/pricing/: a scan of 5,000 rows, indexes, inserts."""
    counted.rows("CREATE TABLE orders (order_id INTEGER PRIMARY KEY, customer TEXT NOT NULL, day TEXT NOT NULL)")
    filled = f"{MANY.format(5000)} INSERT INTO orders (customer, day) SELECT 'c' || (i % 100), '2023-05-01' FROM n"
    assert counted.rows(filled)[1] == 5000
    assert counted.rows("SELECT * FROM orders")[0] == 5000, "a table of 5,000 rows without an index"
    assert counted.rows("SELECT * FROM orders WHERE customer = 'c7'")[0] == 5000, "rows scanned, not rows returned"
    assert counted.rows("SELECT count(*) FROM orders")[0] == 5000
    counted.rows("CREATE INDEX by_customer ON orders(customer)")
    assert counted.rows("SELECT order_id FROM orders WHERE customer = 'c7'")[0] == pytest.approx(50, abs=1)
    assert counted.rows("INSERT INTO orders (customer, day) VALUES ('x', 'y')")[1] == 2, "a row and an entry"
    assert counted.rows("UPDATE orders SET day = 'z' WHERE order_id = 1")[1] == 1, "the index has no `day`"
    assert counted.rows("UPDATE orders SET customer = 'z' WHERE order_id = 1")[1] == 2


def test_autoincrement_writes_a_row_more(counted: Counted):
    counted.rows("CREATE TABLE a (id INTEGER PRIMARY KEY, v)")
    counted.rows("CREATE TABLE b (id INTEGER PRIMARY KEY AUTOINCREMENT, v)")
    plain, counting = counted.rows("INSERT INTO a (v) VALUES (1)")[1], counted.rows("INSERT INTO b (v) VALUES (1)")[1]
    assert (plain, counting) == (1, 2)


def test_a_look_up_reads_one_row_and_what_is_not_a_table_none(counted: Counted):
    counted.rows("CREATE TABLE t (id INTEGER PRIMARY KEY, v)")
    counted.rows(f"{MANY.format(100)} INSERT INTO t SELECT i, i FROM n")
    assert counted.rows("SELECT * FROM t WHERE id = ?", 7) == (1, 0)
    assert counted.rows("SELECT 1") == (0, 0)
    assert counted.rows("DELETE FROM t WHERE id = 7") == (1, 1)


def test_what_fails_is_not_billed(counted: Counted):
    counted.rows("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    before = counted.bench.trace.units()
    with pytest.raises(Exception, match="UNIQUE"):
        counted.rows("INSERT INTO t VALUES (1), (1)")
    assert counted.bench.trace.units() == before


def test_what_is_stored_is_billed_by_its_pages_in_use(counted: Counted):
    assert counted.d1.stored_units() == {}
    counted.rows("CREATE TABLE t (v)")
    counted.rows(f"{MANY.format(5000)} INSERT INTO t SELECT randomblob(200) FROM n")
    full = counted.d1.stored_bytes
    assert full > 1_000_000
    assert counted.d1.stored_units() == {"d1.storage_gb_mo": full / 1e9}
    assert counted.bench.run(counted.db.prepare("DELETE FROM t").run()).meta.size_after == counted.d1.stored_bytes
    assert counted.d1.stored_bytes < 50_000
