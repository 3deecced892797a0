"""`meta`: changes, the last row, sizes, rows."""

from attempt import report
from workers import WorkerEntrypoint

STEPS = [
    "SELECT 1",
    "SELECT 1",
    "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)",
    "INSERT INTO t VALUES (7, 'a')",
    "INSERT INTO t (v) VALUES ('b'), ('c')",
    "SELECT * FROM t",
    "UPDATE t SET v = 'z' WHERE id > 7",
    "UPDATE t SET v = v",
    "UPDATE t SET v = 'q' WHERE id = 99",
    "DELETE FROM t WHERE id = 8",
    "INSERT OR IGNORE INTO t VALUES (7, 'x')",
    "INSERT OR REPLACE INTO t VALUES (7, 'x')",
    "INSERT INTO t VALUES (7, 'y') ON CONFLICT (id) DO UPDATE SET v = excluded.v",
    "INSERT INTO t (v) VALUES ('r'), ('s') RETURNING id",
    "INSERT INTO t (v) VALUES ('1'); INSERT INTO t (v) VALUES ('2')",
    "CREATE INDEX i ON t(v)",
    "SELECT * FROM t WHERE v = 'x'",
    "SELECT count(*) FROM t",
    "ALTER TABLE t ADD COLUMN n INTEGER DEFAULT 5",
    "SELECT changes(), total_changes() > 0, last_insert_rowid()",
    "PRAGMA table_info(t)",
    "PRAGMA foreign_keys",
    "EXPLAIN QUERY PLAN SELECT * FROM t",
    "DELETE FROM t",
    "DROP TABLE t",
    "CREATE TABLE w (k TEXT PRIMARY KEY, v) WITHOUT ROWID",
    "INSERT INTO w VALUES ('a', 1), ('b', 2)",
    "SELECT * FROM w WHERE k = 'b'",
]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        async def meta(sql):
            found = (await self.env.DB.prepare(sql).all()).meta
            return {name: value for name, value in found.items() if name != "duration"}

        return await report({f"{n} {sql}": lambda sql=sql: meta(sql) for n, sql in enumerate(STEPS)})
