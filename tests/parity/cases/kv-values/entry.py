"""What `put` stores of each Python value, and what it refuses."""

import datetime
from decimal import Decimal

from attempt import report
from js import Uint8Array
from pyodide.ffi import to_js
from workers import Blob, FormData, Response, WorkerEntrypoint

VALUES = {
    "text": "h\u00e9llo",
    "empty": "",
    "bytes": b"\x00\x01\xff",
    "no bytes": b"",
    "memoryview": memoryview(b"ab"),
    "integer": 5,
    "float": 1.5,
    "whole float": 2.0,
    "large integer": 2**60,
    "boolean": True,
    "none": None,
    "dict": {"a": 1},
    "list": [1, 2],
    "tuple": (1, 2),
    "set": {1},
    "bytearray": bytearray(b"a"),
    "date": datetime.datetime(2026, 1, 1),
    "decimal": Decimal("1.5"),
    "blob": Blob("x"),
    "form": FormData({"a": "1"}),
    "response": Response("x"),
    "js array": to_js([1, 2]),
    "js bytes": Uint8Array.new([104, 105]),
    "function": lambda: 5,
    "error": ValueError("x"),
}


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return await report({name: lambda value=value: self.stored(value) for name, value in VALUES.items()})

    async def stored(self, value):
        kv = self.env.KV
        await kv.delete("k")
        returned = await kv.put("k", value)
        return [returned, await kv.get("k", "arrayBuffer")]
