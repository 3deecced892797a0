"""Transactions: what is undone when one raises, rolls back or is left; what a sync one refuses."""

from attempt import report
from workers import DurableObject, WorkerEntrypoint


class Box(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.storage = ctx.storage
        self.sql = ctx.storage.sql
        self.sql.exec("CREATE TABLE IF NOT EXISTS t (x)")

    async def fetch(self, request):
        return await report(
            {
                "kept": self.kept,
                "raises": self.raises,
                "after it": self.seen,
                "rolled back": self.rolled_back,
                "after that": self.seen,
                "used after": self.used_after,
                "sql is undone": self.sql_in_a_transaction,
                "then sql": self.rows,
                "sync": self.sync,
                "sync raises": self.sync_raises,
                "rows": self.rows,
                "sync of a coroutine": self.sync_coroutine,
                "nested": self.nested,
                "after nested": self.rows,
                "begin": lambda: self.sql.exec("BEGIN TRANSACTION"),
                "savepoint": lambda: self.sql.exec("SAVEPOINT s"),
                "not a function": lambda: self.storage.transaction(5),
                "sync of none": lambda: self.storage.transactionSync(None),
                "finally": self.seen,
            }
        )

    async def seen(self):
        return await self.storage.list()

    def rows(self):
        return [row.x for row in self.sql.exec("SELECT x FROM t ORDER BY rowid")]

    async def kept(self):
        async def body(txn):
            await txn.put("a", 1)
            return [await txn.get("a"), await self.storage.get("a")]

        return await self.storage.transaction(body)

    async def raises(self):
        async def body(txn):
            await txn.put("a", 2)
            await txn.put("b", 2)
            raise ValueError("undo")

        await self.storage.transaction(body)

    async def rolled_back(self):
        async def body(txn):
            await txn.put("a", 3)
            txn.rollback()
            return "returned"

        return await self.storage.transaction(body)

    async def used_after(self):
        async def body(txn):
            txn.rollback()
            await txn.put("a", 4)

        await self.storage.transaction(body)

    async def sql_in_a_transaction(self):
        async def body(txn):
            self.sql.exec("INSERT INTO t VALUES (1)")
            await self.storage.put("c", 1)
            raise ValueError("undo")

        await self.storage.transaction(body)

    def sync(self):
        return self.storage.transactionSync(lambda: self.insert(2) or len(self.rows()))

    def sync_raises(self):
        def body():
            self.insert(3)
            raise ValueError("undo")

        self.storage.transactionSync(body)

    def sync_coroutine(self):
        async def body():
            self.insert(4)

        return type(self.storage.transactionSync(body)).__name__

    def nested(self):
        def inner():
            self.insert(6)
            raise ValueError("inner only")

        def outer():
            self.insert(5)
            try:
                self.storage.transactionSync(inner)
            except Exception:
                return "inner undone"

        return self.storage.transactionSync(outer)

    def insert(self, value):
        self.sql.exec("INSERT INTO t VALUES (?)", value)


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return await self.env.BOX.getByName("a").fetch(request)
