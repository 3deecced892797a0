"""`withSession`: constraints and bookmarks."""

import re

from attempt import report
from workers import WorkerEntrypoint

FORM = re.compile("[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32}")


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        db = self.env.DB
        await db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)")
        count = "SELECT count(*) AS n FROM t"

        def kind(session):
            mark = session.getBookmark()
            return "bookmark" if mark and FORM.fullmatch(mark) else mark

        async def played(*wanted):
            session = db.withSession(*wanted)
            before = kind(session)
            await session.prepare("INSERT INTO t (v) VALUES (?)").bind("x").run()
            return [before, kind(session), await session.prepare("SELECT v FROM t WHERE id = 1").first("v")]

        async def grown():
            session, seen = db.withSession(), []
            for _ in range(3):
                await session.prepare("INSERT INTO t (v) VALUES ('y')").run()
                seen.append(session.getBookmark())
            return [seen == sorted(seen), len(set(seen)), db.withSession(seen[0]).getBookmark() == seen[0]]

        async def failed():
            session = db.withSession()
            try:
                await session.prepare("SELEC").run()
            except Exception as error:
                return [str(error), kind(session)]

        async def batched():
            session = db.withSession("first-primary")
            answers = await session.batch([session.prepare(count), db.prepare("SELECT 2 AS x")])
            return [len(answers), answers[1].results, kind(session)]

        return await report(
            {
                "no argument": lambda: played(),
                "None": lambda: played(None),
                "empty": lambda: played(""),
                "spaces": lambda: played("  "),
                "first-primary": lambda: played("first-primary"),
                "first-unconstrained": lambda: played("first-unconstrained"),
                "spaces around": lambda: played(" first-primary "),
                "another word": lambda: played("first-replica"),
                "a number": lambda: played(5),
                "a dict": lambda: played({"a": 1}),
                "bookmarks grow": lambda: grown(),
                "a failure has none": lambda: failed(),
                "a batch": lambda: batched(),
                "what it has": lambda: [
                    hasattr(db.withSession(), name) for name in ("prepare", "batch", "getBookmark", "exec", "dump")
                ],
            }
        )
