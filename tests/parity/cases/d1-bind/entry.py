"""What `bind` takes of Python, and what SQLite makes of it."""

import datetime
from decimal import Decimal

from attempt import report
from js import Uint8Array
from pyodide.ffi import to_js
from workers import WorkerEntrypoint

VALUES = {
    "None": None,
    "True": True,
    "False": False,
    "an integer": 5,
    "a negative one": -7,
    "the largest": 2**53 - 1,
    "a larger one": 2**53,
    "a very large one": 2**70,
    "a fraction": 2.5,
    "a whole fraction": 3.0,
    "NaN": float("nan"),
    "infinite": float("inf"),
    "text": "h\u00e9llo \U0001f600",
    "empty": "",
    "a zero in text": "a\0b",
    "bytes": b"\x00\x01\xff",
    "no bytes": b"",
    "memoryview": memoryview(b"ab"),
    "a list of bytes": [1, 2, 255],
    "an empty list": [],
    "a list with 256": [1, 256],
    "a list with a fraction": [1.5],
    "a list of text": ["a"],
    "a list of truths": [True],
    "a list of lists": [[1]],
    "a dict": {"a": 1},
    "a tuple": (1, 2),
    "a set": {1},
    "bytearray": bytearray(b"a"),
    "a date": datetime.datetime(2026, 1, 2, 3, 4, 5),
    "a day": datetime.date(2026, 1, 2),
    "a decimal": Decimal("1.5"),
    "js bytes": Uint8Array.new([104, 105]),
    "js array": to_js([1, 2]),
    "a function": lambda: 5,
}
WORDS = {"a day", "a decimal", "a function", "a set"}  # how Python's own objects are called in JavaScript


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        statement = self.env.DB.prepare("SELECT ?1 AS v, typeof(?1) AS t")

        async def seen(name, value):
            try:
                return await statement.bind(value).first()
            except Exception as error:
                if name in WORDS:
                    return f"{type(error).__name__}: {str(error)[:40]}"
                raise

        return await report({name: lambda n=name, v=value: seen(n, v) for name, value in VALUES.items()})
