"""A gateway: who may pass, what is passed on, how long it waits, what it notes, and whom it confuses with whom."""

import asyncio
import json

from labkit import Origin
from labkit.grading import requirement

API, LOG = "api.tern.example", "log.tern.example"
AUTH = """
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def verify(self, token):
        harbours = {"t-7f2": "oslo", "t-91c": "cadiz", "t-d04": "perth"}
        return {"customer": harbours[token]} if token in harbours else None

    async def fetch(self):
        return Response("auth")
"""
TOKENS = {"oslo": "t-7f2", "cadiz": "t-91c", "perth": "t-d04"}
SERVICES = {"services": [{"binding": "AUTH", "service": "auth"}]}


class Sea:
    """Tern's API in Ashburn: it says what it was asked, thinks for `seconds`, and answers with `status`."""

    def __init__(self, seconds=0.05, status=200):
        self.seconds, self.status, self.asked = seconds, status, []

    async def __call__(self, request):
        from workers import Response

        body = await request.text()
        seen = {"method": str(request.method), "at": request.url.partition(API)[2], "body": body}
        self.asked.append(seen | {"headers": {name.lower(): value for name, value in request.headers.items()}})
        await asyncio.sleep(self.seconds)
        return Response.json(seen | {"for": request.headers.get("x-customer")}, status=self.status)


class Book:
    """The log: it keeps what it was sent, and takes its time."""

    def __init__(self):
        self.records = []

    async def __call__(self, request):
        self.records.append(await request.text())
        await asyncio.sleep(3)
        return "noted"


def tern(ex, **sea):
    sea, book = Sea(**sea), Book()
    origins = {API: Origin(sea, place="IAD", seconds=0), LOG: Origin(book, place="IAD", seconds=0)}
    return ex.lab(wrangler=SERVICES, services={"auth": AUTH}, origins=origins), sea, book


async def ask(ex, lab, customer, path="/tides", **options):
    headers = {"authorization": f"Bearer {TOKENS[customer]}"} | options.pop("headers", {})
    return await ex.fetch(lab, path, colo="OSL", headers=headers, **options)


@requirement(
    "A customer gets the API's answer: its status and its body",
    hints=[
        "Take the token out of the header, ask AUTH, then fetch the same path from the API.",
        "`urlsplit(request.url).path` is the path. What `fetch` returns may be returned as it is.",
        '`return await fetch(API + path, headers={"x-customer": account["customer"]})`',
    ],
)
async def passes_the_answer(ex):
    status = ex.random.choice((201, 404, 409))
    lab, sea, _ = tern(ex, status=status)
    customer, path = ex.random.choice(list(TOKENS)), f"/tides/{ex.random.randrange(1000)}"
    response = await ask(ex, lab, customer, path)
    if not sea.asked:
        ex.fail(
            "the API is asked", f"it was not; the answer had status {response.status}", "The customer has paid for it."
        )
    ex.equal(
        response.status,
        status,
        because="A harbour that asks for what does not exist should learn that from the status.",
    )
    got = await ex.json(response)
    ex.equal(
        {"at": got.get("at"), "for": got.get("for")} if isinstance(got, dict) else got, {"at": path, "for": customer},
        because="The API measures for somebody, and writes the invoice by what x-customer says.",
    )  # fmt: skip


@requirement(
    "Whoever is not a customer gets 401, and the API hears nothing",
    hints=[
        "Three cases: no header, another scheme than Bearer, a token that AUTH does not know.",
        '`request.headers.get("authorization", "")` gives text in each case. `verify` gives None for an unknown token.',
        'if account is None: return Response("Who are you?", status=401)',
    ],
    needs=[passes_the_answer],
)
async def keeps_others_out(ex):
    for header in (None, f"Basic {TOKENS['oslo']}", f"Bearer {ex.random.randrange(10**6)}", "Bearer"):
        lab, sea, _ = tern(ex)
        response = await ex.fetch(lab, "/tides", colo="OSL", headers={"authorization": header} if header else {})
        ex.equal(response.status, 401, because="The measurements are what Tern lives on.")
        ex.equal(len(sea.asked), 0, because="Servers that know nothing of customers answer everybody who reaches them.")


@requirement(
    "Method, query and body reach the API",
    hints=[
        "`fetch` without `method` is a GET. What stands after the path in the URL?",
        "`urlsplit(request.url)` has `path` and `query`. The body is `await request.text()`.",
        "A GET may have no body at all: `body=await request.text() or None`.",
    ],
    needs=[passes_the_answer],
)
async def passes_the_request(ex):
    lab, sea, _ = tern(ex)
    path, body = f"/tides?day={ex.random.randrange(365)}", f"level={ex.random.randrange(100)}"
    await ask(ex, lab, "cadiz", path)
    await ask(ex, lab, "cadiz", path, method="PUT", body=body)
    got = [{name: each[name] for name in ("method", "at", "body")} for each in sea.asked]
    expected = [{"method": "GET", "at": path, "body": ""}, {"method": "PUT", "at": path, "body": body}]
    ex.equal(
        got, expected, because="The API is the same one as before. Its customers should not have to learn another."
    )


@requirement(
    "The API is told the customer by you, and never learns the token",
    hints=[
        "What happens if a visitor sends a header `x-customer` of her own?",
        "Make the headers for the API anew, rather than copying the visitor's.",
        '`headers={"x-customer": account["customer"]}` and nothing else',
    ],
    needs=[passes_the_answer],
)
async def decides_who(ex):
    lab, sea, _ = tern(ex)
    await ask(ex, lab, "perth", headers={"x-customer": "oslo"})
    got = sea.asked[0]["headers"]
    ex.equal(got.get("x-customer"), "perth", because="Whoever can write this header can measure at another's expense.")
    ex.true(
        TOKENS["perth"] not in str(got),
        expected="no token among the headers",
        got=f"authorization: {got.get('authorization')}",
        because="A token that travels further than it must is read in one more log.",
    )


@requirement(
    "After two seconds without an answer the visitor gets 504",
    hints=[
        "`async with asyncio.timeout(PATIENCE):` around what may take too long",
        "It raises TimeoutError in the place where it stands. Catch it outside of the block.",
        'try: async with asyncio.timeout(PATIENCE): response = await fetch(...) / except TimeoutError: response = Response("...", status=504)',
    ],
    needs=[passes_the_answer],
)
async def gives_up(ex):
    lab, _, _ = tern(ex, seconds=30)
    response = await ask(ex, lab, "oslo")
    ex.equal(
        response.status,
        504,
        because="504 says that the fault lies behind the gate, and that it makes sense to try again.",
    )
    (visit,) = lab.trace.where("client")
    ex.true(
        1.9 < visit.seconds < 2.5, expected="an answer after 2 s and a little", got=f"one after {visit.seconds:.1f} s",
        because="A ship's computer that waits for half a minute has given up long ago.",
    )  # fmt: skip
    lab, _, _ = tern(ex, seconds=1.5)
    response = await ask(ex, lab, "oslo")
    ex.equal(response.status, 200, because="An answer within two seconds is in time.")


@requirement(
    "Each passage is noted, and nobody waits for it",
    hints=[
        "What stands before `return` and is awaited costs the visitor time. The log takes three seconds.",
        "`self.ctx.waitUntil(self.note(...))`, with a method `note` that does the POST.",
        'json.dumps({"customer": customer, "path": urlsplit(request.url).path, "status": response.status})',
    ],
    needs=[passes_the_answer],
)
async def notes(ex):
    lab, _, book = tern(ex, status=ex.random.choice((200, 404)))
    response = await ask(ex, lab, "cadiz", "/tides?day=1")
    (visit,) = lab.trace.where("client")
    ex.true(
        visit.seconds < 1.5, expected="an answer in less than 1.5 s", got=f"{visit.seconds:.1f} s",
        because="The log takes three seconds, and is Tern's business, not the harbour's.",
    )  # fmt: skip
    await ex.advance(lab, 20)
    _noted(ex, lab, book, response.status)
    lab, _, book = tern(ex, seconds=30)
    await ask(ex, lab, "cadiz", "/tides")
    await ex.advance(lab, 20)
    _noted(ex, lab, book, 504)


def _noted(ex, lab, book, status):
    if not book.records:
        log = "; ".join(lab.logs.messages) or "empty"
        ex.fail(
            "one record", f"none after 20 s. The Worker's own log: {log}", "The invoices are written from the records."
        )
    expected = {"customer": "cadiz", "path": "/tides", "status": status}
    ex.equal(
        [_parsed(record) for record in book.records], [expected], because="The invoices are written from the records."
    )


@requirement(
    "Customers who ask at the same moment are not mixed up",
    hints=[
        "While one request waits for the API, the isolate serves another. What do they share?",
        "The customer belongs to one request: a local name, or an argument.",
        "Nothing after `global`, nothing set on the class.",
    ],
    needs=[passes_the_answer, notes],
)
async def keeps_customers_apart(ex):
    lab, _, book = tern(ex)
    await ask(ex, lab, "oslo")
    responses = await asyncio.gather(*(ask(ex, lab, name, f"/tides/{name}") for name in TOKENS))
    got = [await ex.json(response) for response in responses]
    ex.lines[:] = ["oslo, cadiz and perth ask at the same moment, in the same city"]
    own = {f"/tides/{name}": name for name in TOKENS}
    ex.equal({each["at"]: each["for"] for each in got}, own, because="One harbour would read another's tides.")
    await ex.advance(lab, 20)
    records = [json.loads(record) for record in book.records[1:]]
    ex.equal(
        {record["path"]: record["customer"] for record in records}, own,
        because="The invoices are written from the records: one harbour would pay for another's tides.",
    )  # fmt: skip


def _parsed(record):
    try:
        return json.loads(record)
    except ValueError:
        return record
