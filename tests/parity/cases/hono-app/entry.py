import re

from hono import (
    NONCE,
    Hono,
    HTTPException,
    basic_auth,
    bearer_auth,
    cors,
    csrf,
    delete_cookie,
    entrypoint,
    etag,
    get_cookie,
    get_signed_cookie,
    logger,
    secure_headers,
    set_cookie,
    set_signed_cookie,
    validator,
)
from workers import Response

app = Hono()
app.use(logger())
app.use("/api/*", cors(["https://a.example"], maxAge=600))
app.use("/admin/*", bearer_auth("s3cret"))
app.use("/basic/*", basic_auth(username="ada", password="1"))
app.use("/form/*", csrf())
app.use("/tagged/*", etag())
app.use("/secure/*", secure_headers(contentSecurityPolicy={"scriptSrc": [NONCE]}))


@app.get("/hello/:name")
async def hello(c):
    return c.json({"hello": c.req.param("name"), "var": c.env.GREETING, "path": c.req.route_path})


@app.post("/api/users", validator("json", lambda value, c: value if value.get("name") else c.text("no name", 400)))
async def create(c):
    await c.env.KV.put("user", c.req.valid("json")["name"])
    return c.json({"stored": await c.env.KV.get("user")}, 201)


app.get("/admin/x", lambda c: c.text("in"))
app.get("/basic/x", lambda c: c.text("in"))
app.post("/form/x", lambda c: c.text("done"))
app.get("/tagged/x", lambda c: c.text("Hono is hot", 200, {"cache-control": "max-age=1", "x-lost": "1"}))
app.get("/tagged/bytes", lambda c: c.body(bytes(range(256)), 200, {"content-type": "application/x-bytes"}))
app.get("/tagged/nothing", lambda c: c.body(None))


@app.get("/secure/x")
def secure(c):
    return c.text(str(bool(re.fullmatch(r"'nonce-[A-Za-z0-9+/]{22}=='", NONCE(c)))))


@app.post("/parse")
async def parse(c):
    form = await c.req.parse_body(all=True, dot=True)
    text = await c.req.text()
    file = form.pop("file", None)
    return c.json(
        {"form": form, "length": len(text), "file": file and [file.name, file.content_type, await file.text()]}
    )


@app.get("/cookies/set")
async def set_cookies(c):
    set_cookie(c, "sid", "a b", httpOnly=True, sameSite="lax", maxAge=60)
    set_cookie(c, "other", "1", prefix="host")
    await set_signed_cookie(c, "signed", "hi", "secret")
    return c.text("set")


@app.get("/cookies")
async def cookies(c):
    signed = await get_signed_cookie(c, "secret", "signed")
    return c.json({"sid": get_cookie(c, "sid"), "all": get_cookie(c), "signed": signed})


app.get("/cookies/delete", lambda c: c.text(str(delete_cookie(c, "sid"))))
app.get("/moved", lambda c: c.redirect("/日本", 301))
app.get("/raw", lambda c: Response("raw", status=202, headers={"x-raw": "1"}))
app.get("/js", lambda c: Response.redirect("https://a.example/"))
app.get("/wrong", lambda c: "text")
app.get("/query", lambda c: c.json([c.req.query("q"), c.req.queries("q"), c.req.header("x-none")]))


@app.get("/replaced")
async def replaced(c, next):
    c.header("x-early", "1")
    await next()
    c.res = Response("new", headers={"x-new": "1"})
    c.header("x-late", "1")


app.get("/replaced", lambda c: c.text("old", 200, {"x-old": "1", "set-cookie": ["a=1", "b=2"]}))


@app.get("/background")
async def background(c):
    async def later():
        await c.env.KV.put("later", "done")

    c.executionCtx.waitUntil(later())
    return c.text("now")


app.get("/background/seen", lambda c: seen(c))


async def seen(c):
    return c.text(str(await c.env.KV.get("later")))


@app.get("/boom")
def boom(c):
    raise ValueError("boom")


@app.get("/teapot")
def teapot(c):
    raise HTTPException(418, message="teapot")


sub = Hono()
sub.onError(lambda error, c: c.text(f"sub: {error}", 502))
sub.get("/boom", boom)
app.route("/sub", sub)


@app.onError
def failed(error, c):
    return error.getResponse() if isinstance(error, HTTPException) else c.text(f"caught: {error}", 500)


Default = entrypoint(app)
