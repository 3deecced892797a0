"""`list`: order, prefix, limit, cursor, and the traps of a dict with attributes."""

from attempt import report
from workers import WorkerEntrypoint

NAMES = ["b", "a", "Z", "_", "\u00e9", "user:1", "user:10", "user:2", "a%2Fb", "\U0001f600", "0"]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        kv = self.env.KV
        for name in NAMES:
            await kv.put(name, "v")
        await kv.put("user:1", "v", metadata={"m": 1}, expiration=2_000_000_000)

        async def names(*args, **options):
            page = await kv.list(*args, **options)
            return [[key["name"] for key in page["keys"]], page["list_complete"], page.get("cursor")]

        return await report(
            {
                "all": lambda: names(),
                "whole answer": lambda: kv.list(prefix="user:", limit=1),
                "last answer": lambda: kv.list(prefix="user:"),
                "prefix by dict": lambda: names({"prefix": "user:"}),
                "prefix of none": lambda: names(prefix="nope"),
                "empty prefix": lambda: names(prefix=""),
                "prefix None": lambda: names(prefix=None),
                "long prefix": lambda: names(prefix="x" * 513),
                "limit": lambda: names(limit=2),
                "limit of all": lambda: names(limit=len(NAMES)),
                "limit 1000": lambda: names(limit=1000),
                "limit 1001": lambda: names(limit=1001),
                "limit in words": lambda: names(limit="2"),
                "limit fraction": lambda: names(limit=2.9),
                "limit None": lambda: names(limit=None),
                "pages": lambda: pages(kv, 4),
                "pages of a prefix": lambda: pages(kv, 2, prefix="user:"),
                "cursor None": lambda: names(limit=2, cursor=None),
                "cursor empty": lambda: names(limit=2, cursor=""),
                "a gone cursor": lambda: gone(kv, names),
                "unknown option": lambda: names(start="b"),
                "keys by attribute": lambda: attribute(kv),
                "a key's parts": lambda: key_parts(kv),
                "positional prefix": lambda: names("user:"),
            }
        )


async def pages(kv, limit, **options):
    found, cursor = [], None
    while True:
        page = await kv.list(limit=limit, **options, **({"cursor": cursor} if cursor else {}))
        found.append([key["name"] for key in page["keys"]])
        if page["list_complete"]:
            return found
        cursor = page["cursor"]


async def gone(kv, names):
    """The key that a cursor points at is deleted before the next page."""
    page = await kv.list(limit=2)
    last = page["keys"][-1]["name"]
    await kv.delete(last)
    following = await names(limit=2, cursor=page["cursor"])
    await kv.put(last, "v")
    return following


async def attribute(kv):
    page = await kv.list()
    return [callable(page.keys), page.list_complete, hasattr(page, "cursor")]


async def key_parts(kv):
    [first, *_] = (await kv.list(prefix="user:"))["keys"]
    return [type(first).__name__, first.name, first["name"], first.expiration, first.metadata]
