"""Cursors, as the SDK's wrapper shows them."""

import asyncio

from attempt import attempt, report
from workers import DurableObject, Response, WorkerEntrypoint

THREE = "SELECT a FROM t ORDER BY rowid"


class Store(DurableObject):
    async def check(self):
        s = self.ctx.storage
        s.sql.exec("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2), (3)")
        calls = {name: getattr(self, name) for name in sorted(dir(self)) if name.startswith("case_")}
        return await (await report({name[5:]: lambda f=f: f(s, s.sql) for name, f in calls.items()})).text()

    def case_to_array(self, s, sql):
        cursor = sql.exec(THREE)
        return [cursor.toArray(), cursor.toArray()]

    def case_loop(self, s, sql):
        return [row.a for row in sql.exec(THREE)]

    def case_two_loops(self, s, sql):
        cursor = sql.exec(THREE)
        return [next(iter(cursor)), list(cursor), list(cursor)]

    def case_next(self, s, sql):
        cursor = sql.exec("SELECT 1 AS a")
        first, last = cursor.next(), cursor.next()
        return [first, first.done, first.value, last, last.done, cursor.next()]

    def case_one(self, s, sql):
        cursor = sql.exec("SELECT 1 AS a")
        return [cursor.one(), cursor.toArray()]

    def case_one_of_none(self, s, sql):
        return sql.exec("SELECT 1 WHERE 0").one()

    async def case_one_of_three(self, s, sql):
        cursor = sql.exec(THREE)
        return [await attempt(cursor.one), cursor.toArray()]

    def case_raw(self, s, sql):
        cursor = sql.exec("SELECT a, a * 2 AS b FROM t")
        raw = cursor.raw()
        return [raw.next(), cursor.next(), raw.toArray(), raw.next(), cursor.toArray()]

    def case_raw_loop(self, s, sql):
        return list(sql.exec("SELECT 1 AS a, 2 AS a").raw())

    def case_column_names(self, s, sql):
        empty = sql.exec("SELECT a, 1 AS b, 2 AS b FROM t WHERE 0")
        return [empty.columnNames, empty.toArray(), sql.exec("INSERT INTO t SELECT 1 WHERE 0").columnNames]

    def case_same_names(self, s, sql):
        return sql.exec("SELECT 1 AS a, 2 AS a").one()

    def case_traps_of_names(self, s, sql):
        row = sql.exec("SELECT 1 AS count, 2 AS items").one()
        return [row.count, callable(row.items), row["items"]]

    def case_truth_and_length(self, s, sql):
        return bool(sql.exec("SELECT 1 WHERE 0"))

    def case_length(self, s, sql):
        return len(sql.exec(THREE))

    def case_item(self, s, sql):
        return sql.exec(THREE)[0]

    def case_unknown(self, s, sql):
        return sql.prepare("SELECT 1")

    def case_unknown_of_cursor(self, s, sql):
        return sql.exec(THREE).fetchall()

    def case_rows_read_is_kept(self, s, sql):
        cursor = sql.exec(THREE)
        before = cursor.rowsRead
        cursor.toArray()
        return [before, cursor.rowsRead, cursor["rowsRead"], cursor["rowsWritten"], cursor.rowsWritten]

    def case_rows_read_as_it_goes(self, s, sql):
        cursor = sql.exec(THREE)
        seen = [cursor["rowsRead"]]
        while not cursor.next().done:
            seen.append(cursor["rowsRead"])
        return seen

    def case_size_is_kept(self, s, sql):
        before = sql.databaseSize
        sql.exec("CREATE TABLE more (a)")
        return [sql.databaseSize - before, sql["databaseSize"] - before, s.sql.databaseSize - before]

    async def case_the_same_statement_twice(self, s, sql):
        first = sql.exec(THREE)
        first.next()
        return [sql.exec(THREE).toArray(), first.toArray()]

    def case_inserted_meanwhile(self, s, sql):
        sql.exec("CREATE TABLE meanwhile (a); INSERT INTO meanwhile VALUES (1), (2)")
        cursor = sql.exec("SELECT a FROM meanwhile")
        cursor.next()
        sql.exec("INSERT INTO meanwhile VALUES (3)")
        return cursor.toArray()

    async def case_over_an_await(self, s, sql):
        cursor = sql.exec(THREE)
        cursor.next()
        await s.put("x", 1)
        return cursor.toArray()

    async def case_drop_under_a_cursor(self, s, sql):
        sql.exec("CREATE TABLE dropped (a); INSERT INTO dropped VALUES (1), (2), (3)")
        cursor = sql.exec("SELECT a FROM dropped")
        cursor.next()
        first = await attempt(lambda: sql.exec("DROP TABLE dropped"))
        cursor.toArray()
        sql.exec("DROP TABLE dropped")
        return first

    async def case_drop_after_del(self, s, sql):
        sql.exec("CREATE TABLE deleted (a); INSERT INTO deleted VALUES (1), (2), (3)")
        cursor = sql.exec("SELECT a FROM deleted")
        rows = [row.a for row in cursor]
        del cursor
        sql.exec("DROP TABLE deleted")
        return rows

    async def case_rolled_back_under_a_cursor(self, s, sql):
        await asyncio.sleep(0.01)  # the tables made before are committed
        cursor = sql.exec(THREE)
        cursor.next()

        def run():
            sql.exec("INSERT INTO t VALUES (4)")
            raise ValueError("no")

        try:
            s.transactionSync(run)
        except ValueError:
            return cursor.toArray()

    def case_several_statements(self, s, sql):
        cursor = sql.exec("CREATE TABLE m (x); INSERT INTO m VALUES (1); INSERT INTO m VALUES (2); SELECT * FROM m")
        return cursor.toArray()

    async def case_several_of_which_one_fails(self, s, sql):
        error = await attempt(lambda: sql.exec("INSERT INTO m VALUES (3); INSERT INTO nope VALUES (1)"))
        return [error, sql.exec("SELECT count(*) AS n FROM m").one()]

    def case_trigger(self, s, sql):
        sql.exec(
            """CREATE TABLE log (x);
            CREATE TRIGGER noted AFTER INSERT ON m BEGIN INSERT INTO log VALUES ('a;b'); SELECT 1; END;
            INSERT INTO m VALUES (5)"""
        )
        return sql.exec("SELECT * FROM log").toArray()

    def case_returning(self, s, sql):
        return sql.exec("INSERT INTO t VALUES (7) RETURNING a, a + 1 AS b").one()

    async def case_z_deleted_under_a_cursor(self, s, sql):
        cursor = sql.exec(THREE)
        cursor.next()
        await s.deleteAll()
        return cursor.toArray()

    async def case_zz_empty(self, s, sql):
        await s.deleteAll()
        return [sql["databaseSize"], sql.exec("SELECT name FROM sqlite_master").toArray()]

    async def case_zzz_after_a_put(self, s, sql):
        await s.put("a", 1)
        return [sql["databaseSize"], sql.exec("SELECT name, sql FROM sqlite_master").toArray()]


class Default(WorkerEntrypoint):
    async def fetch(self):
        return Response(await self.env.STORE.getByName("a").check(), headers={"content-type": "application/json"})
