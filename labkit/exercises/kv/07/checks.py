"""Sessions in KV: hashed keys, an end, and a logout with the bound that KV can keep."""

import hashlib

from labkit.grading import requirement

HOUR = 3600
BOUND = 30


async def login(ex, lab, user="ada"):
    """The secret in the cookie of a new session, made in London."""
    response = await ex.fetch(lab, "/login", method="POST", json={"user": user}, colo="LHR")
    cookie = response.headers.get("set-cookie") or ""
    if not cookie.startswith("sid="):
        ex.fail("a cookie called sid", f"set-cookie: {cookie!r}", "The browser sends back what `set-cookie` gave it.")
    return cookie.removeprefix("sid=").partition(";")[0]


async def me(ex, lab, secret, colo):
    return await ex.fetch(lab, "/me", headers={"cookie": f"sid={secret}"} if secret else None, colo=colo)


async def logout(ex, lab, secret):
    return await ex.fetch(lab, "/logout", method="POST", headers={"cookie": f"sid={secret}"}, colo="LHR")


@requirement(
    "Whoever has logged in is known, in other cities too",
    hints=[
        "The value is a text: `json.dumps({'user': user})`. Store it under `key_of(secret)`.",
        "To read it: `get(key_of(cookie.value), type='json')` gives a dict, or None.",
        "`Response.json(session)` sends the dict.",
    ],
)
async def knows_the_user(ex):
    lab, user = ex.lab(kv=["SESSIONS"]), f"ada{ex.random.randrange(1000)}"
    secret = await login(ex, lab, user)
    await ex.advance(lab, 1)
    for colo in ("LHR", "SIN"):
        response = await me(ex, lab, secret, colo)
        ex.equal(response.status, 200, because="She logged in a second ago. No city has asked for this key before.")
        ex.equal(await ex.json(response), {"user": user}, because="The page greets her by this name.")


@requirement(
    "Strangers get 401",
    hints=[
        "What is `session` where the key is not there?",
        "None. Answer 401 then, before you use it.",
        'return Response("who are you?", status=401) if session is None else Response.json(session)',
    ],
    needs=[knows_the_user],
)
async def refuses_strangers(ex):
    lab = ex.lab(kv=["SESSIONS"])
    await login(ex, lab)
    for secret in (None, f"made-up-{ex.random.randrange(10**9)}"):
        response = await me(ex, lab, secret, "LHR")
        ex.equal(response.status, 401, because="Without a session of hers, a visitor is nobody.")


@requirement(
    "The namespace holds no secret",
    hints=[
        "Whoever can list the namespace sees every key. What would she do with a cookie's secret?",
        "Store under a hash of it: the secret gives the hash, the hash does not give the secret.",
        'return "session:" + hashlib.sha256(secret.encode()).hexdigest()',
    ],
    needs=[knows_the_user],
)
async def hides_the_secret(ex):
    sample = f"{ex.random.getrandbits(64):016x}"
    ex.equal(
        ex.call("key_of", sample), "session:" + hashlib.sha256(sample.encode()).hexdigest(),
        because="With a secret from a backup, a log or a colleague's screen, anybody is Ada. A hash opens nothing, and "
        "support still finds a session by it.",
    )  # fmt: skip
    lab = ex.lab(kv=["SESSIONS"])
    secret = await login(ex, lab)
    ex.did("we list the namespace and read what is in it")
    env = lab.env("LHR")
    keys = [row["name"] for row in (await env.SESSIONS.list())["keys"]]
    texts = [*keys, *[await env.SESSIONS.get(key) or "" for key in keys]]
    seen = ", ".join(text.replace(secret, "(the secret)") for text in texts if secret in text)
    ex.equal(seen or "no secret", "no secret", because="Whoever reads the namespace holds the cookie itself.")


@requirement(
    "A session ends by itself after an hour",
    hints=[
        "An option of `put` ends a value.",
        "It counts in seconds from now.",
        "expirationTtl=HOUR",
    ],
    needs=[knows_the_user, refuses_strangers],
)
async def ends(ex):
    lab = ex.lab(kv=["SESSIONS"])
    secret = await login(ex, lab)
    await ex.advance(lab, HOUR - 60)
    response = await me(ex, lab, secret, "SIN")
    ex.equal(response.status, 200, because="She still has a minute.")
    await ex.advance(lab, 60)
    stored = lab.kv("SESSIONS").copies(key_in(lab))[0]
    left = "has no end" if stored["expires_in"] is None else f"ends in {stored['expires_in']:.0f} s"
    response = await me(ex, lab, secret, "SIN")
    ex.true(
        response.status == 401,
        expected="401",
        got=f"{response.status}, and what is stored {left}",
        because="The cookie may have been copied. What ends by itself needs no clean-up, and no bill.",
    )


@requirement(
    "After a logout the same city refuses at once, and the browser forgets",
    hints=[
        "`delete` takes the key.",
        "A browser drops a cookie that is set again with `Max-Age=0`.",
        'return Response("goodbye", headers={"set-cookie": f"sid=; Max-Age=0; {COOKIE}"})',
    ],
    needs=[knows_the_user, refuses_strangers],
)
async def logs_out_here(ex):
    lab = ex.lab(kv=["SESSIONS"])
    secret = await login(ex, lab)
    await ex.advance(lab, 60)
    await me(ex, lab, secret, "LHR")
    response = await logout(ex, lab, secret)
    cookie = (response.headers.get("set-cookie") or "").lower().replace(" ", "")
    ex.true(
        "max-age=0" in cookie,
        expected="set-cookie with Max-Age=0",
        got=f"set-cookie: {cookie!r}" if cookie else "no set-cookie",
        because="A cookie that stays is sent with every click, and one day somebody trusts it.",
    )
    response = await me(ex, lab, secret, "LHR")
    ex.equal(response.status, 401, because="She has logged out here, and the place that writes forgets its own copy.")


@requirement(
    "Half a minute after a logout no city lets the session in",
    hints=[
        "Which copies does a plain read accept, and how old may they be?",
        "60 seconds, and `cacheTtl` may be as low as 30. Is yours heard? A warning below says if it is not.",
        "`get(key_of(cookie.value), type='json', cacheTtl=30)`: both options by name.",
    ],
    needs=[logs_out_here],
)
async def logs_out_everywhere(ex):
    lab = ex.lab(kv=["SESSIONS"])
    secret = await login(ex, lab)
    await ex.advance(lab, 1)
    await me(ex, lab, secret, "SIN")
    rows = [row for row in lab.kv("SESSIONS").copies(key_in(lab)) if row["tier"] == "local" and row["colo"] == "SIN"]
    await logout(ex, lab, secret)
    await ex.advance(lab, BOUND)
    response = await me(ex, lab, secret, "SIN")
    ex.equal(
        response.status, 401,
        because="Singapore had read the session just before. Its copy, kept for "
        f"{rows[0]['age'] + rows[0]['expires_in'] if rows else 0:.0f} s, let in whoever held the stolen cookie.",
    )  # fmt: skip


def key_in(lab):
    """The key that the Worker read last."""
    return lab.trace.where("kv", "get")[-1].detail["key"] if lab.trace.where("kv", "get") else "none"
