"""A value, its metadata and its end, written once and read once."""

from labkit.grading import requirement


async def put_up(ex, lab, text, author="Signe", seconds=7200):
    notice = {"text": text, "author": author, "seconds": seconds}
    return await ex.fetch(lab, "/notice", method="PUT", json=notice, colo="OSL")


def a_text(ex):
    return f"Closed until {ex.random.randrange(9, 18)} o'clock"


def left(lab):
    """How long the notice that is stored has to live, in words."""
    row = lab.kv("SHOP").copies("notice")[0]
    return "no end" if row["expires_in"] is None else f"{row['expires_in']:,.0f} s to live"


@requirement(
    "A notice is stored, and other Workers find the plain text and its author",
    hints=[
        "`request.method` tells PUT from GET; `await request.json()` is the notice as a dict.",
        "`put` takes the key, the value, and options: `metadata=` takes a dict.",
        'await self.env.SHOP.put("notice", notice["text"], metadata={"author": notice["author"]})',
    ],
)
async def stores(ex):
    lab, text = ex.lab(kv=["SHOP"]), a_text(ex)
    response = await put_up(ex, lab, text, author="Aud")
    ex.equal(await response.text(), "stored", because="The manager waits for this word.")
    found = await lab.env("OSL").SHOP.getWithMetadata("notice")
    ex.did("we read the key 'notice' and its metadata, as another Worker would")
    ex.equal(
        {"value": found["value"], "metadata": found["metadata"]},
        {"value": text, "metadata": {"author": "Aud"}},
        because="The shop's sign and its app read the same key and expect a text, with the author beside it.",
    )


@requirement(
    "A visitor gets the text, and the author in `x-author`",
    hints=[
        "One method returns the value and the metadata together.",
        "`found = await self.env.SHOP.getWithMetadata('notice')`; then `found['value']` and `found['metadata']`.",
        'return Response(found["value"], headers={"x-author": found["metadata"]["author"]})',
    ],
    needs=[stores],
)
async def shows(ex):
    lab, text = ex.lab(kv=["SHOP"]), a_text(ex)
    await put_up(ex, lab, text)
    await ex.advance(lab, 1)
    response = await ex.fetch(lab, "/notice", colo="CPH")
    ex.equal(response.status, 200, because="There is a notice.")
    ex.equal(await response.text(), text, because="The text is what visitors came for.")
    ex.equal(
        response.headers.get("x-author"), "Signe",
        because="Staff ask who wrote the notice before they act on it.",
    )  # fmt: skip


@requirement(
    "A visit is one read",
    hints=[
        "Metadata costs no read of its own.",
        "`get` for the text and another call for the author is one too many.",
        "`getWithMetadata` alone gives both.",
    ],
    needs=[shows],
)
async def reads_once(ex):
    lab = ex.lab(kv=["SHOP"])
    await put_up(ex, lab, a_text(ex))
    before = lab.now
    await ex.fetch(lab, "/notice", colo="CPH")
    made = [event.operation for event in lab.trace.where("kv") if event.start >= before]
    ex.equal(
        len(made), 1,
        because="Value and metadata come in one trip. A second call is billed again, and may see another version.",
    )  # fmt: skip


@requirement(
    "Without a notice the answer is 404",
    hints=[
        "What does `getWithMetadata` return for a key that is not there? Not None.",
        "A dict whose `value` is None and whose `metadata` is None.",
        'if found["value"] is None: return Response("no notice", status=404)',
    ],
    needs=[stores],
)
async def says_404(ex):
    lab = ex.lab(kv=["SHOP"])
    response = await ex.fetch(lab, "/notice", colo="CPH")
    ex.equal(response.status, 404, because="The sign over the door stays dark on 404, and lights up on anything else.")


@requirement(
    "A notice goes away when its time is over, and not before",
    hints=[
        "Do not delete it yourself: nobody may be there to do it.",
        "An option of `put` sets the end, in seconds from now.",
        'expirationTtl=notice["seconds"]',
    ],
    needs=[shows, says_404],
)
async def ends(ex):
    lab, seconds = ex.lab(kv=["SHOP"]), ex.random.randrange(3000, 6000)
    await put_up(ex, lab, a_text(ex), seconds=seconds)
    await ex.advance(lab, seconds - 30)
    response = await ex.fetch(lab, "/notice", colo="CPH")
    ex.equal(response.status, 200, because="Half a minute of the notice's time is left.")
    await ex.advance(lab, 31)
    response = await ex.fetch(lab, "/notice", colo="CPH")
    ex.true(
        response.status == 404,
        expected="404",
        got=f"{response.status}, and what is stored has {left(lab)}",
        because="The storm is over and the manager has gone home. A copy goes away with the value's end, too.",
    )


@requirement(
    "A notice for less than a minute is kept for a minute",
    hints=[
        "KV refuses an `expirationTtl` below 60, and the manager sees an error page.",
        "Take the greater of two numbers.",
        'expirationTtl=max(60, notice["seconds"])',
    ],
    needs=[shows, says_404],
)
async def accepts_a_short_one(ex):
    lab = ex.lab(kv=["SHOP"])
    response = await put_up(ex, lab, a_text(ex), seconds=20)
    ex.equal(response.status, 200, because="Twenty seconds is a fair wish. KV's smallest is a minute.")
    await ex.advance(lab, 60)
    response = await ex.fetch(lab, "/notice", colo="CPH")
    ex.equal(response.status, 404, because="A minute is over.")
