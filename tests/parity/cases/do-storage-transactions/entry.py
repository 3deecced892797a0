"""Transactions of both kinds."""

from datetime import datetime

import js
from attempt import attempt, describe, report
from pyodide.ffi import to_js
from workers import DurableObject, Response, WorkerEntrypoint


class Store(DurableObject):
    async def check(self):
        s = self.ctx.storage
        s.sql.exec("CREATE TABLE t (a)")
        calls = {name: getattr(self, name) for name in dir(self) if name.startswith("case_")}
        return await (await report({name[5:]: lambda f=f: f(s) for name, f in calls.items()})).text()

    async def case_keeps_and_returns(self, s):
        async def run(txn):
            await txn.put("a", 1)
            s.sql.exec("INSERT INTO t VALUES (1)")
            return {"x": [1, None]}

        return [await s.transaction(run), await s.get("a"), s.sql.exec("SELECT count(*) AS n FROM t").one()]

    async def case_error_rolls_back(self, s):
        async def run(txn):
            await txn.put("b", 1)
            await s.put("c", 1)
            s.sql.exec("INSERT INTO t VALUES (2)")
            raise ValueError("no")

        error = await attempt(lambda: s.transaction(run))
        return [error, await s.get(["b", "c"]), s.sql.exec("SELECT count(*) AS n FROM t WHERE a = 2").one()]

    async def case_rollback(self, s):
        async def run(txn):
            await txn.put("d", 1)
            txn.rollback()
            txn.rollback()
            await s.put("after", 1)
            return 3

        return [await s.transaction(run), await s.get(["d", "after"])]

    async def case_used_after_rollback(self, s):
        calls = {
            "put": lambda txn: txn.put("a", 1),
            "get": lambda txn: txn.get("a"),
            "delete": lambda txn: txn.delete("a"),
            "list": lambda txn: txn.list(),
            "getAlarm": lambda txn: txn.getAlarm(),
            "setAlarm": lambda txn: txn.setAlarm(5_000_000_000_000),
            "deleteAlarm": lambda txn: txn.deleteAlarm(),
        }

        async def run(txn):
            txn.rollback()
            return {name: await attempt(lambda c=call: c(txn)) for name, call in calls.items()}

        return await s.transaction(run)

    async def case_what_txn_takes(self, s):
        values = {
            "int": 1,
            "None": None,
            "text": "x",
            "True": True,
            "dict": {"a": 1},
            "list": [1],
            "bytes": b"x",
            "date": datetime(2020, 1, 1),
            "function": len,
            "Object": to_js({"a": 1}, dict_converter=js.Object.fromEntries),
        }

        async def run(txn):
            async def trip(name):
                await txn.put(name, values[name])
                found = await txn.get(name)
                return describe(found)

            several = {
                "missing": lambda: txn.get("missing"),
                "several": lambda: txn.get(to_js(["int", "text"])),
                "python list": lambda: txn.get(["int", "text"]),
                "list": lambda: txn.list(limit=2),
                "delete": lambda: txn.delete("int"),
                "deleteAll": lambda: txn.deleteAll(),
                "nothing": lambda: txn.put(),
            }
            first = {name: await attempt(lambda n=name: trip(n)) for name in values}
            return first | {name: await attempt(call) for name, call in several.items()}

        return await s.transaction(run)

    async def case_nested(self, s):
        async def inner(txn):
            await txn.put("inner", 1)
            raise ValueError("no")

        async def outer(txn):
            await txn.put("outer", 1)
            error = await attempt(lambda: s.transaction(inner))
            return [error, dict(await s.get(["inner", "outer"]))]

        return [await s.transaction(outer), await s.get(["inner", "outer"])]

    async def case_nested_kept_and_undone(self, s):
        async def inner(txn):
            await txn.put("kept", 1)

        async def outer(txn):
            await s.transaction(inner)
            txn.rollback()

        return [await s.transaction(outer), await s.get("kept")]

    async def case_outer_rolled_back_inside(self, s):
        async def outer(txn):
            async def inner(_):
                try:
                    txn.rollback()
                except Exception as error:
                    return str(error)

            return await s.transaction(inner)

        return await s.transaction(outer)

    async def case_delete_all_inside(self, s):
        async def run(txn):
            return await attempt(lambda: s.deleteAll())

        return await s.transaction(run)

    async def case_not_async(self, s):
        return await s.transaction(lambda txn: 7)

    async def case_not_a_function(self, s):
        return await s.transaction(5)

    async def case_no_function(self, s):
        return await s.transaction()

    def case_sync_keeps(self, s):
        def run(*args):
            s.kv.put("sync", 1)
            s.sql.exec("INSERT INTO t VALUES (9)")
            return {"args": len(args)}

        return [s.transactionSync(run), s.kv.get("sync")]

    def case_sync_rolls_back(self, s):
        def run():
            s.kv.put("undone", 1)
            raise ValueError("no")

        try:
            s.transactionSync(run)
        except ValueError as error:
            return [repr(error), s.kv.get("undone")]

    def case_sync_nested(self, s):
        def inner():
            s.kv.put("in", 1)
            raise ValueError("no")

        def outer():
            s.kv.put("out", 1)
            try:
                s.transactionSync(inner)
            except ValueError:
                return [s.kv.get("in"), s.kv.get("out")]

        return s.transactionSync(outer)

    def case_sync_not_a_function(self, s):
        return s.transactionSync(5)


class Default(WorkerEntrypoint):
    async def fetch(self):
        return Response(await self.env.STORE.getByName("a").check(), headers={"content-type": "application/json"})
