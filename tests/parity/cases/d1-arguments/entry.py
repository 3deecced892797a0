"""What the binding is, and calls that are wrong."""

from attempt import report
from workers import WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        db = self.env.DB
        statement = db.prepare("SELECT 1 AS a")

        def has(thing, names):
            return [hasattr(thing, name) for name in names.split()]

        async def caught():
            try:
                await db.prepare("SELEC").all()
            except Exception as error:
                return [type(error).__name__, error.name, error.message, str(error)]

        return await report(
            {
                "the binding": lambda: has(db, "prepare batch exec dump withSession getBookmark"),
                "a statement": lambda: has(statement, "bind first all run raw exec"),
                "dump": lambda: db.dump(),
                "an error": lambda: caught(),
                "prepared once": lambda: statement.first(),
                "and again": lambda: statement.first(),
                "an option that is not there": lambda: statement.raw(columnName=True),
                "run takes nothing": lambda: db.prepare("SELECT 1 AS a").first("a"),
                "a semicolon": lambda: db.prepare("SELECT 1 AS a;").first(),
                "semicolons": lambda: db.prepare("SELECT 1 AS a;;").raw(),
                "a comment behind": lambda: db.prepare("SELECT 1 AS a -- c").first(),
                "a comment before": lambda: db.prepare("-- c\nSELECT 1 AS a").first(),
                "a comment after a semicolon": lambda: db.prepare("SELECT 1 AS a; -- c").raw(),
            }
        )
