"""Cursors: what they give, how often, and that a live one keeps its table from being dropped."""

from attempt import describe, report
from workers import DurableObject, WorkerEntrypoint


class Box(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.sql = ctx.storage.sql

    async def fetch(self, request):
        self.fill()
        return await report(
            {
                "drop after del": self.drop_after_del,
                "drop under a cursor": self.drop_under_a_cursor,
                "and once it is read": self.drop_after_reading,
                "all": lambda: self.rows("SELECT * FROM t ORDER BY id"),
                "all, twice": self.twice,
                "iterated": lambda: [row.name for row in self.sql.exec("SELECT name FROM t ORDER BY id")],
                "next": self.stepped,
                "one": lambda: self.sql.exec("SELECT count(*) AS n FROM t").one(),
                "one of none": lambda: self.sql.exec("SELECT * FROM t WHERE id > 9").one(),
                "one of many": lambda: self.sql.exec("SELECT * FROM t").one(),
                "raw": lambda: self.sql.exec("SELECT id, name FROM t ORDER BY id").raw().toArray(),
                "columns": lambda: self.sql.exec("SELECT id, name AS n, 1 + 1 FROM t").columnNames,
                "same names": lambda: self.rows("SELECT id, id FROM t WHERE id = 1"),
                "read and written": self.counted,
                "nothing": lambda: self.rows("CREATE TABLE u (x)"),
                "several": lambda: self.rows("INSERT INTO u VALUES (1); INSERT INTO u VALUES (2); SELECT * FROM u"),
                "returning": lambda: self.rows("UPDATE u SET x = x * 10 RETURNING x"),
                "no such table": lambda: self.rows("SELECT * FROM nowhere"),
                "a typing mistake": lambda: self.rows("SELEC 1"),
            }
        )

    def fill(self):
        self.sql.exec("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, name TEXT)")
        self.sql.exec("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')")

    def rows(self, query, *values):
        return self.sql.exec(query, *values).toArray()

    def twice(self):
        cursor = self.sql.exec("SELECT id FROM t")
        return [cursor.toArray(), cursor.toArray()]

    def stepped(self):
        cursor = self.sql.exec("SELECT id FROM t ORDER BY id LIMIT 2")
        return [describe(cursor.next()) for _ in range(3)]

    def counted(self):
        cursor = self.sql.exec("SELECT * FROM t WHERE id >= 2")
        before = cursor.rowsRead
        list(cursor.toArray())
        written = self.sql.exec("UPDATE t SET name = 'z' WHERE id = 3")
        return [before, cursor["rowsRead"], cursor["rowsWritten"], written.rowsWritten]

    def drop_under_a_cursor(self):
        self.sql.exec("CREATE TABLE held (x); INSERT INTO held VALUES (1), (2)")
        self.cursor = self.sql.exec("SELECT * FROM held")
        self.cursor.next()
        self.sql.exec("DROP TABLE held")

    def drop_after_reading(self):
        rest = len(self.cursor.toArray())
        self.sql.exec("DROP TABLE held")
        return rest

    def drop_after_del(self):
        self.sql.exec("CREATE TABLE gone (x); INSERT INTO gone VALUES (1)")
        cursor = self.sql.exec("SELECT * FROM gone")
        rows = cursor.toArray()
        del cursor
        self.sql.exec("DROP TABLE gone")
        return [len(rows), self.rows("SELECT count(*) AS n FROM sqlite_master WHERE name = 'gone'")]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return await self.env.BOX.getByName("a").fetch(request)
