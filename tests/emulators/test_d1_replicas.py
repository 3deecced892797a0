"""Read replicas and sessions: who answers, how old that is, and what a bookmark is good for."""

from __future__ import annotations

from math import exp
from typing import Any

import pytest

from labkit import facts
from labkit.emulators.d1 import D1
from labkit.errors import LabError, PlatformError
from tests.emulators.worlds import Bench, flat, planet


class Replicated:
    """A database in London with replicas everywhere, and a counter in it."""

    def __init__(self, lag: float = 1.0, seed: int = 0):
        self.bench: Bench = planet(seed=seed)
        self.d1 = D1({"binding": "DB"}, self.bench.world)
        self.d1.primary = "LHR"
        self.home = self.d1.binding("LHR")
        self.run(self.home.exec("CREATE TABLE t (n INTEGER)\nINSERT INTO t VALUES (0)"))
        self.d1.read_replication = "auto"
        self.d1.replica_lag = lag

    def run(self, coroutine: Any) -> Any:
        return self.bench.run(coroutine)

    def count(self, asking: Any) -> int:
        return self.run(asking.prepare("SELECT n FROM t").first("n"))

    def add(self, asking: Any) -> Any:
        return self.run(asking.prepare("UPDATE t SET n = n + 1").run())

    @property
    def last(self) -> dict[str, Any]:
        return self.bench.trace[-1].detail


def test_the_lag_is_seconds_or_words_and_never_negative():
    them = Replicated()
    them.d1.replica_lag = "2 minutes"
    assert them.d1.replica_lag == 120
    for wrong in (-1, "soon"):
        with pytest.raises(LabError):
            them.d1.replica_lag = wrong
    assert them.d1.replica_lag == 120 and them.add(them.home).meta.changes == 1


def test_without_a_session_everything_goes_to_the_primary():
    them = Replicated()
    meta = them.run(them.d1.binding("SYD").prepare("SELECT n FROM t").run()).meta
    assert (meta.served_by_primary, meta.served_by_region) == (True, "WEUR")


def test_a_session_is_served_by_the_nearest_copy():
    them = Replicated()
    served = {}
    for colo in ("SYD", "SEA", "BOS", "WAW", "SIN", "LHR"):
        meta = them.run(them.d1.binding(colo).withSession().prepare("SELECT n FROM t").run()).meta
        served[colo] = (meta.served_by_region, meta.served_by_primary)
    assert served == {
        "SYD": ("OC", False), "SEA": ("WNAM", False), "BOS": ("ENAM", False), "WAW": ("EEUR", False),
        "SIN": ("APAC", False), "LHR": ("WEUR", True),
    }  # fmt: skip


def test_first_primary_asks_the_primary_first_and_a_copy_then():
    them = Replicated()
    session = them.d1.binding("SYD").withSession("first-primary")
    one, two = (them.run(session.prepare("SELECT n FROM t").run()).meta for _ in range(2))
    assert (one.served_by_primary, two.served_by_primary) == (True, False)
    assert [event.detail["session"] for event in them.bench.trace.where("d1", "run")] == ["first-primary", "bookmark"]


def test_a_session_without_replication_goes_to_the_primary():
    them = Replicated()
    them.d1.read_replication = "disabled"
    meta = them.run(them.d1.binding("SYD").withSession().prepare("SELECT n FROM t").run()).meta
    assert meta.served_by_primary
    assert len(them.d1.instances()) == 1


def test_a_read_without_a_bookmark_may_be_old_and_with_one_it_waits():
    them = Replicated(lag=5.0)
    session = them.d1.binding("SYD").withSession()
    them.add(session)
    mark = session.getBookmark()
    assert them.count(them.d1.binding("SYD").withSession()) == 0
    assert 0 < them.last["lag"] < 1
    began = them.bench.now
    assert them.count(them.d1.binding("SYD").withSession(mark)) == 1
    assert them.last["bookmark_wait"] == pytest.approx(them.bench.now - began, abs=0.01)
    assert them.last["bookmark_wait"] > 0.1


def test_a_write_of_a_session_is_sent_on_to_the_primary():
    them = Replicated()
    meta = them.add(them.d1.binding("SYD").withSession()).meta
    assert (meta.served_by_primary, meta.served_by_colo) == (True, "LHR")
    assert them.last["forwarded_by"] == "SYD"


def test_without_lag_copies_are_never_old():
    them = Replicated(lag=0.0)
    for number in range(1, 4):
        them.add(them.home)
        assert them.count(them.d1.binding("SYD").withSession()) == number


def test_how_often_a_read_is_old_follows_the_lag():
    gap, lag, old, rounds = 0.5, 1.0, 0, 400
    them = Replicated(lag=lag, seed=3)
    for _ in range(rounds):
        them.add(them.home)
        committed = them.d1.replicas["OC"].news[0].committed
        them.bench.until(committed + gap)
        old += them.d1.replicas["OC"].index < them.d1.history.index
        them.bench.advance(60)
        assert them.d1.replicas["OC"].index == them.d1.history.index
    assert old / rounds == pytest.approx(exp(-gap / lag), abs=0.07)


def test_a_copy_shows_whole_commits_in_their_order_schema_and_all():
    them = Replicated(lag=3.0)
    oc = them.d1.binding("SYD")
    for number in range(40):
        them.run(them.home.batch([
            them.home.prepare(f"CREATE TABLE x{number} (a)"),
            them.home.prepare(f"INSERT INTO x{number} VALUES (random() % 1000)"),
            them.home.prepare("UPDATE t SET n = n + 1"),
        ]))  # fmt: skip
        them.bench.advance(0.3)
        rows = them.run(oc.withSession().batch([
            oc.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name LIKE 'x%'"),
            oc.prepare("SELECT n FROM t"),
        ]))  # fmt: skip
        tables, seen = rows[0].results[0].n, rows[1].results[0].n
        assert tables == seen <= number + 1
    them.bench.advance(60)
    for region in them.d1.replicas.values():
        [table] = [region.reader().run([(f"SELECT a FROM x{number}", ())])[0].rows for number in (39,)]
        assert table == [tuple(them.d1.query("SELECT a FROM x39")[0].values())], "random() ran once"


def test_a_copy_that_is_cut_off_for_longer_than_anything_is_kept_still_answers():
    them = Replicated(lag=0.01)
    them.d1.history.keep = 3600
    them.bench.faults.partition("SYD", "LHR")
    for _ in range(600):
        them.add(them.home)
        them.bench.advance(60)
    assert them.d1.history.oldest > 0
    assert 0 < them.count(them.d1.binding("SYD").withSession()) < 600


def test_a_copy_that_is_cut_off_falls_behind_and_a_bookmark_gets_its_answer_elsewhere():
    them = Replicated(lag=0.01)
    them.bench.faults.partition("SYD", "LHR")
    them.add(them.home)
    mark = them.home.withSession
    session = them.home.withSession("first-primary")
    assert them.count(session) == 1
    mark = session.getBookmark()
    them.bench.advance(3600)
    assert them.count(them.d1.binding("SYD").withSession()) == 0, "an hour later"
    assert them.last["lag"] > 3600
    meta = them.run(them.d1.binding("SYD").withSession(mark).prepare("SELECT n FROM t").run()).meta
    assert meta.served_by_region != "OC" and meta.total_attempts == 2
    them.bench.faults.heal()
    assert them.count(them.d1.binding("SYD").withSession()) == 1


def test_a_copy_whose_place_fails_goes_on_in_its_region():
    them = Replicated()
    them.bench.faults.kill("SYD")
    them.d1.lose("SYD")
    [row] = [row for row in them.d1.instances() if row["region"] == "OC"]
    assert row["place"] in ("MEL", "AKL")
    them.bench.advance(facts.value("d1.failover"))
    assert them.run(them.d1.binding("MEL").withSession().prepare("SELECT n FROM t").run()).meta.served_by_region == "OC"


def test_a_bookmark_of_the_future_is_answered_by_what_there_is():
    them = Replicated()
    future = "ffffffff-ffffffff-ffffffff-ffffffffffffffffffffffffffffffff"
    assert them.count(them.d1.binding("SYD").withSession(future)) == 0


def test_the_table_says_who_knows_what():
    them = Replicated(lag=100.0)
    them.add(them.home)
    rows = them.d1.instances()
    assert [row["role"] for row in rows] == ["primary", *["replica"] * 6]
    assert [row["behind"] for row in rows] == [0, *[1] * 6]
    assert "replica" in repr(rows) and "<table>" in rows._repr_html_()


def test_a_mode_that_there_is_not_is_refused_and_without_a_network_there_are_no_copies():
    d1 = D1({"binding": "DB"}, flat().world)
    with pytest.raises(PlatformError, match="auto"):
        d1.read_replication = "on"
    d1.read_replication = "auto"
    assert (d1.read_replication, d1.replicas) == ("auto", {})
