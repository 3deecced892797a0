"""What a binding becomes, and what a column is read as."""

from datetime import UTC, date, datetime
from decimal import Decimal

from attempt import report
from workers import DurableObject, Response, WorkerEntrypoint

VALUES = {
    "None": None,
    "True": True,
    "False": False,
    "int": 5,
    "negative": -5,
    "2**53 - 1": 2**53 - 1,
    "2**60": 2**60,
    "float": 1.5,
    "NaN": float("nan"),
    "infinity": float("inf"),
    "text": "x",
    "a number's text": "5",
    "wide text": "\u20ac\U0001f600",
    "bytes": b"ab",
    "no bytes": b"",
    "memoryview": memoryview(b"ab"),
    "bytearray": bytearray(b"a"),
    "dict": {"a": 1},
    "list": [1, 2],
    "nested list": [None, True, [1]],
    "set": {1},
    "tuple": (1,),
    "datetime": datetime(2020, 1, 1, 2, 3, 4, 567891),
    "datetime of 1969": datetime(1969, 12, 31, tzinfo=UTC),
    "date": date(2020, 1, 1),
    "Decimal": Decimal("1.5"),
    "exception": ValueError("x"),
    "function": len,
}


class Store(DurableObject):
    async def check(self):
        sql = self.ctx.storage.sql
        sql.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, i INTEGER, s TEXT, r REAL, b BLOB, n)")

        def stored(value):
            sql.exec("DELETE FROM t")
            sql.exec("INSERT INTO t (i, s, r, b, n) VALUES (?1, ?1, ?1, ?1, ?1)", value)
            types = "typeof(i) AS ti, typeof(s) AS ts, typeof(r) AS tr, typeof(b) AS tb, typeof(n) AS tn"
            return sql.exec(f"SELECT *, {types} FROM t").one()

        calls = {
            name: lambda v=value: sql.exec("SELECT ? AS v, typeof(?1) AS t", v).one() for name, value in VALUES.items()
        }
        columns = {f"column {name}": lambda v=value: stored(v) for name, value in list(VALUES.items())[:16]}
        others = {
            "by keyword": lambda: sql.exec("SELECT ? AS v", v=1).one(),
            "two for one": lambda: sql.exec("SELECT ?", 1, 2).one(),
            "one for two": lambda: sql.exec("SELECT ?, ?", 1).one(),
            "none for one": lambda: sql.exec("SELECT ?").one(),
            "by name": lambda: sql.exec("SELECT :a AS a, @b AS b, $c AS c, :a AS d", 1, 2, 3).one(),
            "by number": lambda: sql.exec("SELECT ?2 AS a, ?1 AS b", 1, 2).one(),
            "results": lambda: sql.exec(
                "SELECT 1 AS i, 1.5 AS f, 'x' AS s, NULL AS n, x'0102' AS b, 2.0 AS w, 9007199254740993 AS big, "
                "-9223372036854775808 AS least, 1e300 AS huge, 9e999 AS infinite"
            ).one(),
            "types": lambda: [
                [type(value).__name__ for value in row]
                for row in sql.exec("SELECT 1, 1.5, 'x', NULL, x'00', 2.0").raw()
            ],
            "statement of None": lambda: sql.exec(None),
            "statement of a number": lambda: sql.exec(5),
            "no statement": lambda: sql.exec(),
        }
        return await (await report(calls | columns | others)).text()


class Default(WorkerEntrypoint):
    async def fetch(self):
        return Response(await self.env.STORE.getByName("a").check(), headers={"content-type": "application/json"})
