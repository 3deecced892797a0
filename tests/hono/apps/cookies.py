"""Cookies, plain and signed: `cookies.mjs` in Python."""

from datetime import UTC, datetime

from labkit.hono import (
    Hono,
    delete_cookie,
    entrypoint,
    get_cookie,
    get_signed_cookie,
    set_cookie,
    set_signed_cookie,
)

OPTIONS = {
    "plain": {},
    "all": {
        "path": "/a",
        "domain": "example.com",
        "maxAge": 1000.7,
        "expires": datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC),
        "httpOnly": True,
        "secure": True,
        "sameSite": "strict",
        "priority": "high",
        "partitioned": True,
    },
    "lax": {"httpOnly": True, "secure": True, "sameSite": "Lax", "maxAge": 604800},
    "nopath": {"path": None},
    "zero": {"maxAge": 0},
    "negative": {"maxAge": -1},
    "longest": {"maxAge": 34560000},
    "long": {"maxAge": 34560001},
    "far": {"expires": datetime(2999, 1, 1)},
    "secure": {"prefix": "secure"},
    "host": {"prefix": "host", "path": "/a", "domain": "example.com"},
    "partitioned": {"partitioned": True},
    "path": {"path": "/;x"},
    "domain": {"domain": "a\r\nb"},
}
app = Hono()


@app.get("/set/:kind")
def set_one(c):
    set_cookie(c, "sid", "v 1;é=", **OPTIONS[c.req.param("kind")])
    return c.text("set")


@app.get("/name")
def set_name(c):
    secure, path = c.req.query("secure") == "1", c.req.query("path") or "/"
    set_cookie(c, c.req.query("name"), "1", secure=secure, path=path, domain=c.req.query("domain"))
    return c.text("set")


@app.get("/several")
def several(c):
    set_cookie(c, "a", "1")
    set_cookie(c, "b", "2")
    set_cookie(c, "a", "3")
    return c.text("set")


async def late(c, next):
    await next()
    set_cookie(c, "late", "1")


app.get("/after", late, lambda c: c.text("x", 200, {"set-cookie": "early=1"}))


@app.get("/get")
def get(c):
    secure, host = get_cookie(c, "sid", "secure"), get_cookie(c, "sid", "host")
    return c.json({"sid": get_cookie(c, "sid"), "all": get_cookie(c), "secure": secure, "host": host})


app.get("/delete", lambda c: c.text(f"was {delete_cookie(c, 'sid') or 'nothing'}"))


@app.get("/delete/host")
def delete_host(c):
    return c.text(f"was {delete_cookie(c, 'sid', prefix='host', secure=True) or 'nothing'}")


@app.get("/sign")
async def sign(c):
    await set_signed_cookie(c, "sid", c.req.query("v") or "", "secret", httpOnly=True)
    return c.text("signed")


@app.get("/sign/host")
async def sign_host(c):
    await set_signed_cookie(c, "sid", "x", "secret", prefix="host")
    return c.text("signed")


@app.get("/signed")
async def signed(c):
    sid, other = await get_signed_cookie(c, "secret", "sid"), await get_signed_cookie(c, "other", "sid")
    return c.json({"sid": sid, "all": await get_signed_cookie(c, "secret"), "other": other})


app.onError(lambda error, c: c.text(str(error), 500))

Default = entrypoint(app)
