"""What an object shows in Python after `put`, `head`, `get` and `list`."""

import datetime

from attempt import report
from workers import WorkerEntrypoint

NAMES = ("key", "size", "etag", "httpEtag", "httpMetadata", "customMetadata", "range", "ssecKeyMd5")
MEMBERS = ("body", "bodyUsed", "text", "json", "arrayBuffer", "bytes", "blob", "writeHttpMetadata", "nothing")


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        files = self.env.FILES
        self.put = await files.put(
            "a/\u00fc.txt",
            "hello",
            httpMetadata={"contentType": "text/plain", "cacheExpiry": datetime.datetime(2026, 1, 2, 3, 4, 5, 678901)},
            customMetadata={"Who": "ada"},
            sha1="aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d",
        )
        self.head = await files.head("a/\u00fc.txt")
        self.get = await files.get("a/\u00fc.txt")
        self.page = await files.list(include=["httpMetadata", "customMetadata"])
        self.bare = await files.list()
        [self.raw] = self.page["objects"]
        found = {"put": self.put, "head": self.head, "get": self.get, "get by range": await self.some()}
        return await report(
            {name: lambda each=each: shown(each) for name, each in found.items()}
            | {name + ", members": lambda each=each: members(each) for name, each in found.items()}
            | {
                "a listing": lambda: listing(self.page),
                "an object of a listing": lambda: raw(self.raw),
                "metadata in it": lambda: [self.raw.httpMetadata.contentType, self.raw.customMetadata.Who],
                "its item": lambda: item(self.raw),
                "its storage class": lambda: self.head.storageClass,
                "no metadata in it": lambda: unknown(self.bare),
                "item": lambda: [self.head["key"], self.head["httpMetadata"], self.head["checksums"].toJSON()],
                "absent item": lambda: self.head["nothing"],
                "absent body": lambda: self.head["body"],
                "kept": lambda: self.head.httpMetadata is self.head.httpMetadata,
                "missing": lambda: files.head("missing"),
                "missing get": lambda: files.get("missing"),
                "an object as a value": lambda: files.put("b", self.get),
                "an object as a key": lambda: files.head(self.head),
            }
        )

    async def some(self):
        return await self.env.FILES.get("a/\u00fc.txt", range={"suffix": 2})


def shown(found):
    checksums = found.checksums
    version = found.version
    return [
        {name: getattr(found, name) for name in NAMES},
        [len(version), version == found["version"]],
        [type(found.uploaded).__name__, found.uploaded.tzinfo, abs(found.uploaded.timestamp() - now()) < 60],
        [checksums.md5, checksums.sha1, checksums.sha256, checksums.toJSON()],
        type(found.httpMetadata.cacheExpiry).__name__,
    ]


def now():
    return datetime.datetime.now().timestamp()


def members(found):
    return [hasattr(found, name) for name in MEMBERS]


def listing(page):
    rest = {name: value for name, value in page.items() if name != "objects"}
    return [type(page).__name__, rest, type(page["objects"]).__name__, page.truncated]


def raw(each):
    return [
        [each.key, each.size, each.etag, each.httpEtag, each.range],
        each.uploaded.constructor.name,
        each.httpMetadata.constructor.name,
        each.constructor.name,
        hasattr(each, "body"),
        each.checksums.constructor.name,
    ]


def unknown(page):
    [each] = page["objects"]
    return [each.httpMetadata, each.customMetadata]


def item(each):
    try:
        return each["key"]
    except TypeError:
        return "no items"
