"""What a request holds, and its body in every form: `requests.mjs` in Python."""

from workers import File

from labkit.hono import Hono, entrypoint


def described(value):
    if isinstance(value, File):
        return {"file": value.name, "type": value.content_type, "size": value.size}
    return [described(each) for each in value] if isinstance(value, list) else value


def shown(form):
    return {name: described(value) for name, value in sorted(form.items())}


app = Hono(strict=False)


@app.get("/query")
def query(c):
    one, many = c.req.query("q"), c.req.queries("q")
    return c.json({"q": one, "all": c.req.query(), "many": many, "every": c.req.queries()})


@app.get("/header")
def header(c):
    one, none = c.req.header("X-One"), c.req.header("x-none")
    return c.json({"one": one, "none": none, "all": c.req.header().get("x-one")})


app.all("/method", lambda c: c.json({"method": c.req.method, "url": c.req.url, "path": c.req.path}))


@app.post("/json")
async def json(c):
    return c.json(await c.req.json())


@app.post("/text")
async def text(c):
    return c.text(await c.req.text())


@app.post("/bytes")
async def octets(c):
    return c.json(list(await c.req.bytes()))


@app.post("/again")
async def again(c):
    length = len(await c.req.bytes())
    return c.json({"text": await c.req.text(), "json": await c.req.json(), "length": length})


@app.post("/form")
async def form(c):
    return c.json([[name, described(value)] for name, value in (await c.req.form_data()).items()])


@app.post("/form/after")
async def form_after(c):
    return c.json({"text": await c.req.text(), "form": shown(await c.req.parse_body())})


@app.post("/parse")
async def parse(c):
    return c.json(shown(await c.req.parse_body()))


@app.post("/parse/all")
async def parse_all(c):
    return c.json(shown(await c.req.parse_body(all=True)))


@app.post("/parse/dot")
async def parse_dot(c):
    return c.json(shown(await c.req.parse_body(dot=True)))


@app.post("/parse/both")
async def parse_both(c):
    return c.json(shown(await c.req.parse_body(all=True, dot=True)))


app.get("/trail", lambda c: c.text("trail"))
app.get("/trailing/", lambda c: c.text("never"))


@app.get("/vars/:x")
def variables(c):
    c.set("x", c.req.param("x"))
    return c.json({"x": c.get("x"), "y": c.get("y"), "var": c.var.x})


app.onError(lambda error, c: c.text("failed", 500))

Default = entrypoint(app)
