"""What happens after the response: done, not waited for, and unable to harm it."""

import json

from labkit import Origin
from labkit.grading import requirement

HOST = "audit.kestrel.example"


class Auditors:
    """The server in Frankfurt: it thinks for three seconds, keeps what it was sent, and may refuse it."""

    def __init__(self, status=201):
        self.status, self.got = status, []

    async def __call__(self, request):
        from workers import Response

        self.got.append((str(request.method), await request.text()))
        return Response("", status=self.status)


def bank(ex, status=201):
    auditors = Auditors(status)
    return ex.lab(origins={HOST: Origin(auditors, place="FRA", seconds=3)}), auditors


def statement(ex):
    return f"/statements/{ex.random.randrange(10**6)}"


@requirement(
    "The customer gets her statement",
    hints=[
        "The handler returns the response, whatever else it starts.",
        "Blank 2 starts something and does not change `response`.",
        "`self.ctx.waitUntil(...)` on a line of its own, then `return response`.",
    ],
)
async def answers(ex):
    lab, _ = bank(ex)
    path = statement(ex)
    response = await ex.fetch(lab, path, colo="ZRH")
    ex.equal(await response.text(), f"Statement {path}", because="That is what she came for.")


@requirement(
    "The auditors receive the record by POST, with the path and the city",
    hints=[
        "A coroutine that nobody drives never begins, and one that is only started ends with the response.",
        "Hand it to the runtime: `self.ctx.waitUntil(self.record(...))`. It takes the path and `request.cf.colo`.",
        'body = json.dumps({"path": path, "colo": colo}), sent with method="POST"',
    ],
    needs=[answers],
)
async def records(ex):
    lab, auditors = bank(ex)
    path, colo = statement(ex), ex.random.choice(("ZRH", "GVA", "MXP"))
    await ex.fetch(lab, path, colo=colo)
    await ex.advance(lab, 20)
    if not auditors.got:
        log = "; ".join(lab.logs.messages) or "empty"
        ex.fail(
            "one record", f"none after 20 s; the log: {log}", "A statement without a record is a fine for the bank."
        )
    method, body = auditors.got[0]
    ex.equal(method, "POST", because="The auditors' server takes records by POST.")
    try:
        record = json.loads(body)
    except ValueError:
        ex.fail("a record in JSON", repr(body), "A program reads the records, and it reads JSON.")
    ex.equal(
        record, {"path": path, "colo": colo}, because="The record says what was looked at, and where it was answered."
    )
    ex.equal(len(auditors.got), 1, because="One look is one record; two would look like two.")


@requirement(
    "The customer does not wait for the auditors",
    hints=[
        "What stands before `return` and is awaited, the customer waits for.",
        "waitUntil takes the coroutine itself; it must not be awaited on the way.",
        "`self.ctx.waitUntil(self.record(path, request.cf.colo))`, without `await`",
    ],
    needs=[answers],
)
async def does_not_wait(ex):
    lab, _ = bank(ex)
    await ex.fetch(lab, statement(ex), colo="ZRH")
    (visit,) = lab.trace.where("client")
    ex.true(
        visit.seconds < 1,
        expected="an answer in less than 1 s",
        got=f"{visit.seconds:.1f} s; the auditors' server thinks for 3 s",
        because="The record is the bank's business, not the customer's.",
    )


@requirement(
    "A record that was refused leaves a line in the log",
    hints=[
        "When the auditors answer with 503, does `fetch` raise?",
        "It does not: a refusal is an answer, with a status. A response has `status` and `ok`.",
        "`if not answer.ok:`",
    ],
    needs=[records],
)
async def reports_a_refusal(ex):
    lab, _ = bank(ex, status=ex.random.choice((400, 429, 503)))
    path = statement(ex)
    await ex.fetch(lab, path, colo="ZRH")
    await ex.advance(lab, 20)
    ex.equal(
        "\n".join(lab.logs.messages), f"audit lost: {path}",
        because="The customer has her answer already. The log is the last place where anybody can learn of it.",
    )  # fmt: skip


@requirement(
    "A record that was accepted leaves none",
    hints=[
        "Which statuses mean that all is well?",
        "The auditors answer with 201. `ok` is true from 200 to 299.",
        "`if not answer.ok:`",
    ],
    needs=[records],
)
async def keeps_quiet(ex):
    lab, _ = bank(ex)
    await ex.fetch(lab, statement(ex), colo="ZRH")
    await ex.advance(lab, 20)
    ex.true(
        not lab.logs,
        expected="an empty log: the auditors answered with 201",
        got="; ".join(lab.logs.messages),
        because="A log that cries every time is read by nobody when it matters.",
    )
