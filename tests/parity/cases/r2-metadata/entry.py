"""`httpMetadata`, `customMetadata` and `storageClass`."""

import datetime

from attempt import report
from js import Headers
from workers import WorkerEntrypoint

DATE = datetime.datetime(2026, 10, 21, 7, 28, 0, 123456)
HTTP = {
    "none": None,
    "empty": {},
    "type": {"contentType": "text/html"},
    "number": {"contentType": 5},
    "None type": {"contentType": None},
    "empty type": {"contentType": ""},
    "letters": {"contentType": "\u00e9\u20ac"},
    "date": {"cacheExpiry": DATE},
    "date in milliseconds": {"cacheExpiry": 1_800_000_000_000},
    "date in text": {"cacheExpiry": "2026-10-21"},
    "date None": {"cacheExpiry": None},
    "unknown": {"content-type": "text/html"},
    "text": "text/html",
    "list": ["text/html"],
}
CUSTOM = {
    "none": None,
    "empty": {},
    "texts": {"a": "1", "B": "x y", "": "nameless"},
    "numbers": {"a": 1, "b": 1.5, "c": True, "d": None, 5: 6},
    "nested": {"a": {"b": 1}, "c": [1, 2]},
    "bytes": {"a": b"ab"},
    "date": {"a": DATE},
    "letters": {"\u00e9": "\u00fc", "\u20ac": "\U0001f600"},
    "as text": "a=1",
    "as a list": ["a"],
    "2048 bytes": {"a": "x" * 2047},
    "2049 bytes": {"a": "x" * 2048},
    "latin": {"a": "\u00e9" * 2047},
    "latin, too long": {"a": "\u00e9" * 2048},
    "wide": {"a": "\u20ac" * 1023},
    "wide, too long": {"a": "\u20ac" * 1024},
}
CLASSES = ("Standard", "InfrequentAccess", "standard", "", None, 5)


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        calls = {f"http, {name}": lambda each=each: self.http(each) for name, each in HTTP.items()}
        calls |= {f"custom, {name}": lambda each=each: self.custom(each) for name, each in CUSTOM.items()}
        calls |= {f"class {each!r}": lambda each=each: self.storage_class(each) for each in CLASSES}
        found = await self.env.FILES.put("k", "")
        return await report(
            calls
            | {
                "overwritten": lambda: self.overwritten(),
                "written to nothing": lambda: found.writeHttpMetadata(),
                "written to a dict": lambda: found.writeHttpMetadata({}),
                "too much metadata for an upload": lambda: self.upload(),
            }
        )

    async def http(self, given):
        put = await self.env.FILES.put("k", "", httpMetadata=given)
        found = await self.env.FILES.head("k")
        written = Headers.new()
        written.set("x-kept", "1")
        written.set("content-type", "old")
        found.writeHttpMetadata(written)
        return [put.httpMetadata, found.httpMetadata, [list(pair) for pair in written.entries()]]

    async def custom(self, given):
        put = await self.env.FILES.put("k", "", customMetadata=given)
        found = await self.env.FILES.head("k")
        return [short(put.customMetadata), short(found.customMetadata)]

    async def storage_class(self, given):
        return (await self.env.FILES.put("k", "", storageClass=given)).size

    async def overwritten(self):
        await self.env.FILES.put("k", "", httpMetadata={"contentType": "a/b"}, customMetadata={"a": "1"})
        await self.env.FILES.put("k", "")
        found = await self.env.FILES.head("k")
        return [found.httpMetadata, found.customMetadata]

    async def upload(self):
        upload = await self.env.FILES.createMultipartUpload("k", customMetadata={"a": "x" * 9000})
        return (await upload.complete([])).size


def short(metadata):
    return {name: value[:12] for name, value in metadata.items()}
