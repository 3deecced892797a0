"""One statement after the other: most are refused."""

from attempt import attempt
from workers import DurableObject, Response, WorkerEntrypoint

STATEMENTS = [
    "SELEC 1",
    "SELECT",
    "",
    "  ;",
    ";;",
    "-- hi",
    "/* x */",
    "SELECT 1;",
    "SELECT 1; ",
    "SELECT 1;;",
    "SELECT 1; -- c",
    "SELECT 1; /* c */ SELECT 2",
    "SELECT ?; SELECT 1",
    "SELECT 1; SELECT ?",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT a",
    "RELEASE a",
    "ATTACH 'x' AS y",
    "DETACH y",
    "VACUUM",
    "VACUUM INTO 'x'",
    "PRAGMA user_version",
    "PRAGMA table_info(t)",
    "PRAGMA table_info(_cf_KV)",
    "PRAGMA foreign_keys",
    "PRAGMA journal_mode",
    "PRAGMA page_count",
    "PRAGMA optimize",
    "PRAGMA quick_check",
    "PRAGMA integrity_check",
    "PRAGMA index_list(t)",
    "PRAGMA function_list",
    "PRAGMA compile_options",
    "SELECT sqlite_version()",
    "SELECT load_extension('x')",
    "SELECT nope(1)",
    "SELECT abs(1,2)",
    "SELECT * FROM _cf_KV",
    "SELECT value FROM _cf_METADATA",
    "SELECT * FROM _cf_nope",
    "CREATE TABLE _cf_x(a)",
    "CREATE TEMP TABLE x(a)",
    "CREATE TEMP VIEW x AS SELECT 1",
    "CREATE VIRTUAL TABLE r USING rtree(id,a,b)",
    "CREATE VIRTUAL TABLE f USING FTS5(a)",
    "SELECT * FROM pragma_table_info('t')",
    "SELECT * FROM pragma_page_count",
    "SELECT * FROM dbstat",
    "SELECT * FROM json_each('[1]')",
    "SELECT * FROM generate_series(1,3)",
    "INSERT INTO sqlite_master VALUES(1,1,1,1,1)",
    "UPDATE sqlite_master SET name='x'",
    "INSERT INTO t(id) VALUES(1)",
    "INSERT INTO t(id) VALUES('x')",
    "REINDEX",
    "SELECT a FROM t",
    "SELECT * FROM nope",
    "SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6",
    "SELECT date('now') IS NOT NULL",
    "SELECT typeof(1), typeof(1.0), 9007199254740993",
    "SELECT percentile(1,2)",
    "SELECT 'x' REGEXP 'x'",
    "SELECT sqlite_source_id()",
    "SELECT median(1)",
    "SELECT jsonb('{}')",
    "SELECT json_pretty('{}')",
    "SELECT concat('a','b')",
    "SELECT unistr('a')",
    "SELECT if(1,2,3)",
    "SELECT json_array_insert('[1]','$[0]',2)",
    "SELECT likely(1)",
    "SELECT jsonb_extract('{}','$')",
    "SELECT fts5(1)",
    "SELECT x'00'",
    "CREATE TABLE g (a INT CHECK(a>0), b UNIQUE NOT NULL, c REFERENCES t(id))",
    "INSERT INTO g VALUES(0,1,1)",
    "INSERT INTO g VALUES(1,NULL,1)",
    "INSERT INTO g VALUES(1,1,99)",
    "INSERT INTO g VALUES(1,1,1)",
    "INSERT INTO g VALUES(1,1,1)",
    "DROP TABLE t",
    "CREATE TABLE t(a)",
    "CREATE TABLE s (a INT) STRICT",
    "INSERT INTO s VALUES('x')",
    "SELECT 1 LIMIT 'x'",
    "SELECT raise(abort,'x')",
    "CREATE TRIGGER tr AFTER INSERT ON s BEGIN SELECT raise(abort,'no way'); END",
    "INSERT INTO s VALUES(1)",
    "SELECT zeroblob(2200001)",
    "SELECT length(zeroblob(2200000))",
]
LONG = {
    "a pattern of 50": "SELECT 'x' LIKE '" + "x" * 50 + "' AS r",
    "a pattern of 51": "SELECT 'x' LIKE '" + "x" * 51 + "' AS r",
    "100 columns": "SELECT " + ", ".join("1" for _ in range(100)),
    "101 columns": "SELECT " + ", ".join("1" for _ in range(101)),
    "a table of 101": "CREATE TABLE wide (" + ", ".join(f"c{n}" for n in range(101)) + ")",
    "a deep expression": "SELECT " + "1 + " * 100 + "1",
    "100,000 bytes": "SELECT length('" + "x" * (100_000 - 22) + "') AS n",
    "100,001 bytes": "SELECT length('" + "x" * (100_001 - 22) + "') AS n",
    "101 parameters": "SELECT " + ", ".join("?" for _ in range(101)),
    "127 arguments": "SELECT length(json_array(" + ", ".join("1" for _ in range(127)) + ")) AS n",
    "128 arguments": "SELECT length(json_array(" + ", ".join("1" for _ in range(128)) + ")) AS n",
}


class Store(DurableObject):
    async def check(self):
        import json

        sql = self.ctx.storage.sql
        await self.ctx.storage.put("a", 1)
        sql.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, n INT)")
        sql.exec("INSERT INTO t (v, n) VALUES ('a', 1), ('b', 2), ('c', 3)")
        await self.ctx.storage.sync()
        answers = {}
        for name, statement in [*((text, text) for text in STATEMENTS), *LONG.items()]:
            answers[name] = await attempt(lambda text=statement: sql.exec(text).toArray())
        return json.dumps(answers)


class Default(WorkerEntrypoint):
    async def fetch(self):
        return Response(await self.env.STORE.getByName("a").check(), headers={"content-type": "application/json"})
