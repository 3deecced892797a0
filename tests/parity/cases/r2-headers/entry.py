"""Headers in the place of `onlyIf`, `range` and `httpMetadata`."""

from attempt import report
from js import Headers, Object
from pyodide.ffi import to_js
from workers import WorkerEntrypoint

ETAG = "5d41402abc4b2a76b9719d911017c592"
OTHER = "0" * 32
CONDITIONS = {
    "none": {},
    "match": {"if-match": f'"{ETAG}"'},
    "match another": {"if-match": f'"{OTHER}"'},
    "match one of": {"if-match": f'"{OTHER}", "{ETAG}"'},
    "match of empty ones": {"if-match": f', "{OTHER}", , "{ETAG}",'},
    "match without comma": {"if-match": f'"{OTHER}" "{ETAG}"'},
    "match weak": {"if-match": f'W/"{ETAG}"'},
    "match any": {"if-match": "*"},
    "match any among": {"if-match": f'"{OTHER}", *'},
    "any without comma": {"if-match": f'"{OTHER}" *'},
    "weak without comma": {"if-match": f'"{OTHER}" W/"{ETAG}"'},
    "match without quotes": {"if-match": ETAG},
    "match nothing": {"if-match": ""},
    "match unclosed": {"if-match": f'"{ETAG}'},
    "weak without slash": {"if-match": f'W"{ETAG}"'},
    "weak apart": {"if-match": f'W/ "{ETAG}"'},
    "none match": {"if-none-match": f'"{ETAG}"'},
    "none match, weak": {"if-none-match": f'W/"{ETAG}"'},
    "none match another": {"if-none-match": f'"{OTHER}"'},
    "none match without quotes": {"if-none-match": OTHER},
    "none match any": {"if-none-match": "*"},
    "modified since the past": {"if-modified-since": "Wed, 01 Jan 2020 00:00:00 GMT"},
    "modified since the future": {"if-modified-since": "Sun, 01 Jan 2040 00:00:00 GMT"},
    "unmodified since the past": {"if-unmodified-since": "Wed, 01 Jan 2020 00:00:00 GMT"},
    "unmodified since the future": {"if-unmodified-since": "Sun, 01 Jan 2040 00:00:00 GMT"},
    "modified since no date": {"if-modified-since": "soon"},
    "unmodified since no date": {"if-unmodified-since": "soon"},
    "none match and since": {"if-none-match": f'"{OTHER}"', "if-modified-since": "Sun, 01 Jan 2040 00:00:00 GMT"},
}
RANGES = (
    "bytes=1-2", "bytes=1-", "bytes=-2", "bytes=0-0", "bytes=0-100", "bytes=5-", "bytes=9-10", "bytes=2-1",
    "bytes=-0", "bytes=-100", "bytes=0-1,3-4", "bytes=1-2,", "bytes=", "bytes", "items=1-2", "BYTES = 1 - 2 ",
    "bytes=a-b", "bytes=-", "",
)  # fmt: skip
FIELDS = {
    "all": {
        "content-type": "text/html; charset=utf-8",
        "content-language": "de",
        "content-disposition": 'attachment; filename="a"',
        "content-encoding": "gzip",
        "cache-control": "max-age=60",
        "expires": "Wed, 21 Oct 2026 07:28:00 GMT",
        "x-other": "1",
    },
    "none": {},
    "empty type": {"content-type": ""},
    "expires never": {"expires": "soon"},
}


def headers(fields):
    return Headers.new(to_js(fields, dict_converter=Object.fromEntries))


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        calls = {}
        for name, fields in CONDITIONS.items():
            calls[f"get, {name}"] = lambda fields=fields: self.got(onlyIf=headers(fields))
            calls[f"put, {name}"] = lambda fields=fields: self.stored(onlyIf=headers(fields))
        for text in RANGES:
            calls[f"range {text!r}"] = lambda text=text: self.got(range=headers({"range": text}))
        for name, fields in FIELDS.items():
            calls[f"fields, {name}"] = lambda fields=fields: self.described(fields)
        return await report(
            calls
            | {
                "no range": lambda: self.got(range=headers({})),
                "the request's own": lambda: self.got(
                    onlyIf=request.js_object.headers, range=request.js_object.headers
                ),
                "the SDK's own": lambda: self.got(onlyIf=request.headers),
            }
        )

    async def got(self, **options):
        await self.env.FILES.put("k", "hello")
        found = await self.env.FILES.get("k", **options)
        return [await found.text(), found.range] if hasattr(found, "body") else [None, found.range]

    async def stored(self, **options):
        await self.env.FILES.put("k", "hello")
        return (await self.env.FILES.put("k", "other", **options)) is not None

    async def described(self, fields):
        put = await self.env.FILES.put("h", "", httpMetadata=headers(fields))
        found = await self.env.FILES.head("h")
        written = Headers.new()
        found.writeHttpMetadata(written)
        return [put.httpMetadata, found.httpMetadata, [list(pair) for pair in written.entries()]]
