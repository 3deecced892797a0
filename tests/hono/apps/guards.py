"""cors, csrf, secure_headers, etag and logger: `guards.mjs` in Python."""

import re

from labkit.hono import Hono, cors, csrf, entrypoint, etag, logger, secure_headers

lines = []


def kept(c):
    found, lines[:] = lines[:], []
    return c.json(found)


def boom(c):
    raise RuntimeError("boom")


app = Hono()
app.use("/cors/any/*", cors())
app.use(
    "/cors/one/*",
    cors(
        "https://a.example",
        credentials=True,
        maxAge=600,
        exposeHeaders=["x-a", "x-b"],
        allowMethods=["GET"],
        allowHeaders=["x-c", "x-d"],
    ),
)
app.use("/cors/list/*", cors(["https://a.example", "https://b.example"]))
app.use(
    "/cors/function/*",
    cors(
        lambda origin, c: origin if origin.endswith(".example") else None,
        allowMethods=lambda origin, c: ["GET", "POST"] if origin == "https://a.example" else [],
    ),
)
app.use("/cors/none/*", cors(allowMethods=[]))
app.all("/cors/:kind/x", lambda c: c.json({"ok": True}))
app.get("/cors/:kind/vary", lambda c: c.text("x", 200, {"vary": "accept"}))
app.get("/cors/:kind/boom", boom)

app.use("/csrf/own/*", csrf())
app.use("/csrf/one/*", csrf(origin="https://a.example"))
app.use("/csrf/list/*", csrf(origin=["https://a.example"], secFetchSite=["same-site", "none"]))
app.use(
    "/csrf/function/*",
    csrf(
        origin=lambda origin, c: c.req.query("trust") == origin,
        secFetchSite=lambda site, c: site == "cross-site",
    ),
)
app.all("/csrf/:kind/x", lambda c: c.text("done"))

app.use("/secure/usual/*", secure_headers())
app.use(
    "/secure/own/*",
    secure_headers(
        xFrameOptions="DENY",
        xXssProtection=False,
        crossOriginEmbedderPolicy=True,
        strictTransportSecurity="max-age=1",
        removePoweredBy=False,
        contentSecurityPolicy={
            "defaultSrc": ["'self'"],
            "imgSrc": "*",
            "upgradeInsecureRequests": [],
            "scriptSrcElem": ["'self'", lambda c, directive: f"'{directive}-{c.req.path}'"],
        },
        contentSecurityPolicyReportOnly={"reportTo": "e"},
        permissionsPolicy={
            "fullscreen": ["self"],
            "bluetooth": ["none"],
            "payment": False,
            "geolocation": ["*"],
            "usb": True,
            "camera": [],
            "syncXhr": ["self", "https://x.example"],
        },
        reportingEndpoints=[{"name": "e", "url": "https://r.example"}, {"name": "f", "url": "https://s.example"}],
        reportTo=[{"group": "g", "max_age": 1, "endpoints": [{"url": "https://r.example"}]}],
    ),
)
app.use("/secure/gentle/*", secure_headers(overwrite=False))


@app.get("/secure/:kind/x")
def secured(c):
    return c.text("x", 200, {"x-powered-by": "me", "x-frame-options": "OWN", "referrer-policy": "origin"})


app.use("/etag/strong/*", etag())
app.use("/etag/weak/*", etag(weak=True, retainedHeaders=["X-Kept", "etag"]))
app.use("/etag/own/*", etag(generateDigest=lambda body: bytes([len(body)])))


@app.get("/etag/:kind/x")
def hot(c):
    return c.text("Hono is hot", 200, {"x-kept": "1", "cache-control": "max-age=1", "set-cookie": "a=1"})


app.get("/etag/:kind/long", lambda c: c.text("x" * 600_000))
app.get("/etag/:kind/given", lambda c: c.text("x", 200, {"etag": '"given"'}))
app.get("/etag/:kind/empty", lambda c: c.body(None))
app.get("/etag/:kind/error", lambda c: c.text("x", 404))
app.post("/etag/:kind/x", lambda c: c.text("x"))

app.use("/log/*", logger(lambda line: lines.append(re.sub(r"\d+m?s$", "TIME", line))))
app.get("/log/x", lambda c: c.text("x"))
app.get("/log/moved", lambda c: c.redirect("/"))
app.get("/log/boom", lambda c: c.text("x", 500))
app.get("/lines", kept)

Default = entrypoint(app)
