"""Which of the platform's stores are linearizable: histories recorded on a lab of the planet."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import pytest

from labkit import Lab
from labkit.sim.linearizability import COUNTER, REGISTER, Recorder, check, sessions
from labkit.workers.ffi import JsException

PLACES = ("LHR", "NRT", "SYD", "IAD", "GRU")
SEEDS = range(3)


SOURCE = """
from workers import DurableObject, WorkerEntrypoint


class Counter(DurableObject):
    async def add(self):
        count = (await self.ctx.storage.get("count") or 0) + 1
        await self.ctx.storage.put("count", count)
        return count

    async def value(self):
        return await self.ctx.storage.get("count")

    async def set(self, value):
        await self.ctx.storage.put("count", value)


class Default(WorkerEntrypoint):
    pass
"""
TOO_SOON = ("429", "concurrent request rate")
"""What KV and R2 say to a second write of a key within a second."""

Visitor = Callable[[str, Random], Awaitable[None]]


def everywhere(lab: Lab, visitor: Visitor, seed: int, rounds: int = 6, pause: float = 0.2) -> None:
    """At each place, a visitor who does something `rounds` times, with pauses; all at once."""

    async def stay(colo: str) -> None:
        random = Random(f"{seed} {colo}")
        for _ in range(rounds):
            await lab.world.timeline.sleep(random.expovariate(1 / pause))
            try:
                await visitor(colo, random)
            except JsException as error:
                assert any(words in str(error) for words in TOO_SOON)

    async def all_of_them() -> None:
        await asyncio.gather(*(stay(colo) for colo in PLACES))

    lab.run(all_of_them())


def test_a_flag_in_kv_is_refused_and_the_stale_reads_are_named():
    lab = Lab(kv=["KV"], seed=1)
    recorded = Recorder(lab)

    async def story() -> None:
        london, tokyo = lab.env("LHR").KV, lab.env("NRT").KV
        await recorded.write("flag", "off", lambda: london.put("flag", "off"), by="London")
        await lab.advance(120)
        await recorded.read("flag", lambda: tokyo.get("flag"), by="Tokyo")
        await recorded.write("flag", "on", lambda: london.put("flag", "on"), by="London")
        await recorded.read("flag", lambda: tokyo.get("flag"), by="Tokyo")
        await recorded.read("flag", lambda: london.get("flag"), by="London")
        await lab.advance(30)
        await recorded.read("flag", lambda: tokyo.get("flag"), by="Tokyo")
        await lab.advance(60)
        await recorded.read("flag", lambda: tokyo.get("flag"), by="Tokyo")

    lab.run(story())
    verdict = check(recorded.history())
    assert verdict.verdict == "no"
    assert [str(each) for each in verdict.stale] == ["Tokyo: read(flag) -> 'off'"] * 2
    assert [round(each.called) for each in verdict.stale] == [120, 150]
    assert [str(each) for each in verdict.reasons] == [
        "London: write(flag, 'off')", "London: write(flag, 'on')", "Tokyo: read(flag) -> 'off'",
    ]  # fmt: skip
    assert {each.verdict for each in sessions(recorded.history()).values()} == {"yes"}


def of_the_register(recorded: Recorder, read: Callable[[str], Any], write: Callable[[str, int], Any]) -> Visitor:
    """A visitor who writes a number of its own once in three times, and reads otherwise."""
    numbers = iter(range(1, 10**6))

    async def visit(colo: str, random: Random) -> None:
        if random.random() < 1 / 3:
            number = next(numbers)
            await recorded.write("k", number, lambda: write(colo, number), by=colo)
        else:
            await recorded.read("k", lambda: read(colo), by=colo)

    return visit


@pytest.mark.parametrize("seed", SEEDS)
def test_a_durable_object_is_accepted(seed: int):
    lab = Lab(SOURCE, durable_objects={"COUNTER": "Counter"}, seed=seed)
    recorded = Recorder(lab)

    def at(colo: str) -> Any:
        return lab.env(colo).COUNTER.getByName("k")

    everywhere(lab, of_the_register(recorded, lambda colo: at(colo).value(), lambda c, n: at(c).set(n)), seed)
    verdict = check(recorded.history())
    assert (verdict.verdict, len(verdict.operations)) == ("yes", 30)
    assert overlap(verdict.operations)


def overlap(operations: list[Any]) -> bool:
    answered = [each for each in operations if not each.open]
    assert len(answered) > 0.7 * len(operations)
    return any(a.called < b.called < a.returned for a in answered for b in answered)


async def text_of(call: Any) -> Any:
    found = await call
    return None if found is None else int(await found.text())


@pytest.mark.parametrize("seed", SEEDS)
def test_r2_is_accepted(seed: int):
    lab = Lab(r2=["FILES"], seed=seed)
    recorded = Recorder(lab)
    visitor = of_the_register(
        recorded, lambda c: text_of(lab.env(c).FILES.get("k")), lambda c, n: lab.env(c).FILES.put("k", str(n))
    )
    everywhere(lab, visitor, seed)
    verdict = check(recorded.history())
    assert (verdict.verdict, overlap(verdict.operations)) == ("yes", True)


def test_a_public_bucket_behind_a_cache_is_refused():
    lab = Lab(r2=["FILES"], seed=1)
    lab.r2("FILES").publish("files.example.com")
    recorded = Recorder(lab)

    async def story() -> None:
        for text in ("old", "new"):
            await recorded.write("a.png", text, lambda text=text: lab.env("LHR").FILES.put("a.png", text), by="London")
            await recorded.read("a.png", lambda: lab.fetch("https://files.example.com/a.png", colo="SYD"), by="Sydney")
            await lab.advance(2)

    lab.run(story())
    verdict = check(recorded.history())
    assert [str(each) for each in verdict.stale] == ["Sydney: read(a.png) -> 'old'"]


class Database:
    """D1 in London with replicas that are a second behind; a table with one number."""

    def __init__(self, seed: int):
        self.lab = Lab(d1=["DB"], seed=seed)
        self.lab.run(self.lab.env("LHR").DB.exec("CREATE TABLE t (n INTEGER)\nINSERT INTO t VALUES (0)"))
        d1 = self.lab.d1("DB")
        d1.read_replication, d1.replica_lag = "auto", 1.0
        self.recorded = Recorder(self.lab)
        self.bookmarks: dict[str, str] = {}

    def run(self, seed: int, asked: Callable[[str], Any]) -> tuple[str, set[str]]:
        """The verdict on all, and those on each place alone."""

        async def read(colo: str) -> Any:
            return await self._asked(colo, asked(colo), "SELECT n FROM t")

        async def write(colo: str, number: int) -> Any:
            await self._asked(colo, asked(colo), "UPDATE t SET n = ?", number)

        everywhere(self.lab, of_the_register(self.recorded, read, write), seed, rounds=12)
        history, model = self.recorded.history(), REGISTER.starting(0)
        return check(history, model).verdict, {each.verdict for each in sessions(history, model).values()}

    async def _asked(self, colo: str, session: Any, sql: str, *values: Any) -> Any:
        result = await session.prepare(sql).bind(*values).run()
        if hasattr(session, "getBookmark"):
            self.bookmarks[colo] = session.getBookmark()
        return result.results[0].n if result.results else None

    def at(self, colo: str) -> Any:
        return self.lab.env(colo).DB


@pytest.mark.parametrize("seed", SEEDS)
def test_d1_without_replicas_in_play_is_accepted(seed: int):
    database = Database(seed)
    assert database.run(seed, database.at) == ("yes", {"yes"})


@pytest.mark.parametrize("seed", SEEDS)
def test_a_new_d1_session_for_each_visit_misses_its_own_writes(seed: int):
    database = Database(seed)
    verdict, alone = database.run(seed, lambda colo: database.at(colo).withSession("first-unconstrained"))
    assert verdict == "no"
    assert "no" in alone


@pytest.mark.parametrize("seed", SEEDS)
def test_d1_bookmarks_keep_each_session_whole_and_are_not_linearizable_across_sessions(seed: int):
    database = Database(seed)
    verdict, alone = database.run(
        seed, lambda colo: database.at(colo).withSession(database.bookmarks.get(colo, "first-unconstrained"))
    )
    assert verdict == "no"
    assert alone == {"yes"}


def test_a_counter_on_kv_loses_increments():
    lab = Lab(kv=["KV"], seed=1)
    recorded = Recorder(lab)

    async def add(kv: Any) -> int:
        count = int(await kv.get("n") or 0) + 1
        await kv.put("n", str(count))
        return count

    everywhere(lab, lambda colo, _: recorded.increment("n", lambda: add(lab.env(colo).KV), by=colo), 1, 4, pause=5)
    verdict = check(recorded.history(), COUNTER)
    assert verdict.verdict == "no"
    counted = [each.result for each in verdict.operations if not each.open]
    assert max(counted) < len(counted)
    assert verdict.stale
    assert all(each.name == "increment" for each in verdict.stale)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_counter_in_a_durable_object_loses_none(seed: int):
    lab = Lab(SOURCE, durable_objects={"COUNTER": "Counter"}, seed=seed)
    recorded = Recorder(lab)

    def add(colo: str) -> Any:
        return lab.env(colo).COUNTER.getByName("n").add()

    everywhere(lab, lambda colo, _: recorded.increment("n", lambda: add(colo), by=colo), seed, 4)
    verdict = check(recorded.history(), COUNTER)
    assert verdict.verdict == "yes"
    assert [each.result for each in verdict.orders["n"]] == list(range(1, 21))
