"""A guard: awaited, closed without a token, and closed to an old one."""

from labkit.grading import requirement


def office(ex, token=None, secret=None):
    """A back office with a token in KV and as a secret, where given."""
    return ex.lab(kv=["CONFIG"], secrets={"ADMIN_TOKEN": secret or token} if secret or token else None)


async def store(lab, token):
    await lab.env("LHR").CONFIG.put("admin-token", token)
    await lab.advance(1)


def a_token(ex):
    return f"k{ex.random.getrandbits(64):016x}"


async def knock(ex, lab, given, colo, **options):
    headers = None if given is None else {"authorization": given}
    return await ex.fetch(lab, "/admin", headers=headers, colo=colo, **options)


@requirement(
    "The right token opens the door",
    hints=[
        "What does a method of a binding return before it is awaited? Print the f-string in the Worker and look at the logs.",
        "An f-string makes a text of anything, of a coroutine too. The secret `self.env.ADMIN_TOKEN` is a text already.",
        'wanted = f"Bearer {self.env.ADMIN_TOKEN}"',
    ],
)
async def lets_in(ex):
    token = a_token(ex)
    lab = office(ex, token)
    await store(lab, token)
    for colo in ("LHR", "SYD"):
        response = await knock(ex, lab, f"Bearer {token}", colo)
        ex.equal(response.status, 200, because="This is an administrator with the token of the day.")


@requirement(
    "Nothing else does",
    hints=[
        "Compare the whole header with the whole text that is wanted.",
        "A request without the header has None where you expect a text.",
        '`given = request.headers.get("authorization") or ""`, and then equality, nothing looser.',
    ],
    needs=[lets_in],
)
async def keeps_out(ex):
    token = a_token(ex)
    lab = office(ex, token)
    await store(lab, token)
    near = [f"Bearer {token}x", f"Bearer {token[:-1]}", f"Bearer {token.upper()}", f"x Bearer {token}", token]
    for given in (None, "", "Bearer", "Bearer ", "Bearer None", "Bearer null", *near):
        response = await knock(ex, lab, given, "SYD")
        ex.true(
            response.status == 401,
            expected="401",
            got=f"{response.status} for the header {given!r}, where the token is {token!r}",
            because="Near is not right, and a scanner tries all of these within a second.",
        )


@requirement(
    "Before a token is set, nobody gets in",
    hints=[
        "What stands in the f-string where there is no token?",
        "The word None. A request with `Bearer None` then matches.",
        "Take the secret as `self.env.ADMIN_TOKEN`: where it is not set that raises, and the door stays shut.",
    ],
    needs=[lets_in],
)
async def is_closed_without_a_token(ex):
    lab = office(ex)
    for given in ("Bearer None", "Bearer null", "Bearer ", "Bearer"):
        response = await knock(ex, lab, given, "SYD", raises=True)
        ex.true(
            response.status >= 400,
            expected="401, or an error page",
            got=f"{response.status} for the header {given!r}",
            because="A new city, a new account, a key not written yet: a guard without a token must refuse everybody.",
        )


@requirement(
    "A token that was replaced opens nothing, in no city",
    hints=[
        "A second after the new token is written, what does Sydney read?",
        "Its copy of the old one, for half a minute at the very least. KV is the wrong place for what must be revoked.",
        "Do not read KV here at all: compare with the secret.",
    ],
    needs=[lets_in],
)
async def refuses_an_old_token(ex):
    old, new = a_token(ex), a_token(ex)
    lab = office(ex, secret=new)
    await store(lab, old)
    await knock(ex, lab, f"Bearer {old}", "SYD", raises=True)
    ex.did("the token is replaced: in KV from London, and as a secret with a new version")
    await store(lab, new)
    held = [row for row in lab.kv("CONFIG").copies("admin-token") if (row["tier"], row["colo"]) == ("local", "SYD")]
    copy = f", with Sydney's copy, which it keeps for {held[0]['age'] + held[0]['expires_in']:.0f} s" if held else ""
    response = await knock(ex, lab, f"Bearer {old}", "SYD")
    ex.true(
        response.status == 401,
        expected="401",
        got=f"{response.status}{copy}",
        because="It was replaced because it had leaked, and a second later the thief tries it in Sydney.",
    )
    response = await knock(ex, lab, f"Bearer {new}", "SYD")
    ex.equal(response.status, 200, because="The administrators hold the new one.")
