"""`list`: order, prefix, limit, cursor, delimiter, startAfter, include."""

from attempt import report
from workers import WorkerEntrypoint

NAMES = ["b", "a", "Z", "\u00e9", "dir/1", "dir/2", "dir/sub/3", "dir/sub/4", "dirt", "\U0001f600", "\uff5e", "0"]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        files = self.env.FILES
        for name in NAMES:
            await files.put(name, "v", httpMetadata={"contentType": "a/b"}, customMetadata={"n": name})

        async def names(*args, **options):
            page = await files.list(*args, **options)
            return [[each.key for each in page["objects"]], page.delimitedPrefixes, page.truncated, page.get("cursor")]

        async def included(**options):
            [first, *_] = (await files.list(limit=1, **options))["objects"]
            return [first.httpMetadata.contentType, getattr(first.customMetadata, "n", None)]

        return await report(
            {
                "all": lambda: names(),
                "prefix": lambda: names(prefix="dir/"),
                "prefix by dict": lambda: names({"prefix": "dir"}),
                "prefix of none": lambda: names(prefix="nope"),
                "prefix None": lambda: names(prefix=None),
                "prefix number": lambda: names(prefix=0),
                "limit": lambda: names(limit=2),
                "limit of all": lambda: names(limit=len(NAMES)),
                "limit 0": lambda: names(limit=0),
                "limit -1": lambda: names(limit=-1),
                "limit 1000": lambda: names(limit=1000),
                "limit 1001": lambda: names(limit=1001),
                "limit in words": lambda: names(limit="2"),
                "limit fraction": lambda: names(limit=2.9),
                "limit None": lambda: names(limit=None),
                "limit large": lambda: names(limit=2**40),
                "delimiter": lambda: names(delimiter="/"),
                "delimiter within": lambda: names(prefix="dir/", delimiter="/"),
                "delimiter of a whole prefix": lambda: names(prefix="dir", delimiter="/"),
                "delimiter of two": lambda: names(delimiter="ir"),
                "delimiter empty": lambda: names(delimiter="", limit=3),
                "delimiter None": lambda: names(delimiter=None, limit=3),
                "delimiter and limit": lambda: names(delimiter="/", limit=5),
                "pages": lambda: pages(files, 4),
                "pages by delimiter": lambda: pages(files, 1, delimiter="/"),
                "pages within": lambda: pages(files, 2, prefix="dir/", delimiter="/"),
                "cursor None": lambda: names(limit=1, cursor=None),
                "cursor empty": lambda: names(limit=1, cursor=""),
                "a gone cursor": lambda: gone(files, names),
                "startAfter": lambda: names(startAfter="dir/2"),
                "startAfter absent": lambda: names(startAfter="dir/1x", limit=2),
                "startAfter in a group": lambda: names(startAfter="dir/1", delimiter="/"),
                "startAfter empty": lambda: names(startAfter="", limit=1),
                "startAfter None": lambda: names(startAfter=None, limit=1),
                "startAfter behind the cursor": lambda: both(files, names, "dir"),
                "startAfter before the cursor": lambda: both(files, names, ""),
                "include nothing": lambda: included(include=[]),
                "include http": lambda: included(include=["httpMetadata"]),
                "include custom": lambda: included(include=["customMetadata"]),
                "include both": lambda: included(include=["customMetadata", "httpMetadata"]),
                "include twice": lambda: included(include=["customMetadata", "customMetadata"]),
                "include another": lambda: included(include=["metadata"]),
                "include a number": lambda: included(include=[5]),
                "include text": lambda: included(include="httpMetadata"),
                "include None": lambda: included(include=None),
                "unknown option": lambda: names(start="b", limit=1),
                "positional prefix": lambda: names("dir"),
                "options None": lambda: names(None),
                "a number": lambda: names(5),
            }
        )


async def pages(files, limit, **options):
    found, cursor = [], None
    while True:
        page = await files.list(limit=limit, **options, **({"cursor": cursor} if cursor else {}))
        found.append([*(each.key for each in page["objects"]), *page.delimitedPrefixes])
        if not page.truncated:
            return found
        cursor = page["cursor"]


async def gone(files, names):
    """The object that a cursor points at is deleted before the next page."""
    page = await files.list(limit=2)
    last = page["objects"][-1].key
    await files.delete(last)
    following = await names(limit=2, cursor=page["cursor"])
    await files.put(last, "v")
    return following


async def both(files, names, after):
    page = await files.list(limit=2)
    return await names(limit=2, cursor=page["cursor"], startAfter=after)
