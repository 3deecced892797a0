"""Calls to a far place: one after another they add up, side by side they do not."""

import asyncio

from labkit import Origin
from labkit.grading import requirement

PARTS = ("flights", "hotels", "weather", "offers")
HOST = "api.wattle.example"


class Apis:
    """The four APIs in Ashburn. Each has an answer of its own, and thinks for as long as it likes."""

    def __init__(self, ex, broken=""):
        self.answers = {part: f"{ex.random.randrange(100, 1000)} {part}" for part in PARTS}
        self.seconds = dict(zip(PARTS, ex.random.sample((0.05, 0.1, 0.15, 0.2), 4), strict=True))
        self.broken = broken

    async def __call__(self, request):
        from workers import Response

        part = request.url.rpartition("/")[2]
        await asyncio.sleep(self.seconds[part])
        if part == self.broken:
            return Response("the database is away", status=500)
        return Response.json(self.answers[part])

    def page(self):
        """The page that a visitor should see."""
        return {part: None if part == self.broken else self.answers[part] for part in PARTS}


def wattle(ex, broken=""):
    apis = Apis(ex, broken)
    return ex.lab(origins={HOST: Origin(apis, place="IAD", seconds=0)}), apis


def calls(lab):
    return lab.trace.where("fetch")


@requirement(
    "The page holds the answer of each API under its name",
    hints=[
        "`fetch` gives a response; `await response.json()` gives what is in it.",
        "Write a method `ask(self, part)` that does both for one part. The handler puts the four answers together.",
        "`answers = await asyncio.gather(*(self.ask(part) for part in PARTS))`, then `dict(zip(PARTS, answers, strict=True))`.",
    ],
)
async def shows_the_page(ex):
    lab, apis = wattle(ex)
    response = await ex.fetch(lab, "/journey", colo="SYD")
    ex.equal(
        await ex.json(response), apis.page(),
        because="The browser looks for each part under its name, and the APIs do not answer in the order of the names.",
    )  # fmt: skip


@requirement(
    "Each API is asked once",
    hints=[
        "How often does your code call `fetch` for one part?",
        "One response tells both whether it is an error and what it says.",
        "Keep the response in a name: `response = await fetch(...)`, then look at `response.ok`.",
    ],
    needs=[shows_the_page],
)
async def asks_once(ex):
    lab, _ = wattle(ex)
    await ex.fetch(lab, "/journey", colo="SYD")
    ex.equal(
        len(calls(lab)), len(PARTS), because="Somebody pays for the servers behind the APIs, and plans limit calls."
    )


@requirement(
    "From Sydney the page takes about as long as its slowest API",
    hints=[
        "`await` in a loop waits for each answer before it asks the next question.",
        "Start all four, then wait for all: `asyncio.gather` takes several coroutines and returns their results.",
        "The coroutines must not be awaited before gather gets them: `gather(*(self.ask(part) for part in PARTS))`.",
    ],
    needs=[shows_the_page],
)
async def waits_once(ex):
    lab, _ = wattle(ex)
    await ex.fetch(lab, "/journey", colo="SYD")
    (handler,) = lab.trace.where("workers", "fetch")
    slowest = max(call.seconds for call in calls(lab))
    ex.true(
        handler.seconds < 1.2 * slowest,
        expected=f"at most {1.2 * slowest:.2f} s in the Worker, with a slowest call of {slowest:.2f} s",
        got=f"{handler.seconds:.2f} s; the calls took {', '.join(f'{call.seconds:.2f} s' for call in calls(lab))}",
        because="Each call crosses the Pacific and comes back. Questions that do not need one another's answers "
        "can travel together.",
    )


@requirement(
    "An API that answers with an error leaves `null` in its place",
    hints=[
        "What does `response.json()` do with the text of an error page?",
        "It raises. Look before you parse: a response has `status` and `ok`.",
        "`return await response.json() if response.ok else None`",
    ],
    needs=[shows_the_page],
)
async def survives_an_error(ex):
    lab, apis = wattle(ex, broken=ex.random.choice(PARTS))
    response = await ex.fetch(lab, "/journey", colo="SYD")
    ex.equal(
        await ex.json(response), apis.page(),
        because="A journey without today's offers can still be booked; an error page cannot.",
    )  # fmt: skip
