"""SQL beyond the basics: CTEs, windows, JSON, FTS5, generated columns, foreign keys, triggers, views."""

from attempt import report
from workers import WorkerEntrypoint

STEPS = [
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 5) SELECT x FROM c",
    "WITH a AS MATERIALIZED (SELECT 1 AS x) SELECT * FROM a, a AS b",
    "CREATE TABLE s (who TEXT, day INT, sold INT, tax INT GENERATED ALWAYS AS (sold / 10) STORED, twice AS (sold * 2))",
    "INSERT INTO s (who, day, sold) VALUES ('a', 1, 10), ('a', 2, 30), ('b', 1, 20), ('b', 2, 20)",
    "SELECT who, sold, tax, twice FROM s",
    "INSERT INTO s (who, tax) VALUES ('c', 1)",
    "SELECT who, day, sum(sold) OVER (PARTITION BY who ORDER BY day) AS run, rank() OVER (ORDER BY sold) AS r FROM s",
    "SELECT who, lag(sold) OVER w, first_value(sold) OVER w, ntile(2) OVER w FROM s WINDOW w AS (ORDER BY day, who)",
    "SELECT json_extract('{\"a\": [1, {\"b\": 2}]}', '$.a[1].b'), '{\"x\": 5}' ->> 'x', '[1, 2]' -> 1",
    'SELECT key, value, type FROM json_each(\'{"a": 1, "b": [true, null]}\')',
    "SELECT json_group_array(who), json_object('n', count(*)) FROM s",
    "SELECT json_valid('{'), json_type('[]'), json_set('{}', '$.a', 1)",
    "SELECT json('{')",
    "CREATE VIRTUAL TABLE docs USING fts5(title, body, tokenize = 'porter')",
    "INSERT INTO docs VALUES ('one', 'the running fox'), ('two', 'a lazy dog runs')",
    "SELECT title, highlight(docs, 1, '<', '>'), bm25(docs) < 0 FROM docs WHERE docs MATCH 'run' ORDER BY rank",
    "SELECT snippet(docs, 1, '[', ']', '...', 2) FROM docs WHERE docs MATCH 'fox'",
    "SELECT title FROM docs WHERE docs MATCH 'fox OR'",
    "INSERT INTO docs(docs) VALUES ('optimize')",
    "CREATE TABLE p (id INTEGER PRIMARY KEY)",
    "CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p(id) ON DELETE CASCADE)",
    "INSERT INTO p VALUES (1)",
    "INSERT INTO c VALUES (1, 1)",
    "INSERT INTO c VALUES (2, 2)",
    "PRAGMA foreign_keys = OFF",
    "INSERT INTO c VALUES (2, 2)",
    "PRAGMA defer_foreign_keys = ON",
    "INSERT INTO c VALUES (2, 2)",
    "PRAGMA foreign_key_list(c)",
    "PRAGMA foreign_key_check",
    "DELETE FROM p",
    "SELECT count(*) FROM c",
    "CREATE TABLE log (what TEXT)",
    "CREATE TRIGGER t AFTER INSERT ON p BEGIN INSERT INTO log VALUES ('p ' || new.id); END",
    "INSERT INTO p VALUES (5), (6)",
    "SELECT * FROM log",
    "CREATE VIEW v AS SELECT who, sum(sold) AS total FROM s GROUP BY who",
    "SELECT * FROM v ORDER BY who",
    "INSERT INTO v VALUES ('x', 1)",
    "INSERT INTO p VALUES (5) ON CONFLICT DO NOTHING RETURNING id",
    "UPDATE s SET sold = 5 FROM p WHERE p.id = s.sold RETURNING who",
    "SELECT group_concat(who, '-' ORDER BY day), string_agg(who, '+') FROM s",
    "SELECT count(*) FILTER (WHERE sold > 10), iif(1, 'y', 'n') FROM s",
    "SELECT unixepoch('2026-01-01'), date('2026-01-31', '+1 month')",
    "SELECT upper('\u00e9a'), lower('\u00c9A'), length('\u00e9'), hex('\u00e9'), substr('h\u00e9llo', 2, 2)",
    "SELECT 'A' = 'a' COLLATE NOCASE, 'a' LIKE 'A', 'a' GLOB 'A', 'a' REGEXP 'a'",
    "SELECT round(2.5), 7 / 2, 7 % 3, 7 / 0, sqrt(2), pow(2, 10), typeof(1 / 2.0)",
    "PRAGMA index_list(p)",
    "PRAGMA quick_check",
    "PRAGMA optimize",
    "ANALYZE",
]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        db = self.env.DB
        return await report(
            {f"{n} {sql}": lambda sql=sql: db.prepare(sql).raw(columnNames=True) for n, sql in enumerate(STEPS)}
        )
