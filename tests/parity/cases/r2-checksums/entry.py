"""Checksums that a `put` promises."""

import hashlib

from attempt import report
from workers import WorkerEntrypoint

NAMES = ("md5", "sha1", "sha256", "sha384", "sha512")


def digest(name):
    return hashlib.new(name, b"hello")


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        files = self.env.FILES
        calls = {}
        for name in NAMES:
            right, size = digest(name), digest(name).digest_size
            given = {
                "hex": right.hexdigest(),
                "capitals": right.hexdigest().upper(),
                "bytes": right.digest(),
                "wrong": "0" * 2 * size,
                "wrong bytes": bytes(size),
                "short": "00",
                "short bytes": b"00",
                "no hex": "g" * 2 * size,
                "number": 5,
                "None": None,
                "list": [1],
            }
            for what, value in given.items():
                calls[f"{name}, {what}"] = lambda name=name, value=value: self.stored(**{name: value})
        return await report(
            calls
            | {
                "two": lambda: self.stored(md5=digest("md5").hexdigest(), sha1=digest("sha1").hexdigest()),
                "two, one wrong": lambda: self.stored(md5="00", sha1="00"),
                "crc32": lambda: self.stored(crc32="00000000"),
                "nothing is stored": lambda: self.refused(),
                "wrong, where a condition fails": lambda: files.put(
                    "new", "x", md5="0" * 32, onlyIf={"etagMatches": "0" * 32}
                ),
                "of the next": lambda: self.next(),
            }
        )

    async def stored(self, **promised):
        put = await self.env.FILES.put("k", "hello", **promised)
        found = await self.env.FILES.head("k")
        return [put.checksums.toJSON(), found.checksums.toJSON(), found.checksums.sha1]

    async def refused(self):
        await self.env.FILES.put("k", "before")
        try:
            await self.env.FILES.put("k", "hello", md5="0" * 32)
        except Exception:
            return (await self.env.FILES.head("k")).size

    async def next(self):
        await self.env.FILES.put("k", "hello", sha256=digest("sha256").hexdigest())
        return (await self.env.FILES.put("k", "hello")).checksums.toJSON()
