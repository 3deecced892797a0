"""D1 on the planet: the way to the primary, one thread and its queue, what fails and what is tried again."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from labkit import facts
from labkit.emulators.d1 import D1
from labkit.emulators.sqlite import Engine
from labkit.errors import LabError, PlatformError
from labkit.network.links import Links
from labkit.workers.ffi import JsException
from tests.emulators.worlds import Bench, planet

SCAN = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT count(*) FROM n"


class Far:
    """A database in Ashburn that is asked from Sydney and from its own place."""

    def __init__(self, **options: Any):
        self.bench: Bench = planet(**options)
        self.d1 = D1({"binding": "DB", "database_name": "shop"}, self.bench.world)
        self.d1.primary = "IAD"
        self.near, self.far = self.d1.binding("IAD"), self.d1.binding("SYD")
        self.run(self.near.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)"))

    def run(self, coroutine: Any) -> Any:
        return self.bench.run(coroutine)

    def took(self, coroutine: Any) -> float:
        began = self.bench.now
        self.run(coroutine)
        return self.bench.now - began

    def refused(self, coroutine: Any) -> str:
        with pytest.raises(JsException) as caught:
            self.run(coroutine)
        return caught.value.message

    def gathered(self, *calls: Any) -> list[Any]:
        async def go() -> list[Any]:
            return await asyncio.gather(*calls, return_exceptions=True)

        return self.run(go())

    @property
    def last(self) -> dict[str, Any]:
        return self.bench.trace[-1].detail


@pytest.fixture
def far() -> Far:
    return Far()


def test_a_query_takes_the_way_there_and_back_and_its_time(far: Far):
    rtt = Links().rtt("SYD", "IAD")
    assert far.took(far.far.prepare("SELECT 1").first()) == pytest.approx(rtt, rel=0.25)
    assert far.took(far.near.prepare("SELECT 1").first()) < facts.value("d1.indexed_read")


def test_five_queries_cost_five_round_trips_and_a_batch_of_five_one(far: Far):
    one = far.far.prepare("SELECT 1")

    async def five() -> None:
        for _ in range(5):
            await one.first()

    rtt = Links().rtt("SYD", "IAD")
    assert far.took(five()) == pytest.approx(5 * rtt, rel=0.15)
    assert far.took(far.far.batch([one] * 5)) == pytest.approx(rtt, rel=0.25)


def test_a_write_takes_several_milliseconds_and_a_scan_grows_with_its_rows(far: Far):
    write = far.took(far.near.prepare("INSERT INTO t (v) VALUES ('a')").run())
    assert facts.value("d1.write") < write < 2 * facts.value("d1.write")
    small, large = (far.took(far.near.prepare(SCAN.format(rows)).first()) for rows in (10_000, 100_000))
    assert large == pytest.approx(10 * small, rel=0.05)


def test_meta_says_where_and_by_which_attempt(far: Far):
    meta = far.run(far.far.prepare("SELECT 1").run()).meta
    assert list(meta) == [
        "served_by", "served_by_region", "served_by_colo", "served_by_primary", "timings", "duration", "changes",
        "last_row_id", "changed_db", "size_after", "rows_read", "rows_written", "total_attempts",
    ]  # fmt: skip
    assert (meta.served_by_region, meta.served_by_colo, meta.served_by_primary) == ("ENAM", "IAD", True)
    assert (meta.total_attempts, meta.timings.sql_duration_ms) == (1, meta.duration)
    assert 0 < meta.duration < 1


def test_queries_are_served_one_after_the_other_in_the_order_of_asking(far: Far):
    put = far.near.prepare("INSERT INTO t (v) VALUES ('a')")
    began = far.bench.now
    far.gathered(*(put.run() for _ in range(20)))
    assert far.bench.now - began == pytest.approx(20 * facts.value("d1.write"), rel=0.1)
    waited = [event.detail["waited"] for event in far.bench.trace.where("d1", "run")]
    assert waited == sorted(waited)
    assert waited[0] == 0 and waited[-1] == pytest.approx(19 * facts.value("d1.write"), rel=0.1)


def test_who_waits_too_long_is_told_so_and_the_rest_goes_on(far: Far):
    hog = SCAN.format(3_500_000)  # some eleven seconds
    answers = far.gathered(far.near.prepare(hog).first(), far.near.prepare("SELECT 1 AS a").first())
    assert answers[1].message == "D1_ERROR: D1 DB is overloaded. Requests queued for too long."
    [refused] = [event for event in far.bench.trace if event.outcome == "overloaded"]
    assert refused.seconds == pytest.approx(facts.value("d1.queue_seconds"), abs=0.01)
    assert far.run(far.near.prepare("SELECT 2 AS a").first("a")) == 2


def test_one_too_many_in_the_queue_is_refused_at_once(far: Far, monkeypatch):
    real = facts.value
    monkeypatch.setattr(facts, "value", lambda name, plan=None: 3 if name == "d1.queue_requests" else real(name, plan))
    far = Far()
    answers = far.gathered(*(far.near.prepare("INSERT INTO t (v) VALUES ('a')").run() for _ in range(5)))
    assert [str(each) for each in answers[4:]] == ["Error: D1_ERROR: D1 DB is overloaded. Too many requests queued."]
    assert far.run(far.near.prepare("SELECT count(*) AS n FROM t").first("n")) == 4


def test_the_primary_is_born_near_whoever_first_asks_or_where_it_was_told():
    for colo, hint, jurisdiction, place in (
        ("SYD", None, None, "SYD"), ("GRU", None, None, "MIA"), ("SYD", "weur", None, None), ("SYD", None, "eu", None),
        ("GRU", None, "fedramp", None), ("SYD", "LHR", None, "LHR"),
    ):  # fmt: skip
        bench = planet()
        d1 = D1({"binding": "DB"}, bench.world)
        assert d1.primary is None
        if hint:
            d1.primary = hint
        d1.jurisdiction = jurisdiction
        bench.run(d1.binding(colo).exec("SELECT 1"))
        region = d1.instances()[0]["region"]
        assert place is None or d1.primary == place
        if hint == "weur" or jurisdiction == "eu":
            assert region in ("WEUR", "EEUR")
        if jurisdiction == "fedramp":
            assert region in ("WNAM", "ENAM")
        with pytest.raises(PlatformError, match="chosen when it is made"):
            d1.primary = "weur"
    with pytest.raises(PlatformError, match="no location of D1"):
        D1({"binding": "DB"}, planet().world).primary = "sam"
    with pytest.raises(PlatformError, match="no jurisdiction"):
        D1({"binding": "DB"}, planet().world).jurisdiction = "uk"


def test_reads_are_tried_three_times_in_an_outage_and_writes_once(far: Far):
    far.d1.outage("1 hour")
    words = "D1_ERROR: Internal error while starting up D1 DB storage caused object to be reset."
    read, write = far.near.prepare("SELECT 1"), far.near.prepare("INSERT INTO t (v) VALUES ('a')")
    wait = facts.value("d1.retry_wait")
    began = far.bench.now
    assert far.refused(read.first()) == words
    assert far.bench.now - began == pytest.approx(2 * wait)
    assert far.took(asyncio.wait_for(_ignored(write.run()), 9)) < wait
    far.bench.advance(3600)
    assert far.run(write.run()).meta.changes == 1


def test_a_read_that_outlasts_the_outage_says_how_often_it_was_tried(far: Far):
    far.d1.outage(facts.value("d1.retry_wait") * 1.5)
    assert far.run(far.near.prepare("SELECT 1").run()).meta.total_attempts == 3
    assert far.last["attempts"] == 3
    with pytest.raises(LabError, match="0 seconds or more"):
        far.d1.outage(-1)


def test_a_write_under_way_is_lost_with_the_primarys_place_and_its_caller_is_told(far: Far):
    async def go() -> Any:
        asked = asyncio.ensure_future(_ignored(far.near.prepare("INSERT INTO t (v) VALUES ('lost')").run()))
        await asyncio.sleep(facts.value("d1.write") / 2)
        far.bench.faults.kill("IAD")
        far.d1.lose("IAD")
        return await asked

    assert "Network connection lost." in str(far.run(go()))
    assert far.d1.primary != "IAD"
    began = far.bench.now
    assert far.run(far.far.prepare("SELECT count(*) AS n FROM t").first("n")) == 0
    assert far.bench.now - began > facts.value("d1.failover") * 0.9
    assert far.run(far.far.prepare("INSERT INTO t (v) VALUES ('kept')").run()).meta.served_by_colo == far.d1.primary


def test_a_database_that_is_cut_off_is_lost_to_its_callers_until_the_network_heals(far: Far):
    far.bench.faults.partition("SYD", "IAD")
    assert far.refused(far.far.prepare("INSERT INTO t (v) VALUES ('a')").run()) == "D1_ERROR: Network connection lost."
    far.bench.faults.heal()
    assert far.run(far.far.prepare("INSERT INTO t (v) VALUES ('a')").run()).meta.changes == 1


def test_a_caller_that_goes_away_does_not_stop_the_thread(far: Far):
    async def go() -> None:
        task = asyncio.ensure_future(far.near.prepare("INSERT INTO t (v) VALUES ('a')").run())
        await asyncio.sleep(facts.value("d1.write") / 2)
        task.cancel()

    far.run(go())
    assert far.run(far.near.prepare("SELECT count(*) AS n FROM t").first("n")) == 1


@pytest.mark.parametrize("error", [ValueError("a defect"), KeyboardInterrupt()])
def test_an_unforeseen_error_ends_one_query_and_the_thread_goes_on(far: Far, monkeypatch, error: BaseException):
    real = Engine.run

    def run(engine: Engine, sql: str, values: Any = ()) -> Any:
        found = real(engine, sql, values)
        if "'fails'" in sql:
            raise error
        return found

    monkeypatch.setattr(Engine, "run", run)

    async def both() -> None:
        await asyncio.gather(far.near.exec("SELECT 1"), far.near.exec("INSERT INTO t (v) VALUES ('fails')"))

    with pytest.raises(type(error)):
        far.run(both())
    assert far.run(far.near.prepare("INSERT INTO t (v) VALUES ('b')").run()).meta.changes == 1
    assert far.run(far.near.prepare("SELECT count(*) AS n FROM t").first("n")) == 1, "the other was undone"


def test_a_snapshot_is_refused_while_a_query_is_under_way_that_nobody_waits_for(far: Far):
    async def go() -> None:
        task = asyncio.ensure_future(far.near.prepare("INSERT INTO t (v) VALUES ('a')").run())
        await asyncio.sleep(facts.value("d1.write") / 2)
        task.cancel()

    far.run(go())
    with pytest.raises(LabError, match="A query of .* is under way"):
        far.d1.snapshot()
    far.bench.advance(1)
    far.d1.restore(far.d1.snapshot())
    assert far.run(far.near.prepare("SELECT count(*) AS n FROM t").first("n")) == 1


def test_the_same_seed_gives_the_same_run():
    def run(seed: int) -> list[float]:
        far = Far(seed=seed)
        far.d1.read_replication = "auto"
        for _ in range(5):
            far.run(far.far.withSession().prepare("INSERT INTO t (v) VALUES (random() % 1000)").run())
        return [event.end for event in far.bench.trace] + [far.d1.query("SELECT sum(v) AS s FROM t")[0].s]

    assert run(1) == run(1) != run(2)


async def _ignored(call: Any) -> Any:
    try:
        return await call
    except JsException as error:
        return error
