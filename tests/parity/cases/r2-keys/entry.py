"""Which keys a bucket takes, and what becomes of others."""

from attempt import report
from workers import WorkerEntrypoint

KEYS = {
    "empty": "",
    "dot": ".",
    "dots": "..",
    "slash": "/a",
    "slashes": "a//b/",
    "letters": "\u00e9\U0001f600",
    "nul": "a\x00b",
    "integer": 5,
    "float": 1.5,
    "boolean": True,
    "none": None,
    "list": ["a", "b"],
    "dict": {"a": 1},
    "bytes": b"ab",
    "1024 bytes": "k" * 1024,
    "1025 bytes": "k" * 1025,
    "1024 bytes of two": "\u00e9" * 512,
    "1026 bytes of two": "\u00e9" * 513,
    "tuple": ("a",),
}


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        files = self.env.FILES
        calls = {name: lambda key=key: self.stored(key) for name, key in KEYS.items()}
        long = "k" * 1025
        return await report(
            calls
            | {
                "head of long": lambda: files.head(long),
                "get of long": lambda: files.get(long),
                "delete of long": lambda: files.delete(long),
                "delete of long among others": lambda: files.delete(["a", long]),
                "list of long prefix": lambda: files.list(prefix=long),
                "upload of long": lambda: files.createMultipartUpload(long),
                "no head": lambda: files.head(),
                "no get": lambda: files.get(),
                "no delete": lambda: files.delete(),
                "no upload": lambda: files.createMultipartUpload(),
                "nothing to resume": lambda: files.resumeMultipartUpload(),
                "nothing to resume but a key": lambda: files.resumeMultipartUpload("k"),
                "a key too many": lambda: files.head("a", "b"),
            }
        )

    async def stored(self, key):
        put = await self.env.FILES.put(key, "v")
        found = await self.env.FILES.head(put.key)
        return [put.key[:12], len(put.key), found.size]
