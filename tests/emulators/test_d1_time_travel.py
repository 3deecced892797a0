"""Time Travel: the database as it was, and back again."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from labkit import facts
from labkit.emulators.d1 import D1
from labkit.errors import PlatformError
from tests.emulators.worlds import EPOCH, Bench, flat, planet

DAY = 86400


class Past:
    """A database to which a row is added each minute; `count` is how many there are now."""

    def __init__(self, minutes: int = 10, plan: str = "paid"):
        self.bench: Bench = flat()
        self.bench.world.plan = plan
        self.d1 = D1({"binding": "DB"}, self.bench.world)
        self.db = self.d1.binding("LHR")
        self.run(self.db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY)"))
        self.marks = [self.d1.time_travel.info()]
        for _ in range(minutes):
            self.bench.advance(60)
            self.run(self.db.exec("INSERT INTO t DEFAULT VALUES"))
            self.marks.append(self.d1.time_travel.info())

    def run(self, coroutine: Any) -> Any:
        return self.bench.run(coroutine)

    @property
    def count(self) -> int:
        return self.run(self.db.prepare("SELECT count(*) AS n FROM t").first("n"))


def test_a_restore_goes_to_a_bookmark_and_gives_the_one_that_undoes_it():
    past = Past()
    undo = past.d1.time_travel.restore(past.marks[4])
    assert past.count == 4
    assert undo == past.marks[10]
    past.d1.time_travel.restore(undo)
    assert past.count == 10
    past.d1.time_travel.restore(past.marks[7])
    assert past.count == 7, "a restore removes no bookmark"
    assert past.marks == sorted(past.marks)
    assert past.d1.time_travel.info() > past.marks[-1]


def test_a_restore_goes_to_any_moment():
    past = Past()
    born = EPOCH
    for seconds, count in ((0, 0), (59, 0), (60, 1), (61, 1), (330, 5), (600, 10)):
        assert past.d1.time_travel.info(born + seconds) == past.marks[count]
    past.d1.time_travel.restore(timestamp="2023-11-14T22:18:21Z")  # 301 seconds after the beginning
    assert past.count == 5


def test_writes_after_a_restore_go_on_from_there():
    past = Past()
    past.d1.time_travel.restore(past.marks[3])
    past.run(past.db.exec("INSERT INTO t DEFAULT VALUES\nCREATE TABLE u (a)"))
    assert past.count == 4
    past.d1.time_travel.restore(past.marks[10])
    assert past.count == 10
    assert "u" not in {row.name for row in past.d1.query("SELECT name FROM sqlite_schema")}


def test_a_dropped_table_comes_back_with_its_index_and_its_full_text():
    past = Past()
    past.run(
        past.db.exec("CREATE VIRTUAL TABLE f USING fts5(x)\nINSERT INTO f VALUES ('a fox')\nCREATE INDEX i ON t(id)")
    )
    mark = past.d1.time_travel.info()
    past.run(past.db.exec("DROP TABLE f\nDROP TABLE t"))
    past.d1.time_travel.restore(mark)
    assert past.run(past.db.prepare("SELECT x FROM f WHERE f MATCH 'fox'").first("x")) == "a fox"
    assert past.run(past.db.prepare("PRAGMA quick_check").raw()) == [["ok"]]
    assert past.count == 10


@pytest.mark.parametrize(("plan", "days"), [("paid", 30), ("free", 7)])
def test_the_past_ends_after_so_many_days(plan: str, days: int):
    past = Past(plan=plan)
    begun = past.bench.world.unix
    past.bench.advance(days * DAY - 1)
    past.run(past.db.exec("DELETE FROM t"))
    past.d1.time_travel.restore(timestamp=begun)
    assert past.count == 10
    past.bench.advance(2)
    with pytest.raises(PlatformError, match=f"more than {days} days back"):
        past.d1.time_travel.restore(timestamp=begun)
    with pytest.raises(PlatformError, match=f"older than {days} days"):
        past.d1.time_travel.restore(past.marks[3])


def test_a_database_has_ten_restores_in_ten_minutes():
    past = Past()
    for _ in range(10):
        past.d1.time_travel.restore(past.marks[5])
    with pytest.raises(PlatformError, match="10 restores in 10 minutes"):
        past.d1.time_travel.restore(past.marks[5])
    past.bench.advance(600)
    past.d1.time_travel.restore(past.marks[6])
    assert past.count == 6


@pytest.mark.parametrize("wrong", ["x", "first-primary", "00000000-00000001-00000000-" + "0" * 32])
def test_what_is_no_bookmark_of_this_database_is_refused(wrong: str):
    past = Past()
    with pytest.raises(PlatformError, match="no bookmark of this database"):
        past.d1.time_travel.restore(wrong)
    with pytest.raises(PlatformError, match="no bookmark of this database"):
        D1({"binding": "OTHER"}, past.bench.world).time_travel.restore(past.marks[1])
    with pytest.raises(PlatformError, match="to a bookmark or to a timestamp"):
        past.d1.time_travel.restore()
    with pytest.raises(PlatformError, match="before the database was made"):
        past.d1.time_travel.restore(timestamp=EPOCH - 1)


def test_queries_under_way_are_cancelled_and_copies_hear_of_it_as_of_any_commit():
    bench = planet()
    d1 = D1({"binding": "DB"}, bench.world)
    db = d1.binding("LHR")
    bench.run(db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY)"))
    d1.read_replication, d1.replica_lag = "auto", 0.0
    mark = d1.time_travel.info()
    bench.run(db.exec("INSERT INTO t VALUES (1)"))

    async def go() -> list[Any]:
        calls = [db.prepare("INSERT INTO t VALUES (?)").bind(n).run() for n in (2, 3)]
        asked = [asyncio.ensure_future(call) for call in [*calls, db.prepare("SELECT 1").first()]]
        await asyncio.sleep(facts.value("d1.write") / 2)
        d1.time_travel.restore(mark)
        return await asyncio.gather(*asked, return_exceptions=True)

    words = "Error: D1_ERROR: Internal error in D1 DB storage caused object to be reset."
    assert [str(each) for each in bench.run(go())] == [words] * 3
    assert bench.run(db.prepare("SELECT count(*) AS n FROM t").first("n")) == 0
    assert bench.run(d1.binding("SYD").withSession().prepare("SELECT count(*) AS n FROM t").first("n")) == 0
    assert bench.run(db.prepare("INSERT INTO t VALUES (9)").run()).meta.changes == 1
