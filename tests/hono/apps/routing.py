"""Paths, parameters, methods, order, base paths and sub-apps: `routing.mjs` in Python."""

import json

from labkit.hono import Hono, entrypoint


def named(name):
    def handler(c):
        return c.text(
            f"{name} {c.req.route_path} {json.dumps(c.req.param(), ensure_ascii=False, separators=(',', ':'))}"
        )

    return handler


app = Hono()
app.get("/", lambda c: c.text("root"))
app.get("/hello", lambda c: c.text("hello"))
app.get("/slash/", lambda c: c.text("slash"))
app.post("/hello", lambda c: c.text("posted", 201))
app.put("/things/:id", named("put"))
app.patch("/things/:id", named("patch"))
app.delete("/things/:id", named("delete"))
app.options("/things/:id", named("options"))
app.get("/things/:id", named("get"))
app.all("/any/:id", lambda c: c.text(f"{c.req.method} {c.req.param('id')}"))
app.on("PURGE", "/cache", lambda c: c.text("purged"))
app.on(["PUT", "delete"], ["/on/a", "/on/b/:x"], named("on"))
app.get("/users/:id", named("user"))
app.get("/users/:id/books/:book", named("book"))
app.get("/post/:date{[0-9]{8}}/:slug{[a-z]+}", named("post"))
app.get("/count/:n{[0-9]+}", named("number"))
app.get("/count/:word", named("word"))
app.get("/choice/:kind{red|green}", named("choice"))
app.get(r"/file/:name{.+\.png}", named("png"))
app.get("/tree/:path{.+}", named("tree"))
app.get("/all/:rest{.*}", named("all"))
app.get("/animals/:type?", named("animals"))
app.get("/range/:from/:to?", named("range"))
app.get("/maybe/:a?/:b?", named("maybe"))
app.get("/wild/*/card", named("wild"))
app.get("/below/*", named("below"))
app.get("/begins*", named("begins"))
app.get("/two/:a/:a", named("twice"))
app.get("/dash/:user-id", named("dash"))
app.get("/dot/a.b", named("dot"))
app.get("/dot/:x", named("dot param"))
app.get("/literal/:x", named("param first"))
app.get("/literal/fixed", named("fixed second"))
app.get("/fixed/it", named("fixed first"))
app.get("/fixed/:x", named("param second"))


async def first(c, next):
    c.header("x-first", c.req.param("id"))
    await next()


@app.get("/handlers/:id", first)
def second(c):
    return c.text("second")


app.get("/chain", lambda c: c.text("get")).post(lambda c: c.text("post")).put(lambda c: c.text("put"))
app.get("noslash", lambda c: c.text("no slash"))
app.get("/日本/:x", named("unicode"))


@app.get("/path/:x")
async def path(c):
    return c.json({"path": c.req.path, "x": c.req.param("x"), "none": c.req.param("none")})


app.get("/raw/*", lambda c: c.text(c.req.path))
app.get("/url/*", lambda c: c.text(c.req.url))

books = Hono()
books.get("/", lambda c: c.text("books"))
books.get("/:id", named("book"))


@books.use("/:id/*")
async def book(c, next):
    await next()
    c.header("x-book", c.req.param("id"))


books.get("/:id/pages/:page", named("page"))
app.route("/books", books)
app.route("/shelf/:shelf", books)
deep = Hono().basePath("/v1")
deep.get("/ping", named("ping"))
deep.route("/inner", Hono().get("/:x", named("inner")))
app.route("/deep", deep)
api = app.basePath("/api")
api.get("/status", named("status"))
api.get("/", named("api root"))
api.basePath("/v2").get("/status", named("status 2"))
app.route("/late", Hono().get("*", named("late")))

Default = entrypoint(app)
