"""What arrives of each Python value in a Durable Object, and what comes back."""

import datetime

from attempt import describe, report
from workers import DurableObject, WorkerEntrypoint


class Box(DurableObject):
    async def kinds(self, *values):
        return [describe(each) for each in values]

    async def echo(self, value):
        return value

    def plain(self):
        return {"not": "async"}

    async def made(self, kind):
        return {
            "bytes": b"abc", "set": {1, 2}, "none": None, "nested": [{"a": [b"x"]}], "tuple": (1, 2),
            "bytearray": bytearray(b"x"), "big": 2**60, "float": 0.1, "nan": float("nan"), "text": "é€😀",
            "error": ValueError("kept"), "mixed": {"a": 1, "b": [None, True]}, "frozen": frozenset([1]),
            "class": Box, "object": object(), "datetime": datetime.datetime(2026, 1, 2, 3, 4, 5, 678900),
        }[kind]  # fmt: skip

    async def nan(self):
        found = await self.echo(float("nan"))
        return found != found

    async def defaults(self, a, b=10, *rest, **options):
        return [describe(a), describe(b), describe(list(rest)), describe(options)]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        box = self.env.BOX.getByName("a")
        made = ("bytes", "set", "none", "nested", "tuple", "bytearray", "big", "float", "text", "error", "mixed",
                "frozen", "class", "datetime")  # fmt: skip
        sent = {
            "numbers": [1, 1.5, -0.0, 2**53, 2**53 + 1], "texts": ["", "é€😀", "\x00"], "truth": [True, False, None],
            "bytes": [b"", b"abc", memoryview(b"xyz")], "containers": [[], {}, {1, 2}, [[1], {"a": {}}]],
            "moments": [datetime.datetime(2026, 1, 2, 3, 4, 5, 678900)],
            "moment with zone": [datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))],
            "an error": [ValueError("x")], "a tuple": [(1,)], "a bytearray": [bytearray(b"x")],
            "a tuple inside": [{"a": (1,)}], "a list of tuples": [[(1, 2)]], "a range": [range(2)],
            "a date": [datetime.date(2026, 1, 2)], "an iterator": [iter([1])], "a slice": [slice(1)],
            "complex": [1j], "a class": [Box], "an object": [object()],
        }  # fmt: skip
        return await report(
            {f"sent {label}": lambda values=values: box.kinds(*values) for label, values in sent.items()}
            | {f"made {kind}": lambda kind=kind: box.made(kind) for kind in made}
            | {
                "not a number": box.nan,
                "not async": box.plain,
                "keywords": lambda: box.defaults(1, b=2, c=3),
                "only keywords": lambda: box.defaults(a=1),
                "rest": lambda: box.defaults(1, 2, 3, 4),
                "too few": lambda: box.defaults(),
                "an awaitable": lambda: box.echo(box.plain()),
                "kept by nobody": lambda: identity(box),
            }
        )


async def identity(box):
    sent = {"a": [1]}
    back = await box.echo(sent)
    back["a"].append(2)
    return [sent, back == {"a": [1, 2]}]
