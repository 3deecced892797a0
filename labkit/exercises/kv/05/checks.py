"""A count without a counter: one key for each fact, no read before a write, and every page of the listing."""

import asyncio
from collections import Counter
from os.path import commonprefix

from labkit.grading import requirement

MINUTE = 61


def petition(ex):
    """A lab in which a request may make 50 calls, so that a count that never ends is stopped soon."""
    return ex.lab(wrangler={"kv_namespaces": [{"binding": "PETITION"}], "limits": {"subrequests": 50}})


async def crowd(ex, lab, people):
    """All of them sign at once; what we did in one line. Refuses an answer that is no thanks."""
    began = lab.now
    signing = [lab.fetch("/sign", method="POST", json={"email": email}, colo=colo) for email, colo in people]
    answers = await asyncio.gather(*signing)
    ex.did(f"{len(people)} times POST /sign at once, from {' and '.join(sorted({colo for _, colo in people}))}")
    errors = [answer for answer in answers if answer.status >= 400]
    if errors:
        words = lab.logs[-1].message.splitlines()[-1] if lab.logs else await errors[0].text()
        ex.fail(
            "no error page",
            f"{len(errors)} of {len(people)} got an error page. The log says: {words.removeprefix('pyodide.ffi.')}. "
            f"Calls of KV: {calls_of(lab, began)}",
            "Each of them clicked, saw an error, and may not come back.",
        )
    texts = {await answer.text() for answer in answers}
    ex.equal(texts, {"thank you"}, because="The page shows this text to whoever signs.")


def calls_of(lab, since):
    """What the Worker asked of KV, in words: `2 x get, 2 x put`."""
    made = Counter(event.operation for event in lab.trace.where("kv") if event.start >= since)
    return ", ".join(f"{times} x {operation}" for operation, times in made.items()) or "none"


async def count(ex, lab):
    await ex.advance(lab, MINUTE)
    response = await ex.fetch(lab, "/count", colo="VIE")
    return await response.text()


@requirement(
    "A signature is thanked for, and counted a minute later",
    hints=[
        "Give each signature a key of its own. What tells one person from another?",
        "The email does: `signature:` and the email. Then count the keys that begin so.",
        "`(await self.env.PETITION.list(prefix='signature:'))['keys']` is a list; `len` of it is the count.",
    ],
)
async def counts_one(ex):
    lab = petition(ex)
    email = f"ada{ex.random.randrange(1000)}@example.org"
    response = await ex.fetch(lab, "/sign", method="POST", json={"email": email}, colo="VIE")
    ex.equal(await response.text(), "thank you", because="The page shows this text to whoever signs.")
    ex.equal(await count(ex, lab), "1", because="One person has signed.")


@requirement(
    "When forty people sign at once in two cities, none is lost",
    hints=[
        "Two Workers that read 17 both write 18. What if nobody reads before writing?",
        "Two writers of one key overwrite each other, and the second within a second is refused.",
        "One key for each person: `await self.env.PETITION.put(f'signature:{email}', '')`, and no `get` before it.",
    ],
    needs=[counts_one],
)
async def loses_none(ex):
    lab = petition(ex)
    await crowd(ex, lab, [(f"p{ex.random.randrange(10**9)}@example.org", ("VIE", "HAM")[n % 2]) for n in range(40)])
    ex.equal(
        await count(ex, lab), "40",
        because="Each lost signature is a person who was thanked and not counted. Nobody would ever notice.",
    )  # fmt: skip


@requirement(
    "A double click counts once and shows no error",
    hints=[
        "What does KV answer to two writes of one key within a second?",
        "It refuses the second with 429, and `put` raises JsException. But then the signature is there already.",
        "`try:` the put, `except JsException as error:`, and go on if '429' is in `str(error)`.",
    ],
    needs=[counts_one],
)
async def forgives_a_double_click(ex):
    lab = petition(ex)
    await crowd(ex, lab, [("ada@example.org", "VIE")] * 2)
    ex.equal(await count(ex, lab), "1", because="It is one person, however often she clicks.")
    await crowd(ex, lab, [("ada@example.org", "HAM")])
    ex.equal(await count(ex, lab), "1", because="It is one person, whichever city she signs from.")


@requirement(
    "More than a thousand signatures are counted",
    hints=[
        "A page of a listing holds 1,000 keys at most.",
        "`page['list_complete']` says whether there is more, and `page['cursor']` where it goes on.",
        "Loop: `page = await self.env.PETITION.list(prefix='signature:', cursor=cursor)` until `list_complete`.",
    ],
    needs=[counts_one, loses_none],
)
async def counts_past_the_first_page(ex):
    lab = petition(ex)
    await crowd(ex, lab, [("ada@example.org", "VIE"), ("bob@example.org", "VIE")])
    more = 1000 + ex.random.randrange(1, 9)
    names = [row["name"] for row in (await lab.env("LHR").PETITION.list())["keys"]]
    ex.did(f"{more:,} other people sign, under keys that begin with {commonprefix(names)!r} as theirs do")
    pairs = ({"key": f"{commonprefix(names)}p{n}@example.org", "value": ""} for n in range(more))
    lab.kv("PETITION").bulk_put(pairs)
    ex.equal(
        await count(ex, lab), str(more + 2),
        because="The first page ends at 1,000, without an error, and the number would stand still there.",
    )  # fmt: skip
