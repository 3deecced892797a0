"""Who is called when, errors, and which headers stay: `order.mjs` in Python."""

from workers import Response

from labkit.hono import Hono, HTTPException, entrypoint


def around(name):
    async def middleware(c, next):
        c.set("way", [*(c.get("way") or []), name])
        await next()
        c.header("x-back", name, append=True)

    return middleware


def throws(error):
    def handler(c):
        raise error

    return handler


app = Hono()
app.use("/onion/*", around("a"))
app.use("/onion/*", around("b"), around("c"))
app.get("/onion/way", lambda c: c.json(c.var.way))
app.use("/onion/*", around("too late"))
app.get("/onion/late", lambda c: c.json(c.get("way")))
app.get("/onion/unset", lambda c: c.json({"none": c.get("none")}))

app.use("/stop/*", lambda c: c.text("stopped", 403))
app.get("/stop/here", lambda c: c.text("never"))


@app.use("/twice/*")
async def twice(c, next):
    await next()
    await next()


app.get("/twice/x", lambda c: c.text("x"))
app.use("/forgot/*", lambda c: None)
app.get("/forgot/x", lambda c: c.text("never"))
app.get("/nothing", lambda c: None)
app.use("/through/*", lambda c, next: next())


@app.use("/returned/*")
async def returned(c, next):
    await next()
    return c.text("ignored")


app.get("/returned/x", lambda c: c.text("kept"))


@app.use("/replaced/*")
async def replaced(c, next):
    c.header("x-early", "1")
    await next()
    before = c.res.headers.get("x-own")
    headers = {"x-own": "new", "x-new": "2", "content-type": "text/x", "set-cookie": "new=1"}
    c.res = Response(f"instead of {before or 'null'}", status=202, headers=headers)


app.get("/replaced/x", lambda c: c.text("x", 200, {"x-own": "old", "set-cookie": ["a=1", "b=2"]}))
app.get("/replaced/nocookie", lambda c: c.text("x", 200, {"x-own": "old"}))


@app.use("/after/*")
async def after(c, next):
    await next()
    c.header("x-after", "1")
    c.header("x-gone", None)
    c.status(500)


app.get("/after/x", lambda c: c.text("x", 200, {"x-gone": "1", "x-stays": "2"}))
app.get("/after/raw", lambda c: Response("raw", headers={"x-gone": "1"}))


@app.use("/touched/*")
async def touched(c, next):
    c.res.js_object.headers.set("x-touched", "1")
    await next()


app.get("/touched/x", lambda c: c.text("x"))
app.get("/touched/raw", lambda c: Response("raw", status=201))


@app.use("/lost/*")
async def lost(c, next):
    c.header("x-lost", "1")
    await next()


app.get("/lost/raw", lambda c: Response("raw"))
app.get("/lost/made", lambda c: c.text("made"))


@app.use("/error/*")
async def errors(c, next):
    c.header("x-before", "1")
    await next()
    c.header("x-error", str(c.error) if c.error else "none")


app.get("/error/boom", throws(RuntimeError("boom")))


@app.get("/error/async")
async def boom(c):
    raise RuntimeError("async boom")


app.get("/error/fine", lambda c: c.text("fine"))
app.get("/error/http", throws(HTTPException(418, message="teapot")))
app.get("/alone", throws(RuntimeError("alone")))
app.get("/http/default", throws(HTTPException()))
app.get("/http/401", throws(HTTPException(401, message="who?")))


@app.get("/http/res")
def with_response(c):
    pay = Response("pay", status=200, headers={"x-res": "1", "set-cookie": "a=1"})
    raise HTTPException(402, res=pay, message="unused")


@app.get("/http/headers")
def with_headers(c):
    c.header("x-kept", "1")
    c.status(201)
    raise HTTPException(409, message="conflict")


sub = Hono()
sub.onError(lambda error, c: c.text(f"sub: {error}", 502, {"x-sub": "1"}))


@sub.use("*")
async def through_sub(c, next):
    await next()
    c.header("x-through-sub", "1")


sub.get("/boom", throws(RuntimeError("in sub")))
sub.get("/fine", lambda c: c.text("fine"))
sub.get("/fails", throws(HTTPException(400, message="bad")))
sub.get("/missing", lambda c: c.notFound())
app.route("/sub", sub)
plain = Hono()
plain.get("/boom", throws(RuntimeError("in plain")))
plain.notFound(lambda c: c.text("never asked", 404))
inner = Hono()
inner.get("/boom", throws(RuntimeError("in inner")))
plain.route("/inner", inner)
app.route("/plain", plain)
outer = Hono()
outer.onError(lambda error, c: c.text(f"outer: {error}", 503))
outer.route("/in", Hono().get("/boom", throws(RuntimeError("deep"))))
fierce = Hono()


@fierce.onError
def again(error, c):
    raise RuntimeError(f"again {error}")


fierce.get("/boom", throws(RuntimeError("first")))
outer.route("/fierce", fierce)
app.route("/outer", outer)

app.get("/found/not", lambda c: c.notFound())


@app.get("/found/header")
def with_header(c):
    c.header("x-h", "1")
    return c.notFound()


@app.notFound
async def missing(c):
    return c.text(f"nothing at {c.req.path}", 404)


@app.onError
async def failed(error, c):
    if isinstance(error, HTTPException):
        return error.getResponse()
    return c.text(f"caught: {error}", 500)


Default = entrypoint(app)
