"""Values as Python has them, stored and read again."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import js
from attempt import describe, report
from pyodide.ffi import to_js
from workers import DurableObject, Response, WorkerEntrypoint

VALUES = {
    "None": None,
    "True": True,
    "int": 5,
    "negative": -5,
    "2**30": 2**30,
    "-2**30 - 1": -(2**30) - 1,
    "2**53 - 1": 2**53 - 1,
    "2**53 + 1": 2**53 + 1,
    "10**30": 10**30,
    "-10**30": -(10**30),
    "float": 1.5,
    "whole float": 2.0,
    "minus zero": -0.0,
    "text": "x",
    "empty text": "",
    "wide text": "\u20ac\U0001f600",
    "long text": "\u00e9" * 300,
    "keys": {"b": 1, "10": 2, "9": {"z": 1}, 2: 3},
    "keys of other types": {True: 2, 1.5: 3, None: 4},
    "list": [1, None, [2]],
    "empty list": [],
    "empty dict": {},
    "datetime": datetime(2020, 1, 1, 2, 3, 4, 567891),
    "datetime with zone": datetime(2020, 1, 1, tzinfo=timezone(timedelta(hours=2))),
    "before 1970": datetime(1969, 1, 1, tzinfo=UTC),
    "bytes": b"ab",
    "memoryview": memoryview(b"ab"),
    "bytearray": bytearray(b"a"),
    "set": {1, "a"},
    "tuple": (1,),
    "tuple inside": {"a": (1,)},
    "object": object(),
    "object inside": {"a": object()},
    "Decimal": Decimal("1.5"),
    "date": date(2020, 1, 1),
    "timedelta": timedelta(1),
    "complex": 1j,
    "pattern": re.compile("x"),
    "function": len,
    "functions": [len],
    "class": Decimal,
    "exception": ValueError("x"),
    "deep": {"a": [{"b": b"x"}]},
    "Map": to_js({"a": 1}),
    "Array": to_js([1, 2]),
    "Object": js.Object.fromEntries(to_js([["a", 1]])),
    "Date": js.Date.new(5),
    "Response": Response("x"),
}


class Store(DurableObject):
    async def check(self):
        storage = self.ctx.storage

        def trip(name):
            async def call():
                await storage.put(name, VALUES[name])
                found = await storage.get(name)
                return [type(found).__name__, describe(found)]

            return call

        def sync_trip(name):
            def call():
                storage.kv.put(name, VALUES[name])
                found = storage.kv.get(name)
                return [type(found).__name__, describe(found)]

            return call

        calls = {name: trip(name) for name in VALUES} | {f"kv {name}": sync_trip(name) for name in VALUES}
        return await (await report(calls | {"a copy": lambda: copied(storage)})).text()


async def copied(storage):
    value = {"n": [1]}
    await storage.put("copy", value)
    value["n"].append(2)
    found = await storage.get("copy")
    found["n"].append(3)
    return await storage.get("copy")


class Default(WorkerEntrypoint):
    async def fetch(self):
        return Response(await self.env.STORE.getByName("a").check(), headers={"content-type": "application/json"})
