"""What SQL a Worker may write beyond the basics. `tests/parity/cases/d1-language` asks the real runtime the same."""

from __future__ import annotations

from typing import Any

import pytest

from labkit.emulators.d1 import D1
from labkit.workers.ffi import JsException
from tests.emulators.worlds import flat, planet

CASES: dict[str, tuple[str, str, list[list[Any]]]] = {
    "a recursive CTE": (
        "", "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x * 2 FROM c WHERE x < 9) SELECT x FROM c",
        [[1], [2], [4], [8], [16]],
    ),
    "window functions": (
        "CREATE TABLE s (who, n)\nINSERT INTO s VALUES ('a', 1), ('a', 3), ('b', 2)",
        "SELECT who, sum(n) OVER (PARTITION BY who ORDER BY n), rank() OVER (ORDER BY n DESC) FROM s ORDER BY who, n",
        [["a", 1, 3], ["a", 4, 1], ["b", 2, 2]],
    ),
    "JSON": (
        "", "SELECT json_extract('{\"a\": [1, {\"b\": 2}]}', '$.a[1].b'), '{\"x\": 5}' ->> 'x', json_array(1, NULL)",
        [[2, 5, "[1,null]"]],
    ),
    "rows of JSON": ("", "SELECT key, value FROM json_each('{\"a\": 1, \"b\": 2}')", [["a", 1], ["b", 2]]),
    "full text": (
        "CREATE VIRTUAL TABLE d USING fts5(t, tokenize = 'porter')\nINSERT INTO d VALUES ('a running fox'), ('a dog')",
        "SELECT highlight(d, 0, '[', ']') FROM d WHERE d MATCH 'run' ORDER BY rank", [["a [running] fox"]],
    ),
    "generated columns": (
        "CREATE TABLE g (a, twice AS (a * 2), thrice AS (a * 3) STORED)\nCREATE INDEX i ON g(twice)\n"
        "INSERT INTO g (a) VALUES (2)", "SELECT * FROM g WHERE twice = 4", [[2, 4, 6]],
    ),
    "a cascade": (
        "CREATE TABLE p (id INTEGER PRIMARY KEY)\nCREATE TABLE c (p REFERENCES p(id) ON DELETE CASCADE)\n"
        "INSERT INTO p VALUES (1), (2)\nINSERT INTO c VALUES (1), (2)\nDELETE FROM p WHERE id = 1",
        "SELECT p FROM c", [[2]],
    ),
    "a trigger": (
        "CREATE TABLE t (v)\nCREATE TABLE log (v)\n"
        "CREATE TRIGGER r AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.v); END\nINSERT INTO t VALUES (7)",
        "SELECT v FROM log", [[7]],
    ),
    "a view": ("CREATE VIEW v AS SELECT 1 AS one", "SELECT one FROM v", [[1]]),
    "an upsert": (
        "CREATE TABLE u (k PRIMARY KEY, n)\nINSERT INTO u VALUES ('a', 1)",
        "INSERT INTO u VALUES ('a', 5) ON CONFLICT (k) DO UPDATE SET n = n + excluded.n RETURNING n", [[6]],
    ),
    "STRICT and WITHOUT ROWID": (
        "CREATE TABLE w (k TEXT PRIMARY KEY, n INTEGER) STRICT, WITHOUT ROWID\nINSERT INTO w VALUES ('a', 1)",
        "SELECT * FROM w", [["a", 1]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("world", [flat, planet])
def test_sqlites_language_is_there(name: str, world: Any):
    made, asked, rows = CASES[name]
    bench = world()
    db = D1({"binding": "DB"}, bench.world).binding("SYD")
    if made:
        bench.run(db.exec(made))
    assert bench.run(db.prepare(asked).raw()) == rows


def test_foreign_keys_are_enforced():
    bench = flat()
    db = D1({"binding": "DB"}, bench.world).binding("SYD")
    bench.run(db.exec("CREATE TABLE p (id INTEGER PRIMARY KEY)\nCREATE TABLE c (p REFERENCES p(id))"))
    with pytest.raises(JsException, match="FOREIGN KEY constraint failed"):
        bench.run(db.exec("INSERT INTO c VALUES (5)"))


def test_the_time_of_sql_is_simulated_and_its_chance_seeded():
    def seen() -> list[Any]:
        bench = flat()
        db = D1({"binding": "DB"}, bench.world).binding("SYD")
        bench.advance(60)
        return bench.run(db.prepare("SELECT datetime('now'), unixepoch(), random(), hex(randomblob(4))").raw())

    [[now, unix, *chance]] = seen()
    assert (now, unix) == ("2023-11-14 22:14:20", 1_700_000_060)
    assert seen() == [[now, unix, *chance]]


def test_what_a_connection_remembers_outlasts_the_connection():
    bench = flat()
    d1 = D1({"binding": "DB"}, bench.world)
    db = d1.binding("SYD")
    bench.run(db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY)"))
    bench.run(db.exec("INSERT INTO t VALUES (41)"))
    assert d1.disk.is_at_rest
    d1.disk.put_away()
    assert bench.run(db.prepare("SELECT last_insert_rowid() AS x").first("x")) == 41
    bench.run(db.prepare("PRAGMA case_sensitive_like = ON").run())
    assert not d1.disk.is_at_rest, "another connection would not have the pragma"
