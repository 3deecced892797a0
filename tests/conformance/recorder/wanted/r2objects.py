"""R2's objects as an S3 client would see them too: etags, checksums, metadata, ranges, uploads in parts.

`LOOK` reads what a recording cannot show as it is: bodies by method, headers that an object writes, parts, whose etags
are by chance.
"""

from __future__ import annotations

from typing import Any

from tests.conformance.recorder.wanted import call, date, read

MIB = 1_048_576
FIVE = {"$zeros": 5 * MIB}
MD5, SHA1 = "5d41402abc4b2a76b9719d911017c592", "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"
SHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
HTTP = {
    "contentType": "text/html", "contentLanguage": "en", "contentDisposition": "inline", "contentEncoding": "gzip",
    "cacheControl": "max-age=60", "cacheExpiry": date("2030-01-01T00:00:00.000Z"),
}  # fmt: skip
HEADERS = {
    "content-type": "text/css", "content-language": "mi", "content-disposition": "attachment; filename=a",
    "content-encoding": "br", "cache-control": "no-store", "expires": "Tue, 01 Jan 2030 00:00:00 GMT", "x-mine": "1",
}  # fmt: skip


def put(value: Any = "hello", options: Any = None, key: str = "k") -> dict:
    return call("R2.put", key, value, *([] if options is None else [options]))


def head(key: str = "k") -> dict:
    return call("R2.head", key)


def get(*options: Any, key: str = "k") -> dict:
    return call("R2.get", key, *options)


def look(method: str, *args: Any) -> dict:
    return call(f"LOOK.{method}", *args)


def begin(key: str = "k", options: Any = None) -> dict:
    return call("R2.createMultipartUpload", key, *([] if options is None else [options]), keep="u")


def part(number: int, value: Any, keep: str) -> dict:
    return {"call": "LOOK.part", "args": [{"$ref": "u"}, number, value], "as": keep}


def complete(*parts: Any) -> dict:
    return look("complete", {"$ref": "u"}, [{"$ref": each} if isinstance(each, str) else each for each in parts])


CONTENTS: list[Any] = ["hello", "", {"$bytes": "AAEC/w=="}, {"$bytes": ""}, None, "šum ☕ 𝄞", {"$repeat": ["x", 1000]}]
SPANS: list[Any] = [
    {"offset": 1}, {"offset": 1, "length": 2}, {"length": 3}, {"suffix": 2}, {"offset": 0, "length": 100},
    {"suffix": 100}, {"offset": 5}, {"offset": 6}, {"length": 0}, {"suffix": 0},
]  # fmt: skip
BY_HEADER = [
    "bytes=1-2",
    "bytes=1-",
    "bytes=-2",
    "bytes=0-99",
    "bytes=-99",
    "bytes=5-",
    "bytes=3-1",
    "nonsense",
    "bytes=0-0,2-3",
]
CONDITIONS = [
    {"if-match": f'"{MD5}"'}, {"if-match": '"zz"'}, {"if-match": "*"}, {"if-none-match": f'"{MD5}"'},
    {"if-none-match": '"zz"'}, {"if-none-match": "*"}, {"if-modified-since": "Tue, 01 Jan 2019 00:00:00 GMT"},
    {"if-unmodified-since": "Tue, 01 Jan 2019 00:00:00 GMT"}, {"if-none-match": f'W/"{MD5}"'},
]  # fmt: skip

SCENARIOS = {
    "contents and their etags": [step for value in CONTENTS for step in (put(value), get())],
    "the etag is of the content alone": [put(), put(key="other"), put("hello", {"httpMetadata": HTTP}), head("other")],
    "a stream": [put({"$stream": "aGVsbG8="}), get()],
    "what is no content": [put(5), put({"a": 1}), put([1]), put(True), call("R2.put", "k"), head()],
    "versions are 32 digits and differ": [put(), look("version", "k"), look("versionsDiffer", "k", "hello")],
    "uploaded is a date": [put(), look("uploaded", "k")],
    "checksums that fit": [
        put("hello", {"md5": MD5}), put("hello", {"sha1": SHA1}), head(), put("hello", {"sha256": SHA256}), head(),
        look("checksum", "k", "sha256"), look("checksum", "k", "md5"), look("checksum", "k", "sha1"),
    ],
    "checksums as bytes": [put("hello", {"md5": {"$bytes": "XUFAKrxLKna5cZ2REBfFkg=="}}), head()],
    "checksums that do not fit": [
        put("hellO", {"md5": MD5}), put("hellO", {"sha1": SHA1}), put("hellO", {"sha256": SHA256}), head(),
    ],
    "checksums that are none": [
        put("hello", {"md5": "abc"}), put("hello", {"md5": "zz" * 16}), put("hello", {"sha256": MD5}),
        put("hello", {"md5": {"$bytes": "AAEC"}}), put("hello", {"md5": MD5, "sha1": SHA1}),
    ],
    "metadata of HTTP": [put("hello", {"httpMetadata": HTTP}), head(), get(), put(), head()],
    "metadata of HTTP out of headers": [put("hello", {"httpMetadata": {"$headers": HEADERS}}), head()],
    "headers that an object writes": [
        put("hello", {"httpMetadata": HTTP}), look("written", "k", {}),
        look("written", "k", {"content-type": "a/b", "x": "1"}), put(), look("written", "k", {}),
        look("written", "k", {"content-type": "a/b"}),
    ],
    "metadata of one's own": [
        put("hello", {"customMetadata": {"a": "1", "B": "x y", "ü": "ñ"}}), head(),
        put("hello", {"customMetadata": {}}), head(),
    ],
    "metadata of one's own that is no text": [put("hello", {"customMetadata": {"n": 5, "t": True}}), head()],
    "a listing with metadata": [
        put("hello", {"httpMetadata": HTTP, "customMetadata": {"a": "1"}}), call("R2.list"),
        call("R2.list", {"include": ["httpMetadata"]}), call("R2.list", {"include": ["customMetadata"]}),
        call("R2.list", {"include": ["nonsense"]}),
    ],
    "ranges": [put(), *(get({"range": each}) for each in SPANS)],
    "ranges by header": [put(), *(get({"range": {"$headers": {"range": each}}}) for each in BY_HEADER)],
    "conditions by header": [put(), *(get({"onlyIf": {"$headers": each}}) for each in CONDITIONS)],
    "conditions of a put by header": [
        put("hello", {"onlyIf": {"$headers": {"if-none-match": "*"}}}),
        put("again", {"onlyIf": {"$headers": {"if-none-match": "*"}}}),
        put("again", {"onlyIf": {"$headers": {"if-match": f'"{MD5}"'}}}), head(),
    ],
    "ways to read": [
        put('{"a": [1]}', {"httpMetadata": {"contentType": "application/json"}}), look("read", "k", "text"),
        look("read", "k", "json"), look("read", "k", "arrayBuffer"), look("read", "k", "bytes"), look("size", "k"),
        look("type", "k"),
    ],
    "a body is read once": [put(), look("readTwice", "k")],
    "text that is no JSON": [put("hello"), look("read", "k", "json")],
    "names": [
        put(key="ü/ñ ☕"), put(key="/a//b/"), put(key=" "), put(key=".."), put(key="a%20b?c#d"), call("R2.list"),
        put(key="k" * 1024), put(key="k" * 1025), put(key=""), head(""), get(key="k" * 1025),
    ],
    "what is not there": [head(), get(), call("R2.delete", "k"), call("R2.delete", ["k", "l"]), call("R2.delete", [])],
    "storage classes": [
        put("hello", {"storageClass": "Standard"}), put("hello", {"storageClass": "InfrequentAccess"}),
        put("hello", {"storageClass": "Glacier"}), head(),
    ],
    "an upload of one part": [
        begin(options={"httpMetadata": {"contentType": "a/b"}, "customMetadata": {"a": "1"}}), read("$u.key"),
        head(), part(1, "hello", "p"), head(), complete("p"), get(), look("checksum", "k", "md5"),
    ],
    "an upload of three parts": [
        begin(), part(1, FIVE, "a"), part(3, "end", "c"), part(2, FIVE, "b"), complete("a", "b", "c"), head(),
        get({"range": {"offset": 10 * MIB - 1}}), get({"range": {"suffix": 4}}),
    ],
    "parts in another order": [begin(), part(1, FIVE, "a"), part(2, "end", "b"), complete("b", "a"), head()],
    "a part that is uploaded twice": [
        begin(), part(1, "one", "a"), part(1, "two", "b"), complete("a"), complete("b"), get(),
    ],
    "parts that are too small": [begin(), part(1, "one", "a"), part(2, "two", "b"), complete("a", "b"), head()],
    "parts of different sizes": [
        begin(), part(1, FIVE, "a"), part(2, {"$zeros": 6 * MIB}, "b"), part(3, "end", "c"), complete("a", "b", "c"),
        head(),
    ],
    "no parts": [begin(), complete(), head(), part(1, "one", "a")],
    "a part of the wrong etag": [
        begin(), part(1, "one", "a"), complete({"partNumber": 1, "etag": "0" * 32}),
        complete({"partNumber": 2, "etag": "0" * 32}),
    ],
    "part numbers": [
        begin(), *(look("partNumber", {"$ref": "u"}, number, "x") for number in (1, 10_000, 0, 10_001, -1)),
    ],
    "an upload that is over": [
        begin(), part(1, "one", "a"), complete("a"), complete("a"), part(2, "two", "b"), call("$u.abort"), get(),
    ],
    "an upload that is aborted": [
        begin(), part(1, "one", "a"), call("$u.abort"), call("$u.abort"), complete("a"), part(2, "two", "b"), head(),
    ],
    "an upload that is resumed": [
        begin(), part(1, "one", "a"), look("resume", {"$ref": "u"}) | {"as": "u"}, complete("a"), get(),
    ],
    "an upload that never was": [
        call("R2.resumeMultipartUpload", "k", "nonsense", keep="u"), part(1, "one", "a"), call("$u.abort"),
        complete({"partNumber": 1, "etag": "x"}),
    ],
    "two uploads of one name": [
        begin(), part(1, "one", "a"), complete("a"), get(), begin(), part(1, "two", "b"), get(), complete("b"), get(),
    ],
    "an object stays until its upload is complete": [put(), begin(), part(1, "new", "a"), get(), complete("a"), get()],
    "a copy is what one reads and puts": [
        put("hello", {"httpMetadata": HTTP}), get(), put("hello", {"httpMetadata": HTTP}, key="copy"), head("copy"),
    ],
}  # fmt: skip
