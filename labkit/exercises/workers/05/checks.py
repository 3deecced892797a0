"""The three phases have budgets of their own: what every request needs and none changes belongs to the first."""

from labkit import facts
from labkit.grading import requirement

FIRST, LAST = 48000, 49999
CITIES = ("MAD", "BCN", "LIS", "MRS", "BOD", "GIG")


def days_to(postcode):
    """What the table says, without the table."""
    return str(1 + postcode * postcode % 5)


@requirement(
    "A postcode of the table is answered with its days",
    hints=[
        "What the visitor sees does not change.",
        "Where the table is made may change; the handler still looks the postcode up in it.",
        "The loop above the class, filling `DAYS`; in the handler `Response(DAYS[postcode])`.",
    ],
)
async def answers(ex):
    lab = ex.lab(plan="paid")
    for postcode in (FIRST, LAST, *ex.random.sample(range(FIRST, LAST), 6)):
        response = await ex.fetch(lab, f"/{postcode}", colo=ex.random.choice(CITIES))
        ex.equal(await response.text(), days_to(postcode), because="That is how many days the parcel takes.")


@requirement(
    "An unknown postcode is answered with 404",
    hints=[
        "The branch with `status=404` stays.",
        "A dict has `in`: `if postcode not in DAYS`.",
        '`return Response("We do not deliver there", status=404)`',
    ],
    needs=[answers],
)
async def knows_its_limits(ex):
    lab = ex.lab(plan="paid")
    for postcode in (FIRST - 1, LAST + 1, ex.random.randrange(10_000, 40_000)):
        response = await ex.fetch(lab, f"/{postcode}", colo="MAD")
        ex.equal(response.status, 404, because="A program that asks must be able to tell a refusal from a number.")


@requirement(
    "The first visitor in every city is served on the free plan",
    hints=[
        "The log says how far your code came. How many turns does the loop take, and for whom?",
        "A table that is read when it is first needed is read at the expense of one visitor in each city: the first.",
        "Move the loop to the top level, above the class: it runs when the isolate starts, before there is a visitor.",
    ],
    needs=[answers],
)
async def serves_the_first(ex):
    lab = ex.lab(plan="free")
    for colo in CITIES[:3]:
        postcode = ex.random.randrange(FIRST, LAST)
        response = await ex.fetch(lab, f"/{postcode}", colo=colo, raises=True)
        _served(ex, lab, response)


@requirement(
    "A later visitor is served as well",
    hints=[
        "What does each visit compute that the visit before has computed already?",
        "The table does not change between two visits: keep it in a name of the module.",
        "The loop stands above the class; nothing in the handler goes through `ROWS`.",
    ],
    needs=[answers],
)
async def serves_the_rest(ex):
    lab = ex.lab(plan="free")
    for _ in range(3):
        postcode = ex.random.randrange(FIRST, LAST)
        response = await ex.fetch(lab, f"/{postcode}", colo="MAD", raises=True)
        await lab.advance(20)
    _served(ex, lab, response)


def _served(ex, lab, response):
    limit, used = facts.value("workers.cpu_ms", plan="free"), lab.trace.where("workers", "fetch")[-1].units
    ex.true(
        response.status == 200,
        expected=f"status 200, within {limit} ms of CPU",
        got=f"status {response.status} after {used['workers.cpu_ms']:.0f} ms of CPU. The log: "
        + ("; ".join(lab.logs.messages[-1:]) or "empty"),
        because="The limit is for each request. The top level of the module has a budget of its own, "
        f"{facts.value('workers.startup_cpu'):g} second, and is run once in each isolate.",
    )
