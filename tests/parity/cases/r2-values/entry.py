"""What `put` stores of each Python value, and what it refuses."""

import datetime
from decimal import Decimal

from attempt import report
from js import Uint8Array
from pyodide.ffi import to_js
from workers import Blob, File, FormData, Response, WorkerEntrypoint

VALUES = {
    "text": "h\u00e9llo",
    "lone surrogate": "a\ud800b",
    "empty": "",
    "bytes": b"\x00\x01\xff",
    "no bytes": b"",
    "memoryview": memoryview(b"ab"),
    "integer": 5,
    "float": 1.5,
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
    "blob": Blob("x", content_type="text/csv"),
    "file": File("x", "a.txt"),
    "form": FormData({"a": "1"}),
    "response": Response("x"),
    "js array": to_js([1, 2]),
    "js bytes": Uint8Array.new([104, 105]),
    "function": lambda: 5,
    "error": ValueError("x"),
}


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        calls = {name: lambda value=value: self.stored(value) for name, value in VALUES.items()}
        return await report(
            calls | {"no value": lambda: self.env.FILES.put("k"), "no key": lambda: self.env.FILES.put()}
        )

    async def stored(self, value):
        files = self.env.FILES
        await files.delete("k")
        put = await files.put("k", value)
        got = await files.get("k")
        return [put.size, put.etag, put.httpMetadata.contentType, await got.arrayBuffer()]
