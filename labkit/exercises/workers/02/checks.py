"""One isolate serves many readers at once: what belongs to one of them must not be shared."""

import asyncio

from labkit import Origin
from labkit.grading import requirement

HOST = "data.fernway.example"
NAMES = ("Ada", "Grace", "Edsger", "Barbara", "Tony", "Frances", "Leslie", "Radia", "Donald", "Jean")


class Data:
    """Fernway's data in Frankfurt: the titles, the points of each reader, and how often it was asked for what."""

    def __init__(self, ex):
        self.titles = f"{ex.random.randrange(10, 90)} novels"
        self.points = {name: str(ex.random.randrange(1000)) for name in NAMES}
        self.asked = []

    def __call__(self, request):
        what, _, reader = request.url.removeprefix(f"https://{HOST}/").partition("/")
        self.asked.append(what)
        return self.titles if what == "titles" else self.points.get(reader, "0")

    def greeting(self, name):
        return f"Good morning, {name}. You have {self.points.get(name, '0')} points. New: {self.titles}"


def shop(ex):
    data = Data(ex)
    return ex.lab(origins={HOST: Origin(data, place="FRA")}), data


async def visit(ex, lab, name=None, colo="LIS"):
    headers = {"x-reader": name} if name else {}
    response = await ex.fetch(lab, "/", headers=headers, colo=colo)
    return await response.text()


@requirement(
    "A reader alone in the shop sees her own name and points",
    hints=[
        "The sentence stays as it is. Only where the name is kept has to change.",
        "`request.headers` has a `get` with a second argument for the case that there is no such header.",
        'reader = request.headers.get("x-reader", "stranger")',
    ],
)
async def greets(ex):
    lab, data = shop(ex)
    name = ex.random.choice(NAMES)
    text = await visit(ex, lab, name)
    ex.equal(text, data.greeting(name), because="That is the page as Fernway's readers know it.")


@requirement(
    "Readers who come at the same moment each see their own",
    hints=[
        "While one request waits for an answer, the isolate goes on with another. What do the two share?",
        "A class is one for all requests of the isolate, and so are its attributes. Which of them belongs to one reader?",
        "Take `reader` off the class: make it a local name of `fetch`.",
    ],
    needs=[greets],
)
async def keeps_readers_apart(ex):
    lab, data = shop(ex)
    await visit(ex, lab)
    names = ex.random.sample(NAMES, 3)
    texts = await asyncio.gather(*(visit(ex, lab, name) for name in names))
    ex.did(f"{', '.join(names)} come at the same moment, in the same city")
    ex.equal(
        dict(zip(names, texts, strict=True)), {name: data.greeting(name) for name in names},
        because="One isolate serves many requests at once. Showing one person's data to another is the worst that can "
        "happen to a shop.",
    )  # fmt: skip


@requirement(
    "A stranger is a stranger, whoever came before",
    hints=[
        "What does `Default.reader` hold when a request without the header comes after one with it?",
        "A class lives as long as its isolate, and that is longer than a request.",
        'A local name with a default: `request.headers.get("x-reader", "stranger")`.',
    ],
    needs=[greets],
)
async def forgets(ex):
    lab, data = shop(ex)
    name = ex.random.choice(NAMES)
    await visit(ex, lab, name)
    await ex.advance(lab, 30)
    ex.did("somebody without the header comes")
    text = await visit(ex, lab)
    ex.equal(text, data.greeting("stranger"), because="She has not said who she is, and should not be told who was.")


@requirement(
    "The titles are fetched once in a city, not once for each reader",
    hints=[
        "Not everything that is shared is a mistake. What is the same for all readers?",
        "Keep `titles` on the class.",
        '`if titles is None: titles = await ask("titles")`, as it was.',
    ],
    needs=[greets],
)
async def keeps_the_titles(ex):
    lab, data = shop(ex)
    for name in ex.random.sample(NAMES, 3):
        await visit(ex, lab, name)
        await lab.advance(10)
    ex.equal(
        data.asked.count("titles"), 1,
        because="What is the same for everybody may be shared: the isolate keeps it, and nobody waits for it "
        "twice.",
    )  # fmt: skip


@requirement(
    "Ten readers at once wait no longer than one",
    hints=[
        "Does one reader have to wait until another has been served?",
        "A lock keeps readers apart by making a queue of them. They need no queue if they share nothing.",
        "No lock: a local name for what belongs to one request.",
    ],
    needs=[greets],
)
async def makes_no_queue(ex):
    lab, _ = shop(ex)
    await visit(ex, lab)
    await asyncio.gather(*(visit(ex, lab, name) for name in NAMES))
    waited = [event.seconds for event in lab.trace.where("workers", "fetch")][1:]
    ex.lines[:] = ["Ten readers come at the same moment, in the same city"]
    ex.true(
        max(waited) < 2 * min(waited),
        expected=f"about {min(waited):.2f} s for each of them",
        got=f"{min(waited):.2f} s for the first and {max(waited):.2f} s for the last",
        because="An isolate that serves one reader at a time throws away what it is good at.",
    )
