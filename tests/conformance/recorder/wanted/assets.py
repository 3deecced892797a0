"""Static assets before a Worker: what each address leads to, and the files `_headers` and `_redirects`.

`SITE.lay` puts a site there and gives what the parser says of lines it cannot use; the Worker behind it answers with
"worker GET /path", and for `/via?path=/x` with what its binding says of `/x`.
"""

from __future__ import annotations

from typing import Any

from tests.conformance.recorder.wanted import Step, call
from tests.conformance.recorder.wanted._sites import (
    ADDRESSES,
    APP,
    ENCODED,
    HEADED,
    HEADERS,
    KEPT_OR_NOT,
    LEFT_OUT,
    NAMES,
    PAGES,
    REDIRECTED,
    REDIRECTS,
    ROUTED,
    THROUGH,
    TYPES,
    WRONG_HEADERS,
    WRONG_REDIRECTS,
)


def get(path: str, keep: str | None = None, **init: Any) -> Step:
    return call("SITE.fetch", path, init, keep=keep)


def gets(paths: str) -> list[Step]:
    """A request for each of some paths."""
    return [get(path) for path in paths.split()]


def head(path: str, **headers: str) -> Step:
    return get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def lay(files: dict[str, str] | None = None, **config: Any) -> Step:
    return call("SITE.lay", {"files": PAGES if files is None else files, **config})


GET_OR_HEAD = ("GET", "HEAD")
NAVIGATE, FETCHED = {"sec_fetch_mode": "navigate"}, {"sec_fetch_mode": "cors"}


def routed(*patterns: str, paths: str, **config: Any) -> list[Step]:
    return [lay(APP, run_worker_first=list(patterns), **config), *gets(paths)]


def ruled(name: str, text: str, *steps: Step, **config: Any) -> list[Step]:
    return [lay({**PAGES, name: text}, **config), *steps]


SCENARIOS = {
    **{f"addresses with {kind}": [lay(html_handling=kind), *map(get, ADDRESSES)]
       for kind in ("auto-trailing-slash", "force-trailing-slash", "drop-trailing-slash", "none")},
    "addresses where nothing is said": [lay(), *map(get, ADDRESSES[:12])],
    **{f"names and their encodings with {kind}": [lay(NAMES, html_handling=kind), *map(get, ENCODED)]
       for kind in ("auto-trailing-slash", "none")},
    "without a Worker": [lay(worker=False), *gets("/ /a /a/ /none"), get("/none", method="POST"),
                         get("/a", method="POST")],
    "methods": [lay(), *(get(path, method=method) for path in ("/a", "/a.html", "/none")
                         for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"))],
    "an etag is asked for again": [
        lay(), get("/a", keep="a"), get("/b/", keep="b"),
        *(get("/a", method=method, headers={"If-None-Match": {"$ref": "a.headers.etag"}}) for method in GET_OR_HEAD),
        get("/a", headers={"If-None-Match": {"$ref": "b.headers.etag"}}), head("/a", If_None_Match="*"),
        head("/a", If_None_Match='"other"'), head("/a.html", If_None_Match="*"),
        head("/a", If_Modified_Since="Wed, 21 Oct 2037 07:28:00 GMT"),
    ],
    "ranges and authorization": [
        lay(), *(head("/f.txt", Range=each) for each in ("bytes=0-0", "bytes=5-", "bytes=-1", "lines=1-2")),
        head("/f.txt", Authorization="Basic eDp5"), head("/f.txt", Accept_Encoding="gzip"),
    ],
    "content types": [
        lay(TYPES, html_handling="none"),
        *(get(f"/{name}", method="HEAD") for name in TYPES),
    ],
    "no page is there": [lay(APP, not_found_handling="none"), *gets("/x /docs/x /404 /404.html")],
    "the nearest 404 page": [
        lay(APP, not_found_handling="404-page", worker=False),
        *gets("/x /x/ /x/y/z /docs/x /docs/x/y /docs /404 /404.html /docs/404 /x[y /x%5By /index /%2e%2e/x"),
        get("/x", method="HEAD"), get("/x", method="POST"),
    ],
    "no 404 page": [lay({"a.html": "a"}, not_found_handling="404-page", worker=False), get("/x"), get("/")],
    "a 404 page and a Worker": [lay(APP, not_found_handling="404-page"), *gets("/x /docs/x"),
                                head("/x", **NAVIGATE), get("/via?path=/docs/x")],
    "one page for all": [
        lay(APP, not_found_handling="single-page-application", worker=False),
        *gets("/x /x/y /docs/x /index.html /x.html /x.js /x?q=1 /x[y"),
        get("/x", method="POST"),
    ],
    "one page for all and no page": [lay({"a.html": "a"}, not_found_handling="single-page-application", worker=False),
                                     get("/x")],
    "one page for all and a Worker": [
        lay(APP, not_found_handling="single-page-application"),
        *(head(path, **mode) for path in ("/x", "/app.js", "/api/x", "/docs/") for mode in (NAVIGATE, FETCHED, {})),
        get("/x", method="POST", headers={"sec-fetch-mode": "navigate"}), head("/x", sec_fetch_mode="Navigate"),
    ],
    "navigation before its date": [
        lay(APP, not_found_handling="single-page-application", date="2025-03-31"), head("/x", **NAVIGATE), get("/x")],
    "navigation on its date": [
        lay(APP, not_found_handling="single-page-application", date="2025-04-01"), head("/x", **NAVIGATE), get("/x")],
    "navigation by flag": [
        lay(APP, not_found_handling="single-page-application", date="2025-01-01",
            flags=["assets_navigation_prefers_asset_serving"]), head("/x", **NAVIGATE), get("/x")],
    "navigation forgone by flag": [
        lay(APP, not_found_handling="single-page-application", flags=["assets_navigation_has_no_effect"]),
        head("/x", **NAVIGATE), get("/x")],
    "navigation where nothing is said of what is missing": [lay(APP), head("/x", **NAVIGATE)],
    "the Worker first": [
        lay(APP, run_worker_first=True), *gets(THROUGH),
        get("/via?path=/app.js", method="POST"), get("/via?path=/app.js", method="HEAD"),
    ],
    "the Worker not first": [lay(APP, run_worker_first=False), get("/"), get("/x"), get("/via?path=/docs/")],
    "the Worker first for some": routed(
        "/api/*", "/docs/*", "!/docs/public/*", "/exact", "/*.js", "!/v.js",
        paths=ROUTED),
    "the Worker first for some, one page for the rest": routed(
        "/api/*", not_found_handling="single-page-application", paths="/api/x /x /docs/x /app.js"),
    "the Worker first for some, a 404 page for the rest": routed(
        "/api/*", "!/api/docs/*", not_found_handling="404-page", paths="/api/x /api/docs/x /x /docs/x"),
    "the Worker first for all but some": routed("/*", "!/app.js", "!/docs/*",
                                                paths="/ /app.js /docs/ /docs/x /x"),
    "headers are set and taken off": ruled(
        "_headers", HEADERS, *gets(HEADED),
        get("/a", method="HEAD"), get("/a", method="POST"), head("/f.txt", Authorization="x"), get("/via?path=/a"),
        worker=True),
    "headers on what is missing": ruled("_headers", HEADERS, get("/none"), get("/x"), worker=False),
    "headers on a 304": ruled("_headers", "/*\n  x-all: 1\n", get("/a", keep="a"),
                              get("/a", headers={"If-None-Match": {"$ref": "a.headers.etag"}})),
    "lines of _headers that cannot be used": ruled("_headers", WRONG_HEADERS, *gets("/a /b/ /empty")),
    "100 rules of _headers": ruled(
        "_headers", "".join(f"/{n}\n  x-n: {n}\n" for n in range(103)), *gets("/99 /100 /101 /102"), worker=False),
    "a line of _headers of 2,000 characters": ruled(
        "_headers", f"/a\n  x-a: {'x' * 1995}\n  x-b: {'x' * 1996}\n  x-c: 1\n", get("/a")),
    "_headers says a path twice": ruled("_headers", "/a\n  x-a: 1\n/*\n  x-all: 1\n/a\n  x-b: 1\n", get("/a")),
    "redirects": ruled(
        "_redirects", REDIRECTS, *gets(REDIRECTED),
        get("/old", method="POST"), get("/old", method="HEAD"), get("/files/x", method="POST"), get("/via?path=/old")),
    "redirects without a Worker": ruled("_redirects", REDIRECTS, *gets("/rewrite-nothing /none"), worker=False),
    "redirects and the Worker first": ruled("_redirects", REDIRECTS, get("/old"), get("/via?path=/old"),
                                            run_worker_first=True),
    "redirects and headers": [
        lay({**PAGES, "_redirects": "/old /a\n/page /f.txt 200\n", "_headers": "/old\n  x-old: 1\n/page\n  x-page: 1\n"
             "/f.txt\n  x-f: 1\n"}), get("/old"), get("/page"), get("/f.txt")],
    "lines of _redirects that cannot be used": ruled(
        "_redirects", WRONG_REDIRECTS, *gets("/one /two /three /four /five/x /six/ /seven/x /")),
    "redirects to an index without html handling": ruled(
        "_redirects", "/six/ /six/index\n/ /index.html\n/seven/* /index\n", *gets("/six/ / /seven/x"),
        html_handling="none"),
    "a line of _redirects of 2,000 characters": ruled(
        "_redirects", f"/x /{'y' * 1996}\n/z /{'y' * 1997}\n", get("/x"), get("/z")),
    "2,000 static redirects": ruled(
        "_redirects", "".join(f"/s{n} /a\n" for n in range(2002)), *gets("/s0 /s1999 /s2000 /s2001")),
    "100 dynamic redirects": ruled(
        "_redirects", "".join(f"/d{n}/* /a\n" for n in range(102)) + "/late /a\n",
        *gets("/d0/x /d99/x /d100/x /late")),
    "some files are left out": [
        lay(LEFT_OUT),
        *gets(KEPT_OR_NOT),
    ],
    **{f"pages without a name with {kind}": [
        lay({".html": "no name", "b/.html": "none in b"}, html_handling=kind, worker=False),
        *gets("/ /.html /b /b/ /b/.html /b/?q=1")]
       for kind in ("auto-trailing-slash", "force-trailing-slash", "drop-trailing-slash", "none")},
    "a placeholder whose name begins another's": ruled(
        "_redirects", "/one/:a/:ab /a?:a-:ab\n/two/:ab/:a /a?:a-:ab\n/three/:post/:id /b/:id/:post\n",
        *gets("/one/1/2 /two/1/2 /three/1/2")),
    "rewritten to what is no address": ruled("_redirects", "/x //[ 200\n/y //[ 301\n", *gets("/x /y"), worker=False),
    "what a splat took has a dollar sign": ruled(
        "_redirects", "/x/* /y/:splat\n", *gets("/x/$& /x/$$ /x/$1 /x/$` /x/a$'b")),
}  # fmt: skip
