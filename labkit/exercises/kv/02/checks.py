"""cacheTtl pulls two ways: how long a copy serves, and how long an old value is seen."""

from labkit.grading import requirement

PROMISE = 120


async def switch(ex, lab, value):
    await ex.fetch(lab, "/flags/payments", method="PUT", body=value, colo="LHR")


async def ask(ex, lab, colo):
    response = await ex.fetch(lab, "/flags/payments", colo=colo)
    return await response.text()


def kept(lab, colo):
    """How long this place keeps its copy, in words."""
    rows = [row for row in lab.kv("FLAGS").copies("payments") if (row["tier"], row["colo"]) == ("local", colo)]
    return f"a copy kept for {rows[0]['age'] + rows[0]['expires_in']:.0f} s" if rows else "no copy left"


@requirement(
    "The flag is read as before, and is `on` where nobody has set it",
    hints=[
        "Change the line with `get`, and nothing else.",
        "An option that KV refuses ends in its error page: read the words in `Got`.",
        "`get` takes an option as a keyword after the key.",
    ],
)
async def still_reads(ex):
    lab = ex.lab(kv=["FLAGS"])
    ex.equal(await ask(ex, lab, "AKL"), "on", because="Payments work unless somebody has switched them off.")
    await switch(ex, lab, "off")
    await ex.advance(lab, 1)
    ex.equal(await ask(ex, lab, "SIN"), "off", because="Singapore has no copy yet, so it gets the value as it is.")


@requirement(
    "Two minutes after the switch, no city sends shoppers to the bank",
    hints=[
        "Which option of `get` bounds the age of a copy? It counts in seconds.",
        "The bound has to be the promise or less: two minutes.",
        "cacheTtl=120",
    ],
    needs=[still_reads],
)
async def keeps_the_promise(ex):
    lab = ex.lab(kv=["FLAGS"])
    await switch(ex, lab, "on")
    await ex.advance(lab, 1)
    cities = ex.random.sample(["PER", "GRU", "NRT", "JNB", "SEA"], 3)
    for colo in cities:
        await ask(ex, lab, colo)
    await switch(ex, lab, "off")
    await ex.advance(lab, PROMISE)
    for colo in cities:
        copy = kept(lab, colo)
        answer = await ask(ex, lab, colo)
        ex.true(
            answer == "off",
            expected="'off'",
            got=f"{answer!r}. {colo} had {copy}",
            because=f"{colo} fetched its copy just before the switch, and nothing tells it of the write. "
            "Only the age that your read accepts ends the old value.",
        )


@requirement(
    "A shopper two minutes after another is answered from the city's own copy",
    hints=[
        "After how many seconds does a plain `get` no longer accept a copy?",
        "After 60. The promise to the bank allows more.",
        "cacheTtl=120",
    ],
    needs=[still_reads],
)
async def uses_the_copy(ex):
    lab = ex.lab(kv=["FLAGS"])
    await switch(ex, lab, "on")
    await ask(ex, lab, "PER")
    copy = kept(lab, "PER")
    await ex.advance(lab, PROMISE - 2)
    before = lab.now
    await ask(ex, lab, "PER")
    outcomes = [event.outcome for event in lab.trace.where("kv", "get") if event.start >= before]
    ex.true(
        bool(outcomes) and "miss" not in outcomes,
        expected="a read that Perth's own copy answers",
        got=f"a read that went to another city. Perth had {copy}" if outcomes else "no read of KV at all",
        because="From Perth the long way takes 200 ms. The promise lets a copy serve for two minutes: use them.",
    )
