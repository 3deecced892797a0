from attempt import report
from workers import DurableObject, Response, WorkerEntrypoint


class Store(DurableObject):
    async def check(self):
        s = self.ctx.storage

        async def keeps(txn):
            await txn.put("t", 1)
            return await txn.get("t")

        return await (
            await report(
                {
                    "put": lambda: s.put("a", {"x": 1}),
                    "get": lambda: s.get("a"),
                    "list": lambda: s.list(),
                    "transaction": lambda: s.transaction(keeps),
                    "transactionSync": lambda: s.transactionSync(lambda: 1),
                    "exec": lambda: s.sql.exec("SELECT 1"),
                    "exec of nothing": lambda: s.sql.exec(),
                    "databaseSize": lambda: s.sql.databaseSize,
                    "kv get": lambda: s.kv.get("a"),
                    "kv get of nothing": lambda: s.kv.get(),
                    "kv list": lambda: s.kv.list(),
                    "131,072 bytes": lambda: s.put("big", b"x" * 131_072),
                    "131,200 bytes": lambda: s.put("big", b"x" * 131_200),
                    "a key of 2,048 bytes": lambda: s.put("k" * 2048, 1),
                    "a key of 2,049 bytes": lambda: s.put("k" * 2049, 1),
                    "deleteAll": lambda: s.deleteAll(),
                }
            )
        ).text()


class Default(WorkerEntrypoint):
    async def fetch(self):
        return Response(await self.env.STORE.getByName("a").check(), headers={"content-type": "application/json"})
