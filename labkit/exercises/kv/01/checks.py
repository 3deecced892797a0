"""Reading one key: a value, an absence, and an empty value are three different things."""

from collections import Counter

from labkit.grading import requirement

COUNTRIES = ("NO", "PT", "JP", "KE", "PE")


async def shop_with(ex, banner=None):
    """A lab whose editors in Oslo stored a banner, if they did, and the country it is for."""
    lab, country = ex.lab(kv=["SHOP"]), ex.random.choice(COUNTRIES)
    if banner is not None:
        ex.did(f"the editors store {banner!r} as 'banner:{country}'")
        await lab.env("OSL").SHOP.put(f"banner:{country}", banner)
        await lab.advance(1)
    return lab, country


def calls_of(lab, since):
    """What the Worker asked of KV, in words: `1 x get`."""
    made = Counter(event.operation for event in lab.trace.where("kv") if event.start >= since)
    return ", ".join(f"{count} x {operation}" for operation, count in made.items()) or "none"


@requirement(
    "A banner that the editors stored is what visitors see",
    hints=[
        "The namespace is bound as SHOP, so it is `self.env.SHOP`.",
        "The key is put together from `banner:` and the country; an f-string does it. A binding's method is awaited.",
        'banner = await self.env.SHOP.get(f"banner:{country}")',
    ],
)
async def shows_the_banner(ex):
    banner = f"{ex.random.randrange(10, 90)} new novels"
    lab, country = await shop_with(ex, banner)
    response = await ex.fetch(lab, f"/banner/{country}", colo="LIS")
    text = await response.text()
    keys = ", ".join(repr(event.detail["key"]) for event in lab.trace.where("kv", "get")) or "none"
    ex.true(
        text == banner,
        expected=repr(banner),
        got=f"{text!r}. Keys that your Worker read: {keys}",
        because="The editors wrote it for the readers of this country, under that very key.",
    )


@requirement(
    "Where nothing was ever stored, visitors see `No news today`",
    hints=[
        "What does `get` return for a key that does not exist? It raises nothing.",
        "It returns None. Choose between the two texts.",
        'text = "No news today" if banner is None else banner',
    ],
)
async def says_that_there_is_no_news(ex):
    lab, country = await shop_with(ex)
    response = await ex.fetch(lab, f"/banner/{country}", colo="LIS")
    ex.equal(
        await response.text(),
        "No news today",
        because="KV answers with None for a key that nobody wrote, and most countries have no banner on most days.",
    )


@requirement(
    "An empty banner stays empty",
    hints=[
        "Two things are false in Python here: None and the empty text. Only one of them means `nothing is stored`.",
        "`banner or ...` cannot tell them apart.",
        "Compare with `is None`.",
    ],
    needs=[shows_the_banner],
)
async def keeps_an_empty_banner(ex):
    lab, country = await shop_with(ex, "")
    response = await ex.fetch(lab, f"/banner/{country}", colo="LIS")
    ex.equal(
        await response.text(),
        "",
        because="The editors cleared the banner on purpose. An empty value is a value; only None is an absence.",
    )


@requirement(
    "A visit costs one read",
    hints=[
        "Is every method that you call on `self.env.SHOP` needed?",
        "One `get` tells both whether there is a banner and what it says.",
        "Keep the result of `get` in `banner` and look at that.",
    ],
    needs=[shows_the_banner],
)
async def reads_once(ex):
    lab, country = await shop_with(ex, "Sale")
    before = lab.now
    await ex.fetch(lab, f"/banner/{country}", colo="LIS")
    made = calls_of(lab, before)
    ex.true(
        made == "1 x get",
        expected="1 x get",
        got=made,
        because="A read is billed, a list at ten times as much, and each is a trip of its own when the city has no copy.",
    )
