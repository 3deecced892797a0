"""Responses of every kind: `answers.mjs` in Python."""

from workers import Response

from labkit.hono import Hono, entrypoint

app = Hono()
app.get("/text", lambda c: c.text("text"))
app.get("/text/status", lambda c: c.text("text", 201))
app.get("/text/headers", lambda c: c.text("text", 200, {"x-a": "1", "content-type": "text/markdown"}))


@app.get("/text/prepared")
def prepared(c):
    c.header("x-p", "1")
    c.status(202)
    return c.text("text")


@app.get("/text/override")
def override(c):
    c.header("x-p", "1")
    c.status(202)
    return c.text("text", 203, {"x-p": "2"})


app.get("/json", lambda c: c.json({"a": [1, 2.5, True, None, "é"], "b": {"c": "</script>"}}))
app.get("/json/status", lambda c: c.json({"created": True}, 201))
app.get("/json/headers", lambda c: c.json([], 200, {"x-a": "1"}))
app.get("/json/array", lambda c: c.json([1, "two", None]))
app.get("/json/text", lambda c: c.json("text"))
app.get("/json/null", lambda c: c.json(None))
app.get("/html", lambda c: c.html("<p>héllo</p>"))
app.get("/html/status", lambda c: c.html("<p>", 404))
app.get("/body", lambda c: c.body("body"))
app.get("/body/null", lambda c: c.body(None, 204))
app.get("/body/bytes", lambda c: c.body(bytes([0, 255, 10]), 200, {"content-type": "application/x-bytes"}))
app.get("/body/lines", lambda c: c.body("x", 200, {"set-cookie": ["a=1", "b=2"], "vary": ["a", "b"]}))
app.get("/redirect", lambda c: c.redirect("/there"))
app.get("/redirect/301", lambda c: c.redirect("https://example.org/a?b=c#d", 301))
app.get("/redirect/unicode", lambda c: c.redirect("/日本?q=é%20 x"))
app.get("/redirect/latin", lambda c: c.redirect("/caf\u00e9"))


@app.get("/redirect/header")
def redirect(c):
    c.header("x-p", "1")
    return c.redirect("/x", 307)


@app.get("/header/append")
def append(c):
    c.header("vary", "a")
    c.header("Vary", "b", append=True)
    c.header("x-g", "1")
    c.header("X-G")
    return c.text("x")


@app.get("/header/type")
def own_type(c):
    c.header("content-type", "text/x-own")
    return c.body("x")


@app.get("/header/type/text")
def own_type_of_text(c):
    c.header("content-type", "text/x-own")
    return c.text("x")


@app.get("/status/body")
def status(c):
    c.status(418)
    return c.body("x")


@app.get("/status/raw")
def raw(c):
    c.status(418)
    c.header("x-a", "1")
    return Response("raw")


@app.get("/res")
def res(c):
    c.res = Response("by res", status=203, headers={"x-r": "1"})


@app.get("/res/async")
async def res_async(c):
    c.res = Response("by res", status=203, headers={"x-r": "1"})


@app.get("/res/header")
def res_header(c):
    c.header("x-a", "1")
    c.res = Response("by res")
    c.header("x-b", "2")
    return c.res


@app.get("/made/twice")
def twice(c):
    c.header("x-a", "1")
    c.text("one", 200, {"x-one": "1"})
    return c.json({"two": 2})


Default = entrypoint(app)
