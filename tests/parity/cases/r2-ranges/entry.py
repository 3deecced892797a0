"""`range`: which bytes a read gives."""

from attempt import report
from workers import WorkerEntrypoint

RANGES = {
    "none": None,
    "empty": {},
    "offset": {"offset": 1},
    "offset 0": {"offset": 0},
    "length": {"length": 2},
    "both": {"offset": 1, "length": 2},
    "the last byte": {"offset": 4, "length": 1},
    "too long": {"offset": 3, "length": 100},
    "offset at the end": {"offset": 5},
    "offset behind the end": {"offset": 6},
    "length 0": {"length": 0},
    "suffix": {"suffix": 2},
    "suffix 0": {"suffix": 0},
    "suffix too long": {"suffix": 100},
    "suffix and offset": {"suffix": 1, "offset": 1},
    "suffix and length": {"suffix": 1, "length": 1},
    "all three": {"suffix": 1, "offset": 1, "length": 1},
    "negative offset": {"offset": -1},
    "negative length": {"length": -1},
    "negative suffix": {"suffix": -1},
    "negative suffix and offset": {"suffix": -1, "offset": 1},
    "half an offset": {"offset": 1.5},
    "half a length": {"length": 1.5},
    "half a suffix": {"suffix": 1.5},
    "whole float": {"offset": 1.0, "length": 2.0},
    "text": {"offset": "1", "length": "2"},
    "words": {"offset": "one"},
    "nan": {"length": float("nan")},
    "infinite": {"length": float("inf")},
    "large": {"length": 2**60},
    "boolean": {"offset": True},
    "None offset": {"offset": None, "length": 2},
    "None length": {"offset": 1, "length": None},
    "None suffix": {"suffix": None},
    "unknown": {"start": 1},
    "as text": "bytes=1-2",
    "as a number": 5,
    "as a list": [1, 2],
}


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        await self.env.FILES.put("k", "hello")
        await self.env.FILES.put("empty", "")
        calls = {name: lambda each=each: self.got("k", each) for name, each in RANGES.items()}
        calls |= {
            f"{name} of nothing": lambda each=each: self.got("empty", each)
            for name, each in RANGES.items()
            if name in ("none", "empty", "offset 0", "length", "suffix")
        }
        failing = {"onlyIf": {"etagMatches": "0" * 32}, "range": {"offset": 100}}
        return await report(
            calls
            | {
                "missing": lambda: self.got("missing", {"offset": 100}),
                "missing, negative": lambda: self.got("missing", {"offset": -1}),
                "where the condition fails": lambda: self.failing(failing),
                "by dict": lambda: self.by_dict(),
            }
        )

    async def got(self, key, wanted):
        found = await self.env.FILES.get(key, range=wanted)
        return found and [await found.text(), found.range, found.size]

    async def failing(self, options):
        found = await self.env.FILES.get("k", options)
        return [hasattr(found, "body"), found.range]

    async def by_dict(self):
        return await (await self.env.FILES.get("k", {"range": {"suffix": 3}})).text()
