"""The Cache API: which responses are stored, under which key, and what a match answers.

A request is a URL or its parts, a response its parts. What lasts is given a minute, what does not is over already.
"""

from __future__ import annotations

from typing import Any

from tests.conformance.recorder.wanted import call

URL = "https://a.test/x"
KEPT = {"cache-control": "max-age=60"}
LATER, EARLIER = "Thu, 01 Jan 2099 00:00:00 GMT", "Tue, 01 Jan 2019 00:00:00 GMT"
MODIFIED = "Tue, 01 Jan 2030 00:00:00 GMT"


def request(method: str = "GET", url: str = URL, **headers: str) -> dict[str, Any]:
    return {"url": url, "method": method, "headers": _named(headers)}


def response(body: str | None = "hello", status: int = 200, **headers: str) -> dict[str, Any]:
    return {"body": body, "status": status, "headers": _named(headers)}


def kept(body: str | None = "hello", status: int = 200, **headers: str) -> dict[str, Any]:
    """A response that may be stored for a minute."""
    return response(body, status, **{"cache_control": "max-age=60", **headers})


def put(made: dict[str, Any], asked: Any = URL, cache: str = "default") -> dict:
    return call(f"{cache}.put", asked, made)


def match(asked: Any = URL, *options: Any, cache: str = "default") -> dict:
    return call(f"{cache}.match", asked, *options)


def delete(asked: Any = URL, *options: Any, cache: str = "default") -> dict:
    return call(f"{cache}.delete", asked, *options)


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def stored(*made: dict[str, Any]) -> list[dict]:
    """Each response is put where there is none, and asked for."""
    return [step for each in made for step in (put(each), match(), delete())]


def asked(made: dict[str, Any], *requests: Any) -> list[dict]:
    """A response is put, and asked for in several ways."""
    return [put(made), *map(match, requests)]


TAGGED = kept(etag='"abc"', last_modified=MODIFIED)
CONTROLS = {
    "max-age": ["max-age=60", "max-age=0", 'max-age="60"', "max-age=abc", "max-age=-1"],
    "capital letters": ["Max-Age=60"],
    "parts of a second": ["max-age=1.5"],
    "s-maxage goes before max-age": ["s-maxage=60, max-age=0", "s-maxage=0, max-age=60", "s-maxage=60"],
    "no-store and no-cache": ["no-store", "no-store, max-age=60", "no-cache, max-age=60", "no-cache=x, max-age=60"],
    "private": ["private, max-age=60", 'private="x-a", max-age=60'],
    "directives without a time": ["public", "public, max-age=60", "must-revalidate, max-age=60"],
    "immutable without a time": ["immutable"],
    "odd spellings": ["max-age=60,", ",max-age=60", "max-age = 60", "max-age=60; public", "max-age=60, max-age=0", ""],
    "stale-while-revalidate": ["stale-while-revalidate=60", "max-age=0, stale-while-revalidate=60"],
}
STATUSES = {
    "successes": [200, 201, 202, 203, 204], "redirections": [300, 301, 302, 303, 307, 308],
    "errors of the caller": [400, 401, 403, 404, 405, 410, 414, 418, 429, 451],
    "errors of the server": [500, 501, 502, 503],
}  # fmt: skip
RANGES = {
    "ranges within": ["bytes=1-2", "bytes=1-", "bytes=-2", "bytes=4-4", "bytes=0-4"],
    "ranges beyond the end": ["bytes=0-99", "bytes=5-6", "bytes=9-"],
    "ranges that make no sense": ["bytes=3-1", "items=1-2", "nonsense", "bytes=", "bytes=-0"],
    "several ranges": ["bytes=0-0,2-3"],
    "a suffix longer than the body": ["bytes=-99"],
}

SCENARIOS = {
    **{f"Cache-Control: {title}": stored(*(response(cache_control=each) for each in controls))
       for title, controls in CONTROLS.items()},
    **{f"statuses: {title}": stored(*(kept(None if status == 204 else "hello", status) for status in statuses))
       for title, statuses in STATUSES.items()},
    **{title: asked(kept(), *(request(range=each) for each in ranges)) for title, ranges in RANGES.items()},
    "a range of an empty body": asked(kept(""), request(range="bytes=0-0")),
    "a range and a condition": asked(
        TAGGED, request(range="bytes=0-1", if_none_match='"abc"'), request(range="bytes=0-1", if_none_match='"zz"'),
        request(range="bytes=9-", if_none_match='"abc"'), request(range="bytes=0-1", if_range='"zz"'),
    ),
    "headers come back": stored(
        kept(x_a="1", x_b="", content_type="text/plain", content_language="en"), kept(content_encoding="identity"),
        kept(cf_cache_status="MISS"), kept(server="mine"),
    ),
    "nothing is said about the time": stored(response(), response(status=404), response(status=301)),
    "Expires": stored(
        response(expires=LATER), response(expires=EARLIER), response(expires="0"), response(expires="nonsense"),
        response(expires=EARLIER, cache_control="max-age=60"), response(expires=LATER, cache_control="max-age=0"),
        response(expires=LATER, cache_control="public"), response(expires=LATER, cache_control="no-store"),
    ),
    "Age has been spent elsewhere": stored(kept(age="50"), kept(age="60"), kept(age="61"), kept(age="x")),
    "Set-Cookie": stored(
        kept(set_cookie="a=b"), kept(set_cookie="a=b", cache_control="public, max-age=60"),
        response(set_cookie="a=b", expires=LATER),
    ),
    "private=Set-Cookie": stored(kept(set_cookie="a=b", cache_control="private=Set-Cookie, max-age=60")),
    "Vary plays no part in the key": [
        put(kept("english", vary="accept-language"), request(accept_language="en")),
        match(request(accept_language="en")), match(request(accept_language="mi")), match(),
    ],
    "Vary: *": [put(kept(vary="*")), put(kept(vary="accept, *")), match()],
    "a part is refused": [put(kept(status=206)), put(kept(status=206, content_range="bytes 0-4/5")), match()],
    "a 304 is silently not stored": [put(kept(None, 304)), match(), put(kept()), put(kept(None, 304)), match()],
    "no body and an empty one": stored(kept(None), kept("")),
    "If-None-Match": asked(
        TAGGED, *(request(if_none_match=each) for each in ('"abc"', 'W/"abc"', '"zz", "abc"', "*", '"zz"', "abc", ""))
    ),
    "If-None-Match and a weak tag": asked(
        kept(etag='W/"abc"'), request(if_none_match='"abc"'), request(if_none_match='W/"abc"')
    ),
    "If-Modified-Since": asked(
        TAGGED, *(request(if_modified_since=each) for each in (MODIFIED, LATER, EARLIER, "nonsense"))
    ),
    "If-None-Match goes before If-Modified-Since": asked(
        TAGGED, request(if_none_match='"zz"', if_modified_since=LATER),
        request(if_none_match='"abc"', if_modified_since=EARLIER),
    ),
    "conditions without tags": asked(kept(), request(if_none_match="*"), request(if_modified_since=LATER)),
    "If-Match and If-Unmodified-Since": asked(
        TAGGED, request(if_match='"zz"'), request(if_unmodified_since=EARLIER), request(if_match='"abc"')
    ),
    "what the asker says of caching": asked(
        kept(), *(request(cache_control=each) for each in ("no-cache", "no-store", "max-age=0", "only-if-cached")),
        request(pragma="no-cache"),
    ),
    "a 304 of other statuses": asked(
        kept("gone", 404, etag='"abc"'), request(if_none_match='"abc"'), request(range="bytes=0-1")
    ),
    "HEAD and POST match nothing": asked(kept(), request("HEAD"), request("POST"), request("PUT"), request()),
    "ignoreMethod": [
        put(kept()), match(request("HEAD"), {"ignoreMethod": True}), match(request("POST"), {"ignoreMethod": True}),
        match(request("POST"), {"ignoreMethod": False}), match(request("POST"), {}),
        delete(request("POST"), {"ignoreMethod": True}), match(),
    ],
    "options that are not implemented": [
        put(kept()), match(URL, {"ignoreSearch": True}), match(URL, {"ignoreVary": True}), match(URL, {"unknown": 1}),
        match(URL, {"ignoreSearch": False}), delete(URL, {"ignoreSearch": True}),
    ],
    "only GET can be put": [put(kept(), request(method)) for method in ("HEAD", "POST", "PUT", "DELETE")] + [match()],
    "delete": [
        delete(), put(kept()), delete(request("POST")), delete(request("HEAD")), match(), delete(), delete(), match(),
    ],
    "a second response takes the first one's place": [
        put(kept("one", x_a="1")), put(kept("two")), match(), put(response("three", cache_control="no-store")), match(),
    ],
    "a response that is over already takes the place too": [
        put(kept("one")), put(response("two")), match(),
        put(kept("one")), put(response("two", cache_control="max-age=0")), match(),
        put(kept("one")), put(response("two", expires=EARLIER)), match(),
    ],
    "what may not be stored leaves the former": [
        put(kept("one")), put(kept("two", set_cookie="a=b")), put(kept("two", cache_control="private, max-age=60")),
        put(kept("two", status=500)), match(),
    ],
    "caches of different names": [
        put(kept("default")), match(cache="mine"), put(kept("mine"), cache="mine"), match(cache="mine"), match(),
        match(cache="other"), delete(cache="mine"), match(cache="mine"), match(),
    ],
    "a query belongs to the key": [
        put(kept("1"), URL + "?a=1"), match(), match(URL + "?a=1"), match(URL + "?a=2"), match(URL + "?a=1&b="),
        put(kept("ab"), URL + "?a=1&b=2"), match(URL + "?b=2&a=1"), match(URL + "?"),
    ],
    "a fragment does not": [put(kept(), URL + "#one"), match(), match(URL + "#two"), delete(URL + "#three"), match()],
    "URLs in their normal form": [
        put(kept()), match("https://A.TEST/x"), match("https://a.test:443/x"), match("https://a.test/y/../x"),
        match("http://a.test/x"), match(URL + "/"), match("https://a.test/X"), match("https://a.test/%78"),
    ],
    "URLs that are none": [put(kept(), "/x"), match("/x"), delete("/x"), match("")],
    "URLs with a password": [
        step for url in ("https://u:p@a.test/x", "https://u@a.test/x")
        for step in (put(kept(), url), match(url), delete(url))
    ],
    "a used body": [call("default.putTwice", URL, kept()), match()],
    "bytes": asked({"body": {"$bytes": "aGVsbG8="}, "status": 200, "headers": KEPT}, URL, request(range="bytes=1-2")),
}  # fmt: skip
