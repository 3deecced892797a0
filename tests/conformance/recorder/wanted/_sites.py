"""The sites that `assets` records: files by path, the addresses that are asked for, and files of rules."""

from __future__ import annotations

PAGES = {
    "index.html": "home",
    "a.html": "a",
    "b/index.html": "b",
    "c.html": "c",
    "c/index.html": "c/index",
    "d": "d",
    "d.html": "d.html",
    "e/index": "e/index",
    "f.txt": "f",
    "g.html/index.html": "a folder with a page's name",
    "h/index/index.html": "deep",
    "i.html": "i",
    "i": "i without",
}
ADDRESSES = (
    "/", "/index", "/index.html", "/index/", "/index/index.html", "/a", "/a/", "/a.html", "/a.html/", "/a/index",
    "/a/index.html", "/a/index/", "/b", "/b/", "/b.html", "/b/index", "/b/index.html", "/b/index/", "/c", "/c/",
    "/c.html", "/c/index", "/c/index.html", "/d", "/d/", "/d.html", "/d/index", "/e", "/e/", "/e/index",
    "/e/index.html", "/f.txt", "/f.txt/", "/f", "/g", "/g.html", "/g.html/", "/h", "/h/index", "/h/index/", "/i",
    "/i/", "/i.html", "/none", "/none/", "/none.html", "/none/index.html", "//", "//a", "/a//", "/b//index.html",
    "/A", "/a.HTML", "/a?q=1&r=%20", "/a.html?q=1&r=%20", "/b?", "/none?q=1",
)  # fmt: skip
NAMES = {
    "index.html": "home",
    "g h.html": "space",
    "ü.html": "umlaut",
    "[x].html": "brackets",
    "a(b).txt": "parentheses",
    "p%q.txt": "percent",
    "%41.txt": "looks encoded",
    "a+b.txt": "plus",
    "a&b=c;d,e.txt": "punctuation",
    "~t!'*.txt": "marks",
    "@:$.txt": "more marks",
    "b\\s.txt": "backslash",
    "š/ž.txt": "a folder",
    ".hidden": "hidden",
    ".well-known/x": "well known",
    "node_modules/m.js": "modules",
}
ENCODED = (
    "/g h", "/g%20h", "/g+h", "/g%20h.html", "/ü", "/%C3%BC", "/%c3%bc", "/%C3%BC.html", "/%FC", "/[x]", "/%5Bx%5D",
    "/%5bx%5d", "/a(b).txt", "/a%28b%29.txt", "/p%q.txt", "/p%25q.txt", "/%41.txt", "/%2541.txt", "/A.txt",
    "/a+b.txt", "/a%2Bb.txt", "/a%20b.txt", "/a&b=c;d,e.txt", "/a%26b%3Dc%3Bd%2Ce.txt", "/~t!'*.txt", "/@:$.txt",
    "/%40%3A%24.txt", "/b%5Cs.txt", "/b%5cs.txt", "/b\\s.txt", "/š/ž.txt", "/%C5%A1/%C5%BE.txt", "/%C5%A1%2F%C5%BE.txt",
    "/.hidden", "/.well-known/x", "/node_modules/m.js", "/%69ndex.html", "/%2e%2e/index.html", "/..%2findex.html",
    "/..%2f..%2f..%2fetc%2fpasswd", "/%2e%2e%2f%2e%2e%2fetc/passwd", "/%252e%252e/etc/passwd", "/..%5c..%5cetc/passwd",
    "/....//etc/passwd", "/index.html%00", "/%00", "/index.html%00.txt", "/a%", "/%zz", "/%e0%a4%a", "/%2F", "/%2f%2f",
    "/%2Findex.html", "/_headers", "/_redirects", "/.assetsignore",
)  # fmt: skip
APP = {"index.html": "app", "app.js": "js", "docs/index.html": "docs", "404.html": "none", "docs/404.html": "no docs"}
TYPES = {
    f"x.{name}": name
    for name in (
        "html htm txt css js mjs json xml svg png jpg webp avif ico woff woff2 ttf wasm map webmanifest pdf mp4 webm "
        "mp3 wav zip gz md csv ts yaml toml unknown HTML Css tar.gz bin php rss"
    ).split()
} | {"noext": "", "dot.": ""}
LEFT_OUT = NAMES | {
    name: "" for name in (
        "keep/a.txt", "drop/a.txt", "drop/b/c.txt", "x.map", "keep/y.map", "z.map", "a1.txt", "a2.txt", "ab.txt",
        "deep/build/o.txt", "build", "#hash", "q/r/s.tmp")
} | {".assetsignore": """# remark
drop/
*.map
!z.map
a[12].txt
build/
\\#hash
/q/**/*.tmp
node_modules
.hidden  
!drop/a.txt
"""}  # fmt: skip
HEADERS = """
# every page
/*
  X-All: 1
  x-frame-options: DENY
/a
  X-A: one
  X-A: two
  x-frame-options: SAMEORIGIN
  Set-Cookie: seen=1
/b/*
  X-Splat: in :splat
  ! etag
  ! X-All
/c/:name
  X-Name: :name and :names
https://other.example/*
  X-Host: other
https://:sub.example/*
  X-Sub: :sub
/f.*
  Cache-Control: public, max-age=31536000, immutable
  Content-Type: text/x-mine
/none*
  X-None: yes
/:one/:one
  X-Twice: never
/*/x/*
  X-Two-Splats: never
"""
WRONG_HEADERS = """
x-early: 1
/a
  no colon here
  : no name
  no-value:
  spaced name: 1
  ! x-gone
/empty
/b
  X-B: 1
ftp://x.example/a
  X-Ftp: 1
https://site.example:8080/a
  X-Port: 1
just words
"""
REDIRECTS = """
# static
/old /a
/old-301 /a 301
/303 /a 303
/307 /a 307
/308 /a 308
/query /a?x=1 302
/fragment /a#top   # a remark
/query-fragment /a?x=1#top
/out https://other.example/there?y=2 301
/out-bare https://other.example
/rewrite /b/ 200
/rewrite-page /a.html 200
/rewrite-nothing /nothing 200
/a/ /b/
/a /c
/%C3%A4 /a
/ö /a
relative /a
# dynamic
/blog/:year/:slug /b/:slug?y=:year 301
/news/* /blog/:splat
/files/* /f.txt 200
/proxy/* https://other.example/:splat
/double/* //a//:splat
/late /a
/both/* /a 301
/both/x /c
"""
WRONG_REDIRECTS = """
/one
/one /a 302 more
/one /a 404
/one /a teapot
https://site.example/x /a
/two nowhere
/three https://x.example/ 200
/four /a
/four /b
/five/* /index.html
/six/ /six/index
/seven/* /index 200
/ /index.html
"""
THROUGH = """
/ /app.js /x /via?path=/ /via?path=/app.js /via?path=/x /via?path=/index.html /via?path=/docs /via?path=/docs%2F
"""
ROUTED = """
/api /api/ /api/x /docs/ /docs /docs/public/x /docs/public /exact /exact/ /app.js /v.js /x/v.js / /x /%61pi/x
/api%2Fx /API/x /apix /api/x?q=/docs/public/
"""
HEADED = """
/ /a /a.html /b/ /b /c /c/ /c/x /f.txt /none /x/x/x http://other.example/a http://www.example/a
http://other.example:81/a /none/
"""
REDIRECTED = """
/old /old?q=1 /old/ /old-301 /303 /307 /308 /query /query?q=1 /fragment /fragment?q=1 /query-fragment?q=1 /out
/out?q=1 /out-bare /out-bare?q=1 /rewrite /rewrite?q=1 /rewrite-page /rewrite-nothing /a/ /a /ä /%C3%A4 /ö /relative
/blog/2024/hi /blog/2024/hi?q=1 /blog/2024 /blog/2024/hi/there /news/2024/x /news/ /news /news/a%20b?q=1 /files/x/y
/proxy/x/y?q=1 /proxy//x /double/x /late /both/x /both/y /OLD /%6Fld http://other.example/old
https://site.example/out
"""
KEPT_OR_NOT = """
/keep/a.txt /drop/a.txt /drop/b/c.txt /x.map /keep/y.map /z.map /a1.txt /a2.txt /ab.txt /deep/build/o.txt /build
/%23hash /q/r/s.tmp /node_modules/m.js /.hidden /.assetsignore
"""
