"""D1 in a lab: from a Worker, in a cell, with snapshots, faults and many databases."""

from __future__ import annotations

import contextlib
import pickle

import apsw
import pytest

from labkit import Lab
from labkit.emulators.d1.account import MOST_OPEN
from labkit.errors import LabError
from labkit.workers.ffi import JsException
from tests.emulators.crashing import at_every_moment

APP = """
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        db = self.env.DB
        if request.method == "POST":
            put = db.prepare("INSERT INTO notes (text) VALUES (?)")
            texts = (await request.text()).split(",")
            total = db.prepare("UPDATE total SET n = n + ?").bind(len(texts))
            results = await db.batch([*(put.bind(text) for text in texts), total])
            return Response.json([each.meta.last_row_id for each in results])
        session = db.withSession(request.headers.get("x-bookmark") or "first-unconstrained")
        found = await session.prepare("SELECT text FROM notes ORDER BY id").all()
        return Response.json([row.text for row in found.results], headers={"x-bookmark": session.getBookmark()})
"""
SCHEMA = {"0001_notes.sql": "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT); CREATE TABLE total (n); "
                            "INSERT INTO total VALUES (0)"}  # fmt: skip


def made(**options) -> Lab:
    lab = Lab(APP, d1=["DB"], **options)
    lab.d1("DB").migrations.apply(SCHEMA)
    return lab


def texts(lab: Lab, **options) -> list[str]:
    return lab.run(lab.run(lab.fetch("/", **options)).json())


def test_a_worker_writes_and_reads():
    lab = made()
    assert lab.run(lab.run(lab.fetch("/", method="POST", body="a,b")).json()) == [1, 2, 2]
    assert texts(lab, colo="SYD") == ["a", "b"]
    assert lab.trace.units()["d1.rows_written"] >= 3


def test_a_database_answers_in_a_cell():
    lab = made()
    db = lab.env("LHR").DB
    assert lab.run(db.prepare("SELECT n FROM total").first("n")) == 0
    assert lab.run(db.prepare("INSERT INTO notes (text) VALUES (?)").bind("x").run()).meta.changes == 1
    session = db.withSession("first-primary")
    lab.run(session.prepare("SELECT 1").run())
    assert session.getBookmark() == lab.d1("DB").time_travel.info()
    assert len(lab.run(db.batch([db.prepare("SELECT 1"), db.prepare("SELECT 2")]))) == 2
    with pytest.raises(JsException, match="D1_ERROR: no such table: nope"):
        lab.run(db.prepare("SELECT * FROM nope").run())


def test_a_snapshot_brings_the_database_back_with_what_its_copies_know():
    lab = made()
    d1 = lab.d1("DB")
    lab.run(lab.fetch("/", method="POST", body="a", colo="LHR"))
    d1.read_replication, d1.replica_lag = "auto", 3600.0
    lab.run(lab.fetch("/", method="POST", body="b", colo="LHR"))
    before, state = d1.instances(), lab.snapshot()
    lab.run(lab.fetch("/", method="POST", body="c", colo="LHR"))
    lab.run(lab.advance("3 days"))
    assert texts(lab, colo="SYD") == ["a", "b", "c"]
    lab.restore(state)
    assert [row["commit"] for row in d1.instances()] == [row["commit"] for row in before]
    assert (texts(lab, colo="LHR"), texts(lab, colo="SYD")) == (["a", "b"], ["a"])
    lab.run(lab.fetch("/", method="POST", body="d", colo="LHR"))
    assert texts(lab, colo="LHR") == ["a", "b", "d"]


def test_the_place_of_the_primary_fails_and_the_database_goes_on_elsewhere():
    lab = made()
    d1 = lab.d1("DB")
    d1.primary = "LHR"
    lab.run(lab.fetch("/", method="POST", body="a", colo="CDG"))
    lab.kill("LHR")
    assert texts(lab, colo="CDG") == ["a"]
    assert d1.primary != "LHR"


def test_two_bindings_of_one_id_are_one_database():
    config = [{"binding": name, "database_name": "db", "database_id": "one"} for name in ("A", "B")]
    lab = Lab(wrangler={"name": "w", "compatibility_date": "2026-06-01", "d1_databases": config})
    assert lab.d1("A") is lab.d1("B")
    with pytest.raises(LabError, match="No D1 database is bound to 'C'"):
        lab.d1("C")


class Batch:
    """A visitor near London has a batch written in Sydney."""

    def __init__(self) -> None:
        self.lab = made()
        self.lab.d1("DB").primary = "SYD"

    def play(self) -> None:
        with contextlib.suppress(LabError, JsException):
            self.lab.run(self.lab.fetch("/", method="POST", body="a,b,c", colo="LHR"))
        self.lab.run(self.lab.advance(30))

    def outcome(self) -> int:
        """How many notes there are, which is the total."""
        [notes] = self.lab.d1("DB").query("SELECT count(*) AS n FROM notes")
        [total] = self.lab.d1("DB").query("SELECT n FROM total")
        assert notes.n == total.n
        return notes.n


@pytest.mark.parametrize("colo", ["LHR", "SYD"])
def test_a_batch_is_whole_wherever_and_whenever_a_machine_is_lost(colo: str):
    outcomes = [scenario.outcome() for scenario in at_every_moment(Batch, lambda lab: lab.kill(colo))]
    assert set(outcomes) == {0, 3}


def test_of_many_databases_few_are_open_and_the_rest_are_small():
    names = [f"TENANT_{number}" for number in range(3 * MOST_OPEN)]
    before = apsw.memory_used()
    lab = Lab(d1=names, network=None)
    for name in names:
        lab.d1(name).execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t (v) VALUES ('a'), ('b')")
    assert len(lab.d1(names[0]).account.opened) == MOST_OPEN
    assert apsw.memory_used() - before < MOST_OPEN * 250_000
    assert len(pickle.dumps(lab.d1(names[0]).snapshot())) < 3_000
    assert lab.d1(names[0]).query("SELECT count(*) AS n FROM t") == [{"n": 2}]
