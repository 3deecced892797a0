"""A listing to its very end: pages, short pages, prefixes, and metadata that comes along."""

from labkit.grading import requirement

NAMES = ("Ada", "Ben", "Chi", "Dag", "Eve")


def newsroom(ex):
    """A lab in which an export may make 20 calls, so that one that never ends is stopped soon."""
    return ex.lab(wrangler={"kv_namespaces": [{"binding": "NEWS"}], "limits": {"subrequests": 20}})


def add(ex, lab, what, count, prefix, **end):
    """Store `count` readers under a prefix; the pairs that an export of them should hold."""
    ex.did(f"{what}: {count:,} keys that begin with {prefix!r}")
    readers = [(f"{n:04}@example.org", NAMES[n % len(NAMES)]) for n in range(count)]
    rows = ({"key": f"{prefix}{email}", "value": "{}", "metadata": {"name": name}, **end} for email, name in readers)
    lab.kv("NEWS").bulk_put(rows)
    start = prefix.removeprefix("subscriber:")
    return [[f"{start}{email}", name] for email, name in readers]


async def export(ex, lab):
    response = await ex.fetch(lab, "/export", colo="OSL")
    found = await ex.json(response)
    if type(found) is not list:
        ex.fail(
            "a list of pairs", f"JSON of another kind ({type(found).__name__})", "The mailing company reads a list."
        )
    return found


def in_words(readers):
    return f"{len(readers):,} readers" + (f", from {readers[0]} to {readers[-1]}" if readers else "")


@requirement(
    "Everybody is exported, beyond the first thousand too",
    hints=[
        "How many keys does one call of `list` return at most, and how does it say that there are more?",
        "While `list_complete` is False, ask again with `cursor=page['cursor']`. The last page has no cursor.",
        "`while True:`, then list, append, `if page['list_complete']: return ...`, `cursor = page['cursor']`.",
    ],
)
async def exports_everybody(ex):
    lab = newsroom(ex)
    wanted = add(ex, lab, "subscribers", 1000 + ex.random.randrange(10, 99), "subscriber:")
    await lab.advance(1)
    found = await export(ex, lab)
    ex.true(
        found == wanted,
        expected=in_words(wanted),
        got=in_words(found),
        because="Nothing tells a reader that her newsletter was not sent, and nothing told you: a short page is no error.",
    )


@requirement(
    "Whoever has left gets nothing",
    hints=[
        "Which keys begin with `subscriber`?",
        "`subscriber-gone:` does, too. A prefix ends where you end it.",
        'prefix="subscriber:"',
    ],
    needs=[exports_everybody],
)
async def leaves_out_who_left(ex):
    lab = newsroom(ex)
    wanted = add(ex, lab, "subscribers", 7, "subscriber:")
    add(ex, lab, "readers who have left", ex.random.randrange(3, 9), "subscriber-gone:")
    await lab.advance(1)
    found = await export(ex, lab)
    ex.true(
        found == wanted,
        expected=in_words(wanted),
        got=in_words(found),
        because="A prefix is compared letter by letter; the colon at its end is what keeps the two kinds apart.",
    )


@requirement(
    "An empty page is not the end",
    hints=[
        "What is on the first page, after a thousand keys have expired?",
        "Expired and deleted keys may take their places on a page for a while: it comes short, or empty.",
        "Do not look at how many keys came. Only `list_complete` says that there are no more.",
    ],
    needs=[exports_everybody],
)
async def goes_on_after_an_empty_page(ex):
    lab = newsroom(ex)
    add(
        ex,
        lab,
        "trial subscribers for one minute",
        1000 + ex.random.randrange(1, 9),
        "subscriber:!trial-",
        expiration_ttl=60,
    )
    wanted = add(ex, lab, "subscribers", 5, "subscriber:")
    await ex.advance(lab, 90)
    found = await export(ex, lab)
    ex.true(
        found == wanted,
        expected=in_words(wanted),
        got=in_words(found),
        because="The first page was empty, with `list_complete` False: the thousand that expired had their places on it.",
    )


@requirement(
    "No value is read",
    hints=[
        "What does each row of `page['keys']` hold besides `name`?",
        "`key['metadata']` is there already.",
        'readers.append([key["name"].removeprefix("subscriber:"), key["metadata"]["name"]])',
    ],
    needs=[exports_everybody],
)
async def reads_no_values(ex):
    lab = newsroom(ex)
    readers = add(ex, lab, "subscribers", 8, "subscriber:")
    await lab.advance(1)
    await export(ex, lab)
    read = int(lab.trace.units()["kv.read"])
    ex.equal(
        f"{read} keys read", "0 keys read",
        because=f"A listing brings metadata along. Asking for each key again is {len(readers)} trips to a store, one after "
        "the other, each of them billed, and an invocation may make only so many.",
    )  # fmt: skip
