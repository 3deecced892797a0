"""Rows read and written, held against what workerd counted for the same statements in the same order (1.20260426)."""
# ruff: noqa: E501  (statements as they were counted)

from __future__ import annotations

import pytest

from labkit.emulators.sqlite import Engine

# Each statement with the rows that it read and wrote; None where this is an estimate.
BASICS: list[tuple[str, tuple[int, int] | None]] = [
    ("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, n INT)", (1, 2)),
    ("CREATE TABLE u (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT UNIQUE, n INT)", (2, 5)),
    ("CREATE TABLE w (k TEXT PRIMARY KEY, v TEXT) WITHOUT ROWID", (1, 2)),
    ("INSERT INTO t (v,n) VALUES ('a',1)", (0, 1)),
    ("INSERT INTO t (id,v,n) VALUES (100,'a',1)", (1, 1)),
    ("INSERT INTO t (v,n) VALUES ('a',1),('b',2),('c',3)", (0, 3)),
    (
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<50) INSERT INTO t (v,n) SELECT 'r'||x, x%10 FROM c",
        (51, 50),
    ),
    ("INSERT INTO u (v,n) VALUES ('a',1)", (1, 3)),
    ("INSERT INTO u (v,n) VALUES ('b',1),('c',2)", (1, 5)),
    ("INSERT INTO w VALUES ('a','1'),('b','2')", (0, 2)),
    ("SELECT * FROM t", (55, 0)),
    ("SELECT * FROM t WHERE n=3", (55, 0)),
    ("SELECT * FROM t WHERE id=1", (1, 0)),
    ("SELECT * FROM t WHERE id=999", (1, 0)),
    ("SELECT count(*) FROM t", (55, 0)),
    ("SELECT count(*) FROM t WHERE n=3", (55, 0)),
    ("SELECT * FROM t ORDER BY v", (110, 0)),
    ("SELECT * FROM t ORDER BY v LIMIT 2", (110, 0)),
    ("SELECT * FROM t LIMIT 2", (2, 0)),
    ("SELECT * FROM t LIMIT 2 OFFSET 10", (12, 0)),
    ("SELECT max(id) FROM t", (1, 0)),
    ("SELECT n, count(*) FROM t GROUP BY n", (110, 0)),
    ("SELECT * FROM t WHERE 0", (0, 0)),
    ("SELECT 1", (0, 0)),
    ("CREATE INDEX tn ON t(n)", None),
    ("SELECT * FROM t WHERE n=3", (7, 0)),
    ("SELECT * FROM t WHERE n=9", (5, 0)),
    ("SELECT * FROM t WHERE n=99", (0, 0)),
    ("SELECT * FROM t WHERE n=3 AND v='r3'", (7, 0)),
    ("SELECT * FROM t WHERE n>5 ORDER BY n", (20, 0)),
    ("SELECT * FROM t WHERE id BETWEEN 3 AND 7", (1, 0)),
    ("SELECT * FROM t WHERE id IN (1,2,3,999)", (8, 0)),
    ("SELECT * FROM t ORDER BY n LIMIT 3", (3, 0)),
    ("SELECT * FROM t ORDER BY n DESC LIMIT 3", (3, 0)),
    ("INSERT INTO t (v,n) VALUES ('z',1)", (0, 2)),
    ("UPDATE t SET n=4 WHERE id=1", (1, 2)),
    ("UPDATE t SET v='q' WHERE id=1", (1, 1)),
    ("UPDATE t SET v='q' WHERE id=9999", (1, 0)),
    ("UPDATE t SET v='q'", (56, 56)),
    ("UPDATE t SET v='y' WHERE n=4", (7, 6)),
    ("UPDATE t SET n=n+1 WHERE n=4", (19, 12)),
    ("SELECT * FROM t JOIN u ON u.id=t.id", (112, 0)),
    ("SELECT * FROM u JOIN t ON t.n=u.n", (28, 0)),
    ("SELECT * FROM u WHERE id IN (SELECT n FROM t)", (74, 0)),
    ("INSERT INTO u (v,n) VALUES ('x',1) ON CONFLICT(v) DO UPDATE SET n=n+1", (1, 3)),
    ("INSERT INTO u (v,n) VALUES ('x',1) ON CONFLICT(v) DO UPDATE SET n=n+1", (2, 2)),
    ("INSERT OR REPLACE INTO u (v,n) VALUES ('x',1)", (2, 3)),
    ("INSERT OR IGNORE INTO u (v,n) VALUES ('x',1)", (1, 1)),
    ("INSERT INTO t (v,n) VALUES ('q',7) RETURNING id", (1, 2)),
    ("SELECT * FROM u WHERE v='x'", (1, 0)),
    ("SELECT id FROM u WHERE v='x'", (1, 0)),
    ("SELECT * FROM w WHERE k='a'", (1, 0)),
    ("INSERT INTO w VALUES('a','5') ON CONFLICT DO UPDATE SET v=excluded.v", (0, 1)),
    ("DELETE FROM w WHERE k='a'", (1, 1)),
    ("DELETE FROM t WHERE id=2", (1, 0)),
    ("DELETE FROM t WHERE n=3", (7, 6)),
    ("DELETE FROM t WHERE v='nope'", (51, 0)),
    ("DELETE FROM t", (0, 51)),
    ("ALTER TABLE t ADD COLUMN z INT", None),
    ("DROP INDEX tn", None),
    ("DROP TABLE t", None),
    ("CREATE TABLE m(x); INSERT INTO m VALUES(1); INSERT INTO m VALUES(2); SELECT * FROM m", (2, 0)),
    ("CREATE VIRTUAL TABLE f USING fts5(body)", (1, 2)),
    ("INSERT INTO f VALUES('hello world')", (0, 1)),
    ("SELECT * FROM f WHERE f MATCH 'hello'", (1, 0)),
    ("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<5) SELECT * FROM c", (6, 0)),
    ("SELECT * FROM json_each('[1,2,3]')", (3, 0)),
    ("SELECT name FROM sqlite_master", (11, 0)),
]
BLOG = [
    "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT, age INT)",
    "CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE, title TEXT, n INT)",
    "CREATE INDEX posts_user ON posts(user_id)",
    "CREATE TABLE tags (post_id INT, tag TEXT, PRIMARY KEY (post_id, tag))",
    "CREATE TABLE audit (what TEXT)",
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<30) INSERT INTO users (email,name,age) SELECT 'u'||x||'@x', 'n'||(x%5), x FROM c",
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<100) INSERT INTO posts (user_id,title,n) SELECT 1+x%20, 't'||x, x%7 FROM c",
    "INSERT INTO tags SELECT id, 'a' FROM posts",
    "INSERT INTO tags SELECT id, 'b' FROM posts WHERE n=1",
]
QUERIES: list[tuple[str, tuple[int, int] | None]] = [
    ("SELECT * FROM users WHERE email='u3@x'", (1, 0)),
    ("SELECT * FROM users WHERE email='zz'", (0, 0)),
    ("SELECT u.name, p.title FROM users u JOIN posts p ON p.user_id=u.id WHERE u.id=3", (7, 0)),
    ("SELECT u.name, p.title FROM users u JOIN posts p ON p.user_id=u.id", (200, 0)),
    ("SELECT u.id, count(*) AS n FROM users u JOIN posts p ON p.user_id=u.id GROUP BY u.id", None),
    ("SELECT u.id, count(p.id) AS n FROM users u LEFT JOIN posts p ON p.user_id=u.id GROUP BY u.id", None),
    ("SELECT u.name FROM users u JOIN posts p ON p.user_id=u.id WHERE p.n=3", (114, 0)),
    ("SELECT * FROM users u JOIN posts p ON p.user_id=u.id JOIN tags g ON g.post_id=p.id WHERE u.id=3", None),
    ("SELECT * FROM users u WHERE EXISTS (SELECT 1 FROM posts p WHERE p.user_id=u.id)", (50, 0)),
    ("SELECT u.id, (SELECT count(*) FROM posts p WHERE p.user_id=u.id) AS n FROM users u", None),
    ("SELECT * FROM users WHERE id IN (SELECT user_id FROM posts WHERE n=1)", None),
    ("SELECT DISTINCT name FROM users", (30, 0)),
    ("SELECT DISTINCT user_id FROM posts", (100, 0)),
    ("SELECT name FROM users UNION SELECT title FROM posts", None),
    ("SELECT name FROM users UNION ALL SELECT title FROM posts", (130, 0)),
    ("SELECT * FROM posts WHERE user_id=3 OR id=5", None),
    ("SELECT * FROM users WHERE name LIKE 'n1%'", (30, 0)),
    ("SELECT * FROM users WHERE name='n1' AND age>10", (30, 0)),
    ("SELECT * FROM posts WHERE user_id=3 AND n>2 AND title LIKE 't%'", (6, 0)),
    ("SELECT count(*) FROM posts WHERE user_id=3", (6, 0)),
    ("SELECT count(*), max(n) FROM posts WHERE user_id=3 AND n>2", None),
    ("SELECT sum(n) FROM posts", (100, 0)),
    ("SELECT max(n) FROM posts", (100, 0)),
    ("SELECT max(user_id) FROM posts", (1, 0)),
    ("SELECT * FROM posts ORDER BY id DESC LIMIT 10", (10, 0)),
    ("SELECT * FROM posts WHERE id>50 ORDER BY id LIMIT 10", (10, 0)),
    ("SELECT * FROM posts WHERE user_id=3 ORDER BY n DESC", (11, 0)),
    ("SELECT n, count(*) AS c FROM posts GROUP BY n HAVING c>14", (200, 0)),
    ("SELECT id, row_number() OVER (ORDER BY n) AS r FROM posts", None),
    ("INSERT INTO audit SELECT title FROM posts WHERE n=1", (100, 15)),
    ("INSERT INTO users (email,name,age) VALUES ('new@x','n',1)", (0, 2)),
    ("INSERT INTO tags VALUES (1,'z')", (0, 2)),
    ("UPDATE users SET age=age+1 WHERE email='u3@x'", (1, 1)),
    ("UPDATE users SET email='q@x' WHERE id=4", (1, 2)),
    ("UPDATE users SET age=0 WHERE age>20", (31, 10)),
    ("UPDATE posts SET title='x' WHERE user_id=3 AND n=1", (6, 1)),
    ("CREATE TRIGGER tr AFTER UPDATE ON users BEGIN INSERT INTO audit VALUES (new.name); END", (0, 1)),
    ("UPDATE users SET age=5 WHERE id=5", (1, 2)),
    ("DELETE FROM users WHERE id=6", None),
    ("DELETE FROM posts WHERE n=2", None),
    ("DELETE FROM posts WHERE id<10", (13, 6)),
    ("CREATE INDEX part ON users(age) WHERE age>10", None),
    ("INSERT INTO users (email,name,age) VALUES ('p1@x','n',50)", (0, 3)),
    ("INSERT INTO users (email,name,age) VALUES ('p2@x','n',5)", None),
    ("INSERT INTO tags VALUES (1,'z') ON CONFLICT DO NOTHING", (0, 0)),
    ("VALUES (1),(2)", (0, 0)),
    ("SELECT u.id FROM json_each('[1,2,3]') j JOIN users u ON u.id=j.value", (6, 0)),
    ("WITH x AS (SELECT * FROM posts WHERE user_id=3) SELECT count(*) FROM x", (5, 0)),
    ("SELECT * FROM users WHERE id NOT IN (SELECT user_id FROM posts)", None),
    ("SELECT * FROM posts WHERE user_id BETWEEN 3 AND 5", (11, 0)),
    ("SELECT * FROM posts WHERE n=3 LIMIT 3", (13, 0)),
    ("SELECT * FROM posts WHERE user_id=3 LIMIT 2", (2, 0)),
    ("SELECT user_id FROM posts WHERE user_id>15", (21, 0)),
]  # fmt: skip
ENDS = [
    "CREATE TABLE t (id INTEGER PRIMARY KEY, k TEXT, n INT)",
    "CREATE INDEX i ON t(k)",
    "CREATE TABLE e (id INTEGER PRIMARY KEY, k TEXT)",
    "CREATE INDEX ie ON e(k)",
    "INSERT INTO t VALUES (1,'a',1),(2,'b',2),(3,'b',3),(4,'d',4)",
    "CREATE TABLE o (k TEXT)",
    "INSERT INTO o VALUES ('z'),('c'),('b'),('zz')",
]
SEEKS: list[tuple[str, tuple[int, int] | None]] = [
    ("SELECT * FROM t WHERE k='zzz'", (0, 0)),
    ("SELECT * FROM t WHERE k='c'", (0, 0)),
    ("SELECT * FROM t WHERE k>'d'", (1, 0)),
    ("SELECT * FROM t WHERE k>='d'", (1, 0)),
    ("SELECT * FROM t WHERE k='d'", (1, 0)),
    ("SELECT * FROM t WHERE k<'a'", (1, 0)),
    ("SELECT * FROM t WHERE k<'b'", (2, 0)),
    ("SELECT * FROM t WHERE k<'b' ORDER BY k DESC", (1, 0)),
    ("SELECT * FROM t WHERE k<'a' ORDER BY k DESC", (1, 0)),
    ("SELECT * FROM t WHERE k='zzz' ORDER BY id DESC", (0, 0)),
    ("SELECT * FROM t WHERE id>4", (1, 0)),
    ("SELECT * FROM t WHERE id>3", (1, 0)),
    ("SELECT * FROM t WHERE id=99", (1, 0)),
    ("SELECT * FROM e WHERE k='a'", (0, 0)),
    ("SELECT * FROM e WHERE id=1", (1, 0)),
    ("SELECT * FROM e WHERE id>1", (1, 0)),
    ("SELECT * FROM e", (1, 0)),
    ("SELECT * FROM t WHERE k='b'", (3, 0)),
    ("SELECT * FROM t WHERE k='b' LIMIT 1", (1, 0)),
    ("SELECT k FROM t WHERE k='zzz'", (0, 0)),
    ("SELECT * FROM o JOIN t ON t.k=o.k", None),
    ("SELECT * FROM t WHERE k IN ('a','zzz','c')", (5, 0)),
    ("SELECT 1 WHERE EXISTS(SELECT 1 FROM t WHERE k='zzz')", (0, 0)),
    ("SELECT count(*) FROM t WHERE k='zzz'", (0, 0)),
    ("SELECT count(*) FROM t WHERE k>'zzz'", (1, 0)),
    ("UPDATE t SET n=1 WHERE k='zzz'", (0, 0)),
    ("DELETE FROM t WHERE k='zzz'", (0, 0)),
    ("SELECT * FROM t WHERE k='b' AND id>3", (1, 0)),
    ("SELECT * FROM t WHERE k='d' AND id>4", (1, 0)),
]


def rows(engine: Engine, sql: str, *bindings: object) -> tuple[int, int]:
    """What a statement read and wrote, all of its rows taken."""
    query = engine.run(sql, bindings)
    while query.take() is not None:
        pass
    return query.rows_read, query.rows_written


@pytest.mark.parametrize(
    ("before", "statements"), [([], BASICS), (BLOG, QUERIES), (ENDS, SEEKS)], ids=["basics", "queries", "seeks"]
)
def test_rows_are_those_that_the_platform_counts(before: list[str], statements: list):
    engine = Engine()
    for sql in before:
        engine.run(sql)
    found = [(sql, rows(engine, sql)) for sql, _ in statements]
    wrong = [(sql, counted, known) for (sql, counted), (_, known) in zip(found, statements, strict=True)
             if known not in (None, counted)]  # fmt: skip
    assert wrong == []


def test_an_index_is_a_row_more_for_each_row_written_and_saves_those_that_need_not_be_read():
    engine = Engine()
    engine.run("CREATE TABLE t (id INTEGER PRIMARY KEY, n INT)")
    numbers = "WITH RECURSIVE c(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM c WHERE x < 99)"
    assert rows(engine, f"{numbers} INSERT INTO t (n) SELECT x FROM c")[1] == 100
    assert rows(engine, "SELECT * FROM t WHERE n = ?", 50) == (100, 0)
    engine.run("CREATE INDEX tn ON t (n)")
    assert rows(engine, "SELECT * FROM t WHERE n = ?", 50) == (2, 0)
    assert rows(engine, "INSERT INTO t (n) VALUES (?)", 5) == (0, 2)


def test_an_open_cursor_has_read_what_it_gave():
    engine = Engine()
    engine.run("CREATE TABLE t (n)")
    engine.run("INSERT INTO t VALUES (1), (2), (3)")
    query = engine.run("SELECT * FROM t")
    assert query.rows_read == 1
    query.take()
    assert query.rows_read == 2
    query.close()
    assert query.rows_read == 2


@pytest.mark.parametrize("sql", ["SELECT 1", "EXPLAIN SELECT 1", "; SELECT 1", "PRAGMA foreign_keys", "VALUES (1)"])
def test_what_touches_no_table_is_free(sql: str):
    assert rows(Engine(), sql) == (0, 0)


def test_a_failed_upsert_does_not_disturb_what_comes_after():
    engine = Engine()
    engine.run("CREATE TABLE t (id INTEGER PRIMARY KEY, n NOT NULL)")
    with pytest.raises(Exception, match="NOT NULL"):
        engine.run("INSERT INTO t VALUES (1, NULL) ON CONFLICT DO UPDATE SET n = 1")
    assert rows(engine, "INSERT INTO t VALUES (1, 1) ON CONFLICT DO UPDATE SET n = 2") == (1, 1)
    assert rows(engine, "INSERT INTO t VALUES (1, 1) ON CONFLICT DO UPDATE SET n = 2") == (1, 1)
