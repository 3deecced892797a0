"""Values are cloned when they are put: what comes back is a copy, as structured clone makes it."""

import datetime

from attempt import describe, report
from workers import DurableObject, WorkerEntrypoint


class Box(DurableObject):
    async def fetch(self, request):
        values = {
            "text": "é€😀", "number": 1.5, "whole": 3.0, "minus zero": -0.0, "big": 2**60, "true": True, "none": None,
            "list": [1, [2, None]], "dict": {"a": {"b": []}}, "set": {1}, "bytes": b"abc",
            "moment": datetime.datetime(2026, 1, 2, 3, 4, 5, 678900), "error": ValueError("kept"),
            "tuple": (1, 2), "bytearray": bytearray(b"x"), "object": object(), "class": Box, "function": len,
            "keys": {1: "one", 2.5: "two"}, "memoryview": memoryview(b"xyz"), "infinite": float("inf"),
        }  # fmt: skip
        return await report(
            {label: lambda label=label, value=value: self.kept(label, value) for label, value in values.items()}
            | {
                "changed after": self.changed_after,
                "changed copy": self.changed_copy,
                "not a number": self.not_a_number,
                "several": lambda: self.ctx.storage.put({"x": 1, "y": [2]}),
                "several back": lambda: self.ctx.storage.get(["y", "x", "z"]),
                "undefined": lambda: self.ctx.storage.put("u"),
                "no key": lambda: self.ctx.storage.put(None, 1),
                "a number as key": self.number_as_key,
                "a long key": lambda: self.ctx.storage.put("k" * 2048, 1),
                "deleted": lambda: self.ctx.storage.delete("x"),
                "deleted twice": lambda: self.ctx.storage.delete("x"),
                "deleted several": lambda: self.ctx.storage.delete(["y", "x"]),
                "keyword": self.keyword,
            }
        )

    async def kept(self, key, value):
        await self.ctx.storage.put(key, value)
        return await self.ctx.storage.get(key)

    async def changed_after(self):
        value = {"list": [1]}
        await self.ctx.storage.put("v", value)
        value["list"].append(2)
        return await self.ctx.storage.get("v")

    async def changed_copy(self):
        await self.ctx.storage.put("v", [1])
        (await self.ctx.storage.get("v")).append(2)
        return await self.ctx.storage.get("v")

    async def not_a_number(self):
        found = await self.kept("nan", float("nan"))
        return found != found

    async def number_as_key(self):
        await self.ctx.storage.put(5, "five")
        return [await self.ctx.storage.get("5"), await self.ctx.storage.get(5)]

    async def keyword(self):
        await self.ctx.storage.put("k", 1, allowUnconfirmed=True)
        return describe(await self.ctx.storage.get("k", noCache=True))


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return await self.env.BOX.getByName("a").fetch(request)
