"""A flag service: an allow-list, defaults, no end, one bulk read, and a cacheTtl with its price."""

from collections import Counter

from labkit.grading import requirement

DEFAULTS = {"dark-mode": "off", "gift-cards": "on", "search-v2": "off"}
FIVE_MINUTES = 300


def service(ex):
    return ex.lab(kv=["CONFIG"])


async def read(ex, lab, name, colo="CPH"):
    response = await ex.fetch(lab, f"/flags/{name}", colo=colo)
    return await response.text()


async def switch(ex, lab, name, value):
    await ex.fetch(lab, f"/flags/{name}", method="PUT", body=value, colo="OSL")


def reads_since(lab, since):
    """The outcomes of the Worker's reads since a moment."""
    events = [event for event in lab.trace.where("kv") if event.start >= since]
    return [event.outcome for event in events if event.operation in ("get", "getWithMetadata")]


@requirement(
    "A flag shows what was stored last, and its default before that",
    hints=[
        "PUT: `await request.text()` is the new value; the key is `flag:` and the name.",
        "GET: read the same key. What does `get` return where nothing is stored?",
        "`return Response(DEFAULTS[name] if value is None else value)`",
    ],
)
async def shows_a_flag(ex):
    lab = service(ex)
    for name, default in DEFAULTS.items():
        ex.equal(await read(ex, lab, name), default, because="Nobody has set this flag yet, so its default holds.")
    name = ex.random.choice(list(DEFAULTS))
    value = "on" if DEFAULTS[name] == "off" else "off"
    await switch(ex, lab, name, value)
    await ex.advance(lab, 1)
    ex.equal(await read(ex, lab, name, "ARN"), value, because="The operators have set it, and Stockholm had no copy.")
    found = await lab.env("OSL").CONFIG.get(f"flag:{name}")
    ex.did(f"we read the key 'flag:{name}' ourselves")
    ex.equal(found, value, because="Other Workers read the same namespace and know the flag by this key.")


@requirement(
    "Any other name is 404, and KV is not asked",
    hints=[
        "Compare the name with `DEFAULTS` before anything else is done with it.",
        "`if name not in DEFAULTS:` and return.",
        'return Response("unknown flag", status=404)',
    ],
    needs=[shows_a_flag],
)
async def refuses_other_names(ex):
    lab = service(ex)
    await lab.env("OSL").CONFIG.put("flag:price-test-b", "19.90")
    await lab.advance(1)
    before = lab.now
    for name in ("price-test-b", f"x{ex.random.randrange(1000)}"):
        response = await ex.fetch(lab, f"/flags/{name}", colo="CPH")
        ex.equal(response.status, 404, because="Whoever guesses names would read your configuration, key by key.")
    ex.equal(
        f"{len(reads_since(lab, before))} keys read", "0 keys read",
        because="A read of a key that is not there is billed like any other. Made-up names must cost nothing.",
    )  # fmt: skip


@requirement(
    "All flags come in one operation",
    hints=[
        "`get` takes a list of keys, too.",
        "It returns a dict by key, with None where nothing is stored.",
        "`stored = await self.env.CONFIG.get([f'flag:{flag}' for flag in DEFAULTS])`, then `stored[f'flag:{flag}']`.",
    ],
    needs=[shows_a_flag],
)
async def shows_all_at_once(ex):
    lab = service(ex)
    await switch(ex, lab, "dark-mode", "on")
    await ex.advance(lab, 1)
    before = lab.now
    response = await ex.fetch(lab, "/flags", colo="CPH")
    ex.equal(
        await ex.json(response), {**DEFAULTS, "dark-mode": "on"},
        because="A page needs all flags, those that nobody has set included.",
    )  # fmt: skip
    made = Counter(event.operation for event in lab.trace.where("kv") if event.start >= before)
    ex.equal(
        ", ".join(f"{count} x {operation}" for operation, count in made.items()), "1 x get",
        because="Three reads one after the other are three trips. A bulk read is one, for up to a hundred keys.",
    )  # fmt: skip


@requirement(
    "A flag that was set stays set",
    hints=[
        "What ends a value by itself?",
        "An option of `put`. A flag should not have it.",
        'await self.env.CONFIG.put(f"flag:{name}", await request.text())',
    ],
    needs=[shows_a_flag],
)
async def stays(ex):
    lab = service(ex)
    await switch(ex, lab, "gift-cards", "off")
    await ex.advance(lab, "90 days")
    ex.equal(
        await read(ex, lab, "gift-cards"), "off",
        because="Gift cards came back by themselves, at night, three months after somebody had switched them off.",
    )  # fmt: skip


@requirement(
    "For five minutes a city answers from its own copy",
    hints=[
        "A plain read accepts a copy for 60 seconds.",
        "`cacheTtl` says for how long, in seconds. Both ways of reading need it.",
        "cacheTtl=300",
    ],
    needs=[shows_a_flag, shows_all_at_once],
)
async def uses_copies(ex):
    for path in ("/flags/dark-mode", "/flags"):
        lab = service(ex)
        await ex.fetch(lab, path, colo="PER")
        await ex.advance(lab, FIVE_MINUTES - 3)
        before = lab.now
        await ex.fetch(lab, path, colo="PER")
        made = reads_since(lab, before)
        ex.true(
            bool(made) and "miss" not in made,
            expected="a read that Perth's own copy answers",
            got=f"{path}: a read that went to another city" if made else f"{path}: no read of KV at all",
            because="The shop agreed to five minutes. Every read that leaves the city without need is 200 ms of somebody's wait.",
        )


@requirement(
    "Five minutes after a switch every city shows it",
    hints=[
        "How old may a copy be that still answers?",
        "No older than the five minutes that were agreed on.",
        "cacheTtl=300",
    ],
    needs=[shows_a_flag, shows_all_at_once],
)
async def switches_in_time(ex):
    for path in ("/flags/dark-mode", "/flags"):
        lab = service(ex)
        await ex.fetch(lab, path, colo="PER")
        await switch(ex, lab, "dark-mode", "on")
        await ex.advance(lab, FIVE_MINUTES)
        response = await ex.fetch(lab, path, colo="PER")
        text = await response.text()
        ex.true(
            '"dark-mode":"on"' in text.replace(" ", "") or text == "on",
            expected=f"{path} with dark mode on",
            got=text,
            because="Perth had a copy from before the switch, and only its age ends that. The shop agreed to five minutes.",
        )
