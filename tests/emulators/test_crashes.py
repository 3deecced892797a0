"""A machine is lost at every await of a workflow, a consumer, an alarm and a transaction.

What production guarantees holds wherever that is, and what it does not guarantee is seen to break somewhere.
"""

from __future__ import annotations

from collections import Counter

import pytest

from labkit import Lab
from labkit.network.faults import Unreachable
from tests.emulators.crashing import at_every_await, at_every_moment


def visited(lab, path, **options):
    """The status that a visitor near London is answered with; None where there is no answer."""
    try:
        return lab.run(lab.fetch(path, colo="LHR", **options)).status
    except Unreachable:
        return None


def insist(lab, path):
    """Try again until the answer is good."""
    while visited(lab, path) != 200:
        pass


ORDERS = """
from workers import Response, WorkerEntrypoint, WorkflowEntrypoint, fetch


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        try:
            await self.env.ORDERS.create({"id": "order"})
        except Exception:
            await self.env.ORDERS.get("order")  # it exists: this request has come before
        return Response("created")


class Order(WorkflowEntrypoint):
    async def run(self, event, step):
        await fetch("https://shop/begun")

        @step.do("charge")
        async def charge(ctx):
            await fetch("https://shop/charge", headers={"Idempotency-Key": event["instanceId"]})
            return 5

        @step.do("mail")
        async def mail(ctx):
            await fetch("https://shop/mail")
            return "sent"

        paid = await charge()
        await step.sleep("a while", "2 seconds")
        return [paid, await mail()]
"""


class Orders:
    """A workflow that charges a card and sends a mail. `calls` counts what reaches the world outside."""

    def __init__(self):
        self.calls, self.keys = Counter(), set()
        self.lab = Lab(ORDERS, workflows={"ORDERS": "Order"}, origins={"shop": self.shop})

    def shop(self, request):
        self.calls[request.url.rpartition("/")[2]] += 1
        if key := request.headers.get("Idempotency-Key"):
            self.keys.add(key)
        return "ok"

    def play(self):
        insist(self.lab, "/")
        self.lab.run(self.lab.advance("5 minutes"))

    def check(self):
        """What holds whenever the machine is lost."""
        instance = self.lab.workflows("ORDERS").instance("order")
        assert (instance.status, instance.output) == ("complete", [5, "sent"])
        rows = [row for row in instance.history if row["step"] in ("charge", "mail")]
        assert Counter(row["step"] for row in rows if row["outcome"] == "ok") == {"charge": 1, "mail": 1}
        for step, attempts in Counter(row["step"] for row in rows).items():
            assert 1 <= self.calls[step] <= attempts
        assert self.keys == {"order"}
        return self.calls["begun"], self.calls["charge"], self.calls["mail"]


JOBS = """
from workers import DurableObject, Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        await self.env.JOBS.send(await request.text())
        return Response("accepted")

    async def queue(self, batch, env, ctx):
        ledger = self.env.LEDGER.getByName("ledger", locationHint="wnam")
        for message in batch.messages:
            await ledger.count()
            await ledger.insert(message.id, message.body)


class Ledger(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.sql = ctx.storage.sql
        self.sql.exec("CREATE TABLE IF NOT EXISTS entries (id PRIMARY KEY, body)")

    async def count(self):
        count = await self.ctx.storage.get("count") or 0
        await self.ctx.storage.put("count", count + 1)

    async def insert(self, id, body):
        self.sql.exec("INSERT OR IGNORE INTO entries VALUES (?, ?)", id, body)

    async def report(self):
        bodies = [row.body for row in self.sql.exec("SELECT body FROM entries ORDER BY body")]
        return [await self.ctx.storage.get("count"), bodies]
"""


class Jobs:
    """A queue's consumer that inserts into an object elsewhere. `accepted` is what visitors were told is taken."""

    def __init__(self):
        self.lab = Lab(JOBS, queues=["JOBS"], durable_objects={"LEDGER": "Ledger"})
        self.lab.queues("JOBS").duplicate(0)
        self.accepted = []

    def play(self):
        for body in ("one", "two"):
            if visited(self.lab, "/", body=body) == 200:
                self.accepted.append(body)
        self.lab.run(self.lab.advance("5 minutes"))

    def check(self):
        """What holds whenever the machine is lost. Returns how many entries there are, and how many were counted."""
        count, bodies = self.lab.run(self.lab.env("SYD").LEDGER.getByName("ledger").report())
        assert set(self.accepted) <= set(bodies)
        assert len(bodies) == len(set(bodies)) and count >= len(bodies)
        assert not self.lab.queues("JOBS").table()
        return len(bodies), count


HEART = """
from workers import DurableObject, Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        await self.env.HEART.getByName("heart").begin()
        return Response("begun")


class Heart(DurableObject):
    async def begin(self):
        await self.ctx.storage.setAlarm(1_767_225_610_000)

    async def alarm(self, info):
        storage = self.ctx.storage
        tally = self.env.TALLY.getByName("tally", locationHint="wnam")
        await storage.put("loose", (await storage.get("loose") or 0) + 1)
        await tally.count()
        await tally.tick(info.scheduledTime)

        async def beat(txn):
            await storage.put("beats", (await storage.get("beats") or 0) + 1)
            await storage.setAlarm(info.scheduledTime + 20_000)

        await storage.transaction(beat)

    async def report(self):
        return [await self.ctx.storage.get("beats"), await self.ctx.storage.get("loose")]


class Tally(DurableObject):
    async def count(self):
        count = await self.ctx.storage.get("count") or 0
        await self.ctx.storage.put("count", count + 1)

    async def tick(self, time):
        await self.ctx.storage.put(f"tick {time}", True)

    async def report(self):
        return [await self.ctx.storage.get("count"), len(await self.ctx.storage.list(prefix="tick "))]
"""
BEATS = 2


class Heart:
    """An object whose alarm has an effect elsewhere, writes, and sets the next: every 20 s from 10 s on."""

    def __init__(self):
        self.lab = Lab(HEART, durable_objects={"HEART": "Heart", "TALLY": "Tally"})

    def play(self):
        insist(self.lab, "/")
        self.lab.run(self.lab.advance(20 * BEATS + 5 - self.lab.now))

    def check(self):
        """What holds whenever the machine is lost. Returns how often the effect was counted, and the loose write."""
        env = self.lab.env("SYD")
        beats, loose = self.lab.run(env.HEART.getByName("heart").report())
        count, ticks = self.lab.run(env.TALLY.getByName("tally").report())
        assert (beats, ticks) == (BEATS, BEATS)
        assert loose >= BEATS and count >= BEATS
        return count, loose


BANK = """
from workers import DurableObject, Response, WorkerEntrypoint, fetch


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        bank = self.env.BANK.getByName("bank")
        await getattr(bank, request.url.rpartition("/")[2])()
        return Response("done")


class Bank(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        ctx.blockConcurrencyWhile(self.open)

    async def open(self):
        try:
            if await self.ctx.storage.get("a") is None:
                await self.ctx.storage.put({"a": 100, "b": 0})
        except BaseException:
            print("cleaned up")
            raise

    async def together(self):
        async def move(txn):
            await self.move()

        await self.ctx.storage.transaction(move)

    async def apart(self):
        await self.move()

    async def move(self):
        storage = self.ctx.storage
        try:
            await storage.put("a", await storage.get("a") - 1)
            await fetch("https://rates/")
            await storage.put("b", await storage.get("b") + 1)
        except BaseException:
            print("cleaned up")
            raise

    async def report(self):
        return [await self.ctx.storage.get("a"), await self.ctx.storage.get("b")]
"""


class Bank:
    """Two transfers from one balance to another, in a transaction or with an await between two writes."""

    def __init__(self, how):
        self.how, self.answers = how, []
        self.lab = Lab(BANK, durable_objects={"BANK": "Bank"}, origins={"rates": lambda request: "1"})

    def play(self):
        for _ in range(2):
            self.answers.append(visited(self.lab, f"/{self.how}") == 200)

    def check(self):
        """What holds whenever the machine is lost. Returns the sum, how many transfers were acknowledged and kept."""
        a, b = self.lab.run(self.lab.env("SYD").BANK.getByName("bank").report())
        assert b >= sum(self.answers), "acknowledged and lost"
        assert not [entry for entry in self.lab.logs if entry.message == "cleaned up"], "no dead machine runs code"
        return a + b, sum(self.answers), b


def together():
    return Bank("together")


def apart():
    return Bank("apart")


def losing(binding, name):
    """What loses the machine of the one object there is, if there is one by then."""
    return lambda lab: lab.durable_objects(binding).known and lab.durable_objects(binding).crash(name)


def losing_order(lab):
    return lab.workflows("ORDERS").instances and lab.workflows("ORDERS").crash("order")


def killing(colo):
    return lambda lab: lab.kill(colo)


def ends(scenarios):
    """How often each end is met, all of them checked."""
    return Counter(scenario.check() for scenario in scenarios)


def test_a_workflow_comes_to_its_end_and_an_effect_may_happen_twice_outside_of_steps_or_before_its_record():
    seen = ends(at_every_await(Orders))
    assert set(seen) == {(1, 1, 1), (2, 1, 1), (2, 2, 1), (2, 1, 2)}
    assert seen.total() > 20


@pytest.mark.parametrize("lose", [losing_order, killing("LHR")], ids=["machine", "place"])
def test_a_workflow_does_so_whenever_its_machine_or_its_place_is_lost(lose):
    assert set(ends(at_every_moment(Orders, lose))) == {(1, 1, 1), (2, 1, 1), (2, 2, 1), (2, 1, 2)}


def test_a_consumer_loses_no_message_and_counts_one_twice_where_its_id_is_no_key():
    seen = ends(at_every_await(Jobs))
    assert set(seen) == {(2, 2), (2, 3), (2, 4)}
    assert seen.total() > 20


@pytest.mark.parametrize(("colo", "others"), [("LHR", {(1, 1)}), ("DEN", set())], ids=["consumer", "object"])
def test_a_consumer_does_so_whenever_its_place_or_that_of_the_object_is_lost(colo, others):
    """Where the visitor's own request is lost, nothing was accepted, and nothing is there."""
    assert set(ends(at_every_moment(Jobs, killing(colo)))) == {(2, 2), (2, 3), (2, 4)} | others


def test_an_alarm_is_never_lost_its_effect_may_happen_twice_and_its_transaction_does_not():
    seen = ends(at_every_await(Heart))
    assert set(seen) == {(2, 2), (2, 3), (3, 3)}
    assert seen.total() > 40


@pytest.mark.parametrize(("colo", "others"), [("LHR", set()), ("DEN", {(2, 3)})], ids=["alarm", "object"])
def test_an_alarm_does_so_whenever_its_place_or_that_of_its_effect_is_lost(colo, others):
    """Where the effect's place is lost on the way to it, the alarm fails, and its own loose write is there twice."""
    assert set(ends(at_every_moment(Heart, killing(colo)))) == {(2, 2), (3, 3)} | others


def test_a_transaction_is_there_whole_or_not_at_all():
    walks = at_every_await(together), at_every_moment(together, losing("BANK", "bank"))
    seen = ends(walks[0]) + ends(walks[1]) + ends(at_every_moment(together, killing("LHR")))
    assert {total for total, _, _ in seen} == {100}
    assert {(1, 1), (2, 2), (1, 2)} == {(acknowledged, kept) for _, acknowledged, kept in seen}
    assert sum(seen.values()) > 100


def test_two_writes_with_an_await_between_them_may_be_there_by_half():
    seen = ends(at_every_await(apart)) + ends(at_every_moment(apart, losing("BANK", "bank")))
    assert {total for total, _, _ in seen} == {99, 100}
