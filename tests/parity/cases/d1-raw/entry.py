"""`raw`, `all` and `run`: the shapes of rows."""

from attempt import report
from workers import WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        db = self.env.DB
        await db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, b BLOB)")
        await db.prepare("INSERT INTO t VALUES (1, 'a', x'0102'), (2, NULL, NULL)").run()
        every = db.prepare("SELECT * FROM t ORDER BY id")
        none = db.prepare("SELECT id, v FROM t WHERE 0")

        async def results(asked):
            found = await asked
            return [found.success, found.results, sorted(found), sorted(found.meta)]

        return await report(
            {
                "raw": lambda: every.raw(),
                "with names": lambda: every.raw(columnNames=True),
                "with names by dict": lambda: every.raw({"columnNames": True}),
                "without": lambda: every.raw(columnNames=False),
                "a truth of its own": lambda: every.raw(columnNames="no"),
                "no rows": lambda: none.raw(),
                "no rows with names": lambda: none.raw(columnNames=True),
                "None": lambda: every.raw(None),
                "True": lambda: every.raw(True),
                "of a write": lambda: db.prepare("UPDATE t SET v = 'z' WHERE id = 2").raw(columnNames=True),
                "two of one name": lambda: db.prepare("SELECT 1 AS a, 2 AS a").raw(columnNames=True),
                "all": lambda: results(every.all()),
                "all, no rows": lambda: results(none.all()),
                "all of two of one name": lambda: results(db.prepare("SELECT 1 AS a, 2 AS a").all()),
                "run": lambda: results(every.run()),
                "run a write": lambda: results(db.prepare("DELETE FROM t WHERE id = 9").run()),
                "run RETURNING": lambda: results(db.prepare("INSERT INTO t (v) VALUES ('q') RETURNING *").run()),
                "two statements": lambda: results(db.prepare("SELECT 1 AS a; SELECT 2 AS b").all()),
                "numbers": lambda: db.prepare(
                    "SELECT 9007199254740993, 9223372036854775807, -9223372036854775808, 1e400, -1e400, 1.0, 0.1"
                ).raw(),
                "bytes": lambda: db.prepare("SELECT x'', x'00ff', zeroblob(3)").raw(),
                "a half pair": lambda: db.prepare("SELECT ?").bind("\ud800").raw(),
            }
        )
