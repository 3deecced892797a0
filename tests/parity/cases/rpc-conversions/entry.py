"""What values become on their way through an RPC call and back."""

import datetime
from decimal import Decimal

from attempt import report
from workers import WorkerEntrypoint

VALUES = {
    "none": None,
    "boolean": True,
    "integer": 7,
    "large integer": 2**53 + 1,
    "float": 1.5,
    "whole float": 2.0,
    "text": "h\u00e9llo",
    "bytes": b"\x00\x01",
    "memoryview": memoryview(b"ab"),
    "dict": {"a": {"b": None}, "list": [1, None]},
    "integer keys": {1: 2},
    "list": [1, "a", None, [2]],
    "set": {1, 2},
    "date": datetime.datetime(2026, 1, 2, 3, 4, 5, 678900),
    "date in a dict": {"at": datetime.datetime(2026, 1, 2)},
    "date with a zone": datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC),
    "error": ValueError("bad"),
    "tuple": (1, 2),
    "tuple in a dict": {"a": (1, 2)},
    "list of tuples": [(1, 2)],
    "bytearray": bytearray(b"a"),
    "range": range(3),
    "generator": (each for each in "ab"),
    "decimal": Decimal("1.5"),
}


class Service(WorkerEntrypoint):
    async def echo(self, value):
        return value

    async def kind(self, value):
        return type(value).__name__


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        service = self.env.SERVICE
        call = service.kind if request.url.endswith("/kinds") else service.echo
        return await report({name: lambda value=value: call(value) for name, value in VALUES.items()})
