"""Who may come in: `auth.mjs` in Python."""

from labkit.hono import Hono, basic_auth, bearer_auth, entrypoint


async def verified(token, c):
    return token == c.req.query("t")


app = Hono()
app.use("/bearer/*", bearer_auth("s3cret"))
app.use("/many/*", bearer_auth(["one", "two"], realm='a "realm"'))
app.use("/verify/*", bearer_auth(verifyToken=verified))
app.use("/prefix/*", bearer_auth("s3cret", prefix="Bot"))
app.use("/bare/*", bearer_auth("s3cret", prefix="", headerName="X-Key"))
app.use(
    "/worded/*",
    bearer_auth(
        "s3cret",
        noAuthenticationHeader={"message": "no header", "wwwAuthenticateHeader": "Custom"},
        invalidAuthenticationHeader={
            "message": {"error": "bad header"},
            "wwwAuthenticateHeader": {"error": "invalid", "hint": "x"},
        },
        invalidToken={
            "message": lambda c: {"path": c.req.path},
            "wwwAuthenticateHeader": lambda c: 'Custom error="token"',
        },
    ),
)
app.use("/basic/*", basic_auth(username="ada", password="pass:word"))
app.use(
    "/users/*",
    basic_auth(
        {"username": "bob", "password": "2"},
        username="ada",
        password="1",
        realm='The "Area"',
        invalidUserMessage={"error": "who"},
    ),
)
app.use(
    "/check/*",
    basic_auth(
        verifyUser=lambda name, word, c: name == word and c.req.method == "GET",
        invalidUserMessage=lambda c: f"not {c.req.path}",
        onAuthSuccess=lambda c, name: c.set("user", name),
    ),
)
app.get("/*", lambda c: c.text(f"in {c.get('user') or ''}"))

Default = entrypoint(app)
