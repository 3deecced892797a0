"""`first`: a row, a column, none; names that are not there."""

from attempt import report
from workers import WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        db = self.env.DB
        await db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)")
        await db.batch([db.prepare("INSERT INTO t VALUES (?, ?)").bind(n, f"v{n}") for n in (1, 2)])
        one = db.prepare("SELECT id, v FROM t WHERE id = ?")
        row = await one.bind(1).first()
        return await report(
            {
                "a row": lambda: one.bind(1).first(),
                "its parts": lambda: [type(row).__name__, row.v, row["v"], list(row)],
                "a column": lambda: one.bind(2).first("v"),
                "a number": lambda: one.bind(2).first("id"),
                "no row": lambda: one.bind(3).first(),
                "no row, a column": lambda: one.bind(3).first("v"),
                "no row, no such column": lambda: one.bind(3).first("nope"),
                "no such column": lambda: one.bind(1).first("nope"),
                "another case": lambda: one.bind(1).first("V"),
                "NULL": lambda: db.prepare("SELECT NULL AS x").first("x"),
                "None": lambda: one.bind(1).first(None),
                "zero": lambda: one.bind(1).first(0),
                "a dict": lambda: one.bind(1).first({"a": 1}),
                "a list": lambda: one.bind(1).first(["v"]),
                "a keyword": lambda: one.bind(1).first(column="v"),
                "of many": lambda: db.prepare("SELECT v FROM t ORDER BY id DESC").first("v"),
                "two of one name": lambda: db.prepare("SELECT 1 AS a, 2 AS a").first(),
                "an expression": lambda: db.prepare("SELECT count(*) FROM t").first(),
                "its name": lambda: db.prepare("SELECT count(*) FROM t").first("count(*)"),
                "RETURNING": lambda: db.prepare("INSERT INTO t (v) VALUES ('n') RETURNING id, v").first(),
                "a write": lambda: db.prepare("UPDATE t SET v = 'x'").first(),
            }
        )
