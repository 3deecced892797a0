"""`exec`: a statement a line."""

from attempt import report
from workers import WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        db = self.env.DB

        async def counted(sql):
            found = await db.exec(sql)
            return [found["count"], sorted(found)]

        def names():
            return db.prepare("SELECT name FROM sqlite_schema WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'").raw()

        return await report(
            {
                "one": lambda: counted("CREATE TABLE a (x)"),
                "two lines": lambda: counted("CREATE TABLE b (x)\nCREATE TABLE c (x)"),
                "two on a line": lambda: counted("CREATE TABLE d (x); CREATE TABLE e (x)"),
                "a statement over lines": lambda: counted("CREATE TABLE f (\nx)"),
                "blank lines": lambda: counted("\n\nSELECT 1\n\nSELECT 2\n"),
                "windows lines": lambda: counted("SELECT 1;\r\nSELECT 2;\r\n"),
                "the second fails": lambda: counted("CREATE TABLE g (x)\nBAD SQL"),
                "so the first is undone": lambda: names(),
                "nothing": lambda: counted(""),
                "white space": lambda: counted("  \n "),
                "a comment": lambda: counted("-- c"),
                "a comment line": lambda: counted("SELECT 1\n-- c"),
                "a parameter": lambda: counted("SELECT ?"),
                "a transaction": lambda: counted("BEGIN TRANSACTION"),
                "a number": lambda: db.exec(5),
                "None": lambda: db.exec(None),
                "no argument": lambda: db.exec(),
            }
        )
