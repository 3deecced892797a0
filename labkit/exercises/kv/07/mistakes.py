"""What people write instead."""

from labkit.grading import mistake

READ = 'type="json", cacheTtl=30'
HASH = '"session:" + hashlib.sha256(secret.encode()).hexdigest()'

MISTAKES = [
    mistake(
        "the default cacheTtl",
        replace={READ: 'type="json"'},
        fails=["logs_out_everywhere"],
        believes="delete removes the key everywhere.",
        diagnosis="`delete` reaches the central stores. A city that has a copy goes on letting the session in, for 60 seconds "
        "unless your read says less: cacheTtl=30.",
    ),
    mistake(
        "the type in its place",
        replace={READ: '"json", cacheTtl=30'},
        fails=["logs_out_everywhere"],
        believes="A keyword may follow any argument.",
        diagnosis="`get` takes a type or options. After the type in its place nobody reads the options: name both, "
        'type="json", cacheTtl=30.',
    ),
    mistake(
        "cacheTtl 0",
        replace={"cacheTtl=30": "cacheTtl=0"},
        fails=["knows_the_user"],
        believes="cacheTtl=0 switches the copies off.",
        diagnosis="KV refuses less than 30. There is no read of KV that looks past the copies.",
    ),
    mistake(
        "the secret is the key",
        replace={HASH: '"session:" + secret'},
        fails=["hides_the_secret"],
        believes="Nobody sees the keys.",
        diagnosis="Whoever lists the namespace holds every cookie. Store under a hash of the secret.",
    ),
    mistake(
        "the secret in the value",
        replace={
            'json.dumps({"user": user})': 'json.dumps({"user": user, "sid": secret})',
            "Response.json(session)": 'Response.json({"user": session["user"]})',
        },
        fails=["hides_the_secret"],
        believes="The value is private.",
        diagnosis="The key is hashed and the value tells the secret all the same.",
    ),
    mistake(
        "a hash without its prefix",
        replace={HASH: "hashlib.sha256(secret.encode()).hexdigest()"},
        fails=["hides_the_secret"],
        believes="The namespace is for sessions only.",
        diagnosis="The key is `session:` and the hash: what is under one prefix can be listed, counted and cleared together.",
    ),
    mistake(
        "no end",
        replace={", expirationTtl=HOUR": ""},
        fails=["ends"],
        believes="The cookie's Max-Age ends the session.",
        diagnosis="Max-Age is a request to the browser. Whoever copied the cookie does not follow it; only expirationTtl ends the value.",
    ),
    mistake(
        "milliseconds",
        replace={"expirationTtl=HOUR": "expirationTtl=HOUR * 1000"},
        fails=["ends"],
        believes="Times are in milliseconds, as in JavaScript.",
        diagnosis="expirationTtl is in seconds: this session lives for 41 days.",
    ),
    mistake(
        "the cookie stays",
        replace={', headers={"set-cookie": f"sid=; Max-Age=0; {COOKIE}"})': ")"},
        fails=["logs_out_here"],
        believes="Without its session a cookie is harmless.",
        diagnosis="The browser keeps sending the cookie for an hour, and in other cities it still opens the session for a while.",
    ),
    mistake(
        "the cookie alone",
        replace={"            await self.env.SESSIONS.delete(key_of(cookie.value))\n": ""},
        fails=["logs_out_here"],
        believes="When the browser has forgotten the cookie, the session is over.",
        diagnosis="The session is still in KV, and a copied cookie opens it for the rest of the hour. Delete the key.",
    ),
    mistake(
        "a text for all",
        replace={
            'Response("who are you?", status=401) if session is None else Response.json(session)': "Response.json(session)"
        },
        fails=["refuses_strangers"],
        believes="Where there is no session, get raises.",
        diagnosis="`get` returns None for a key that is not there. Your Worker answers 200, with `null`.",
    ),
    mistake(
        "the dict as it is",
        replace={'json.dumps({"user": user})': '{"user": user}'},
        fails=["knows_the_user"],
        believes="KV stores objects.",
        diagnosis="KV stores text and bytes. `json.dumps` makes a text; `type='json'` makes a dict of it again when it is read.",
    ),
]

EXCUSED = {
    "secret, user = (secrets.token_urlsafe(32), (await request.json())['user']) => "
    "secret, user = (secrets.token_urlsafe(33), (await request.json())['user'])": "A longer secret is as good.",
}
