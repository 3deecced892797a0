"""Changes of the schema under the same text, and what SQLite cannot commit."""

import asyncio
from contextlib import suppress

from workers import DurableObject, Response, WorkerEntrypoint

ALL = "SELECT * FROM t"
TWO = "INSERT INTO t (a) VALUES (1), (2) RETURNING a"


class Store(DurableObject):
    async def begin(self):
        self.sql = self.ctx.storage.sql
        self.sql.exec("CREATE TABLE t (a UNIQUE, b)")
        await asyncio.sleep(0.01)

    def rows(self):
        return [dict(row) for row in self.sql.exec(ALL)]

    async def columns(self):
        await self.begin()
        self.sql.exec("INSERT INTO t VALUES (1, 2)")
        seen = [self.rows()]
        for change in ("ADD COLUMN z", "DROP COLUMN b", "RENAME COLUMN z TO b"):
            self.sql.exec(f"ALTER TABLE t {change}")
            seen.append(self.rows())
        return seen

    async def unread(self):
        await self.begin()
        self.sql.exec(TWO)
        await asyncio.sleep(0.01)
        return self.rows()

    async def held(self):
        await self.begin()
        self.cursor = self.sql.exec(TWO)
        self.cursor.next()
        await asyncio.sleep(0.01)
        return self.rows()

    async def read(self):
        await self.begin()
        cursor = self.sql.exec(TWO)
        cursor.next()
        cursor.next()
        await asyncio.sleep(0.01)
        return self.rows()

    async def rolled_back(self):
        await self.begin()
        with suppress(Exception):
            self.sql.exec("INSERT OR ROLLBACK INTO t (a) VALUES (1), (1)")
        return self.rows()


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        name = request.url.split("/")[-1]
        try:
            return Response(str(await getattr(self.env.STORE.getByName(name), name)()))
        except Exception as error:
            return Response(str(error).split(";")[0])
