"""What each statement reads and writes, as the platform bills it."""
# ruff: noqa: E501  (statements as they were counted)

import json

from attempt import attempt
from workers import DurableObject, Response, WorkerEntrypoint

STATEMENTS = {
    "create": "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, n INT)",
    "create ai": "CREATE TABLE u (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT UNIQUE, n INT)",
    "create wr": "CREATE TABLE w (k TEXT PRIMARY KEY, v TEXT) WITHOUT ROWID",
    "insert 1": "INSERT INTO t (v,n) VALUES ('a',1)",
    "insert with id": "INSERT INTO t (id,v,n) VALUES (100,'a',1)",
    "insert 3": "INSERT INTO t (v,n) VALUES ('a',1),('b',2),('c',3)",
    "insert many": "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<50) INSERT INTO t (v,n) SELECT 'r'||x, x%10 FROM c",
    "insert u": "INSERT INTO u (v,n) VALUES ('a',1)",
    "insert u2": "INSERT INTO u (v,n) VALUES ('b',1),('c',2)",
    "insert w": "INSERT INTO w VALUES ('a','1'),('b','2')",
    "select all": "SELECT * FROM t",
    "filter": "SELECT * FROM t WHERE n=3",
    "pk": "SELECT * FROM t WHERE id=1",
    "pk missing": "SELECT * FROM t WHERE id=999",
    "count": "SELECT count(*) FROM t",
    "count where": "SELECT count(*) FROM t WHERE n=3",
    "order": "SELECT * FROM t ORDER BY v",
    "order limit": "SELECT * FROM t ORDER BY v LIMIT 2",
    "limit": "SELECT * FROM t LIMIT 2",
    "limit offset": "SELECT * FROM t LIMIT 2 OFFSET 10",
    "max": "SELECT max(id) FROM t",
    "group": "SELECT n, count(*) FROM t GROUP BY n",
    "empty": "SELECT * FROM t WHERE 0",
    "one": "SELECT 1",
    "index": "CREATE INDEX tn ON t(n)",
    "filter idx": "SELECT * FROM t WHERE n=3",
    "filter idx last": "SELECT * FROM t WHERE n=9",
    "filter idx none": "SELECT * FROM t WHERE n=99",
    "filter idx+v": "SELECT * FROM t WHERE n=3 AND v='r3'",
    "range idx": "SELECT * FROM t WHERE n>5 ORDER BY n",
    "range pk": "SELECT * FROM t WHERE id BETWEEN 3 AND 7",
    "in pk": "SELECT * FROM t WHERE id IN (1,2,3,999)",
    "order idx": "SELECT * FROM t ORDER BY n LIMIT 3",
    "order idx desc": "SELECT * FROM t ORDER BY n DESC LIMIT 3",
    "insert idx": "INSERT INTO t (v,n) VALUES ('z',1)",
    "update idx": "UPDATE t SET n=4 WHERE id=1",
    "update nonidx": "UPDATE t SET v='q' WHERE id=1",
    "update none": "UPDATE t SET v='q' WHERE id=9999",
    "update all": "UPDATE t SET v='q'",
    "update by idx": "UPDATE t SET v='y' WHERE n=4",
    "update n by n": "UPDATE t SET n=n+1 WHERE n=4",
    "join": "SELECT * FROM t JOIN u ON u.id=t.id",
    "join idx": "SELECT * FROM u JOIN t ON t.n=u.n",
    "subq": "SELECT * FROM u WHERE id IN (SELECT n FROM t)",
    "upsert new": "INSERT INTO u (v,n) VALUES ('x',1) ON CONFLICT(v) DO UPDATE SET n=n+1",
    "upsert old": "INSERT INTO u (v,n) VALUES ('x',1) ON CONFLICT(v) DO UPDATE SET n=n+1",
    "replace old": "INSERT OR REPLACE INTO u (v,n) VALUES ('x',1)",
    "ignore": "INSERT OR IGNORE INTO u (v,n) VALUES ('x',1)",
    "returning": "INSERT INTO t (v,n) VALUES ('q',7) RETURNING id",
    "unique lookup": "SELECT * FROM u WHERE v='x'",
    "unique lookup id only": "SELECT id FROM u WHERE v='x'",
    "wr lookup": "SELECT * FROM w WHERE k='a'",
    "wr upsert": "INSERT INTO w VALUES('a','5') ON CONFLICT DO UPDATE SET v=excluded.v",
    "wr delete": "DELETE FROM w WHERE k='a'",
    "delete pk": "DELETE FROM t WHERE id=2",
    "delete idx": "DELETE FROM t WHERE n=3",
    "delete filter": "DELETE FROM t WHERE v='nope'",
    "delete all": "DELETE FROM t",
    "alter": "ALTER TABLE t ADD COLUMN z INT",
    "drop idx": "DROP INDEX tn",
    "drop": "DROP TABLE t",
    "multi": "CREATE TABLE m(x); INSERT INTO m VALUES(1); INSERT INTO m VALUES(2); SELECT * FROM m",
    "fts": "CREATE VIRTUAL TABLE f USING fts5(body)",
    "fts insert": "INSERT INTO f VALUES('hello world')",
    "fts select": "SELECT * FROM f WHERE f MATCH 'hello'",
    "cte": "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<5) SELECT * FROM c",
    "json": "SELECT * FROM json_each('[1,2,3]')",
    "master": "SELECT name FROM sqlite_master",
}


class Store(DurableObject):
    async def check(self):
        sql, answers = self.ctx.storage.sql, {}

        def rows(statement):
            cursor = sql.exec(statement)
            found = len(cursor.toArray())
            return [found, cursor.rowsRead, cursor.rowsWritten]

        for name, statement in STATEMENTS.items():
            answers[name] = await attempt(lambda text=statement: rows(text))
        return json.dumps(answers)


class Default(WorkerEntrypoint):
    async def fetch(self):
        return Response(await self.env.STORE.getByName("a").check(), headers={"content-type": "application/json"})
