"""What SQLite and D1 refuse, in their words."""

from attempt import report
from workers import WorkerEntrypoint

SQL = {
    "syntax": "SELEC 1",
    "incomplete": "SELECT",
    "no table": "SELECT * FROM nope",
    "no column": "SELECT zz FROM t",
    "no function": "SELECT nope(1)",
    "a file": "SELECT readfile('/etc/passwd')",
    "a version": "SELECT sqlite_version()",
    "an extension": "SELECT load_extension('x')",
    "ATTACH": "ATTACH DATABASE '/tmp/x' AS y",
    "DETACH": "DETACH DATABASE y",
    "VACUUM": "VACUUM",
    "VACUUM INTO": "VACUUM INTO '/tmp/x'",
    "BEGIN": "BEGIN",
    "BEGIN IMMEDIATE": "BEGIN IMMEDIATE",
    "COMMIT": "COMMIT",
    "ROLLBACK": "ROLLBACK",
    "SAVEPOINT": "SAVEPOINT s",
    "RELEASE": "RELEASE s",
    "journal_mode": "PRAGMA journal_mode = OFF",
    "writable_schema": "PRAGMA writable_schema = 1",
    "user_version": "PRAGMA user_version",
    "max_page_count": "PRAGMA max_page_count = 1",
    "temp table": "CREATE TEMP TABLE x (a)",
    "a table of the platform's": "CREATE TABLE _cf_x (a)",
    "the schema": "DELETE FROM sqlite_schema",
    "a module": "CREATE VIRTUAL TABLE x USING csv(filename='/etc/passwd')",
    "dbstat": "SELECT * FROM dbstat",
    "columns": f"CREATE TABLE wide ({', '.join(f'c{n}' for n in range(101))})",
    "depth": f"SELECT {'+'.join(['1'] * 102)}",
    "a long text": f"SELECT '{'x' * 100_000}'",
    "compound": " UNION ALL ".join(["SELECT 1"] * 6),
    "arguments": f"SELECT max({', '.join(['1'] * 128)})",
    "a long pattern": f"SELECT 'a' LIKE '{'a' * 51}'",
    "a pattern": f"SELECT 'a' LIKE '{'a' * 50}'",
    "a large blob": "SELECT length(zeroblob(2200001))",
    "a blob": "SELECT length(zeroblob(2200000))",
    "unique": "INSERT INTO t (v, n) VALUES ('a', 1)",
    "not null": "INSERT INTO t (v) VALUES ('b')",
    "check": "INSERT INTO t (v, n) VALUES ('b', -1)",
    "primary key": "INSERT INTO t (id, v, n) VALUES (1, 'b', 1)",
    "datatype": "INSERT INTO t (id, v, n) VALUES ('x', 'b', 1)",
    "strict": "INSERT INTO s VALUES ('x')",
    "without rowid": "INSERT INTO w VALUES (1), (1)",
    "foreign key": "INSERT INTO c VALUES (1, 99)",
    "still referred to": "DELETE FROM t WHERE id = 1",
    "raise": "UPDATE t SET n = 13",
    "values": "INSERT INTO t (v, n) VALUES (1)",
    "a comment": "-- nothing",
    "empty": "",
    "two of which one fails": "INSERT INTO t (v, n) VALUES ('q', 1); SELEC",
    "a NUL": "SELECT 1\0",
    "a NUL between two": "SELECT 1\0; SELECT 2",
    "a NUL in a string": "SELECT 'a\0b'",
    "a NUL after what writes": "INSERT INTO t (v, n) VALUES ('nul', 1)\0",
    "misuse": "SELECT sum(sum(n)) FROM t",
    "ambiguous": "SELECT id FROM t, s, w, c",
}


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        db = self.env.DB
        await db.batch(
            [
                db.prepare("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT UNIQUE, n INT NOT NULL CHECK (n >= 0))"),
                db.prepare("CREATE TABLE s (a INTEGER) STRICT"),
                db.prepare("CREATE TABLE w (a INTEGER PRIMARY KEY) WITHOUT ROWID"),
                db.prepare("CREATE TABLE c (id INTEGER PRIMARY KEY, t INTEGER REFERENCES t(id))"),
                db.prepare("CREATE TRIGGER r BEFORE UPDATE ON t WHEN new.n = 13 BEGIN SELECT raise(ABORT, 'no'); END"),
                db.prepare("INSERT INTO t VALUES (1, 'a', 1)"),
                db.prepare("INSERT INTO c VALUES (1, 1)"),
            ]
        )
        calls = {name: lambda sql=sql: db.prepare(sql).raw() for name, sql in SQL.items()}
        return await report(calls | {"nothing was written": lambda: db.prepare("SELECT v FROM t").raw()})
