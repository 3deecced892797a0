"""`batch`: one transaction, in order."""

from attempt import report
from workers import WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        db = self.env.DB
        await db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT UNIQUE NOT NULL)")
        put, count = db.prepare("INSERT INTO t (v) VALUES (?)"), db.prepare("SELECT count(*) AS n FROM t")

        async def rows(statements):
            return [each.results for each in await db.batch(statements)]

        return await report(
            {
                "two and a count": lambda: rows([put.bind("a"), put.bind("b"), count]),
                "one statement twice": lambda: rows([count, count]),
                "what fails": lambda: rows([put.bind("c"), put.bind("a")]),
                "leaves no trace": lambda: count.first("n"),
                "fails at the syntax": lambda: rows([put.bind("d"), db.prepare("SELEC")]),
                "leaves none either": lambda: count.first("n"),
                "fails at a table": lambda: rows([put.bind("d"), db.prepare("INSERT INTO audit_log VALUES (1)")]),
                "of one that fails first": lambda: rows([db.prepare("SELEC"), put.bind("e")]),
                "nothing": lambda: rows([]),
                "white space": lambda: rows([db.prepare("  ")]),
                "white space among others": lambda: rows([db.prepare(" "), count]),
                "a comment among others": lambda: rows([db.prepare("-- c"), count]),
                "an indented comment": lambda: rows([db.prepare("  -- c"), count]),
                "wrong bindings": lambda: rows([put.bind("f"), put]),
                "not even the first": lambda: count.first("n"),
                "sees its own writes": lambda: rows([put.bind("g"), count, db.prepare("DELETE FROM t"), count]),
                "creates and fills": lambda: rows(
                    [db.prepare("CREATE TABLE u (a)"), db.prepare("INSERT INTO u VALUES (1) RETURNING a")]
                ),
                "drops and fails": lambda: rows([db.prepare("DROP TABLE u"), db.prepare("SELECT * FROM u")]),
                "it is still there": lambda: db.prepare("SELECT a FROM u").first("a"),
                "no list": lambda: db.batch("x"),
                "no argument": lambda: db.batch(),
                "a None": lambda: db.batch([None]),
                "begins by hand": lambda: rows([db.prepare("BEGIN"), count, db.prepare("COMMIT")]),
            }
        )
