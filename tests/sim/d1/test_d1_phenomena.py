"""D1's phenomena: what a wrong formula or a wrong Worker comes to, and where each phenomenon ends."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from labkit.errors import LabError
from labkit.sim import d1
from labkit.sim.agreement import Disagreement
from labkit.sim.d1 import notes
from labkit.sim.streams import generator

WORKER = """
import asyncio
from workers import Response, WorkerEntrypoint

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        db, last = self.env.DB, request.url.rpartition("/")[2]
        {body}
"""
NO_SESSION = """
        if request.method == "POST":
            await db.prepare("INSERT OR REPLACE INTO notes VALUES (?, ?)").bind(last, await request.text()).run()
        return Response(await db.prepare("SELECT text FROM notes WHERE key = ?").bind(last).first("text") or "")
"""
SIDE_BY_SIDE = """
        await asyncio.gather(*(db.prepare("SELECT 1").first() for _ in range(int(last))))
        return Response("done")
"""
TWICE = """
        for _ in range(2):
            await db.batch([db.prepare("SELECT 1")] * (int(last) or 1))
        return Response("done")
"""
SCAN = """
        query = db.prepare("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
                           "SELECT count(*) FROM n").bind(int(last))
"""
SCANNED_TWICE = (
    SCAN
    + """
        return Response(str([await query.first("count(*)") for _ in range(2)]))
"""
)
AGAIN = (
    SCAN
    + """
        for _ in range(3):
            try:
                await query.first()
                break
            except Exception:
                await asyncio.sleep(0.01)
        return Response("done")
"""
)
NOTHING = """
        return Response("hello")
"""


def module(name: str):
    return sys.modules[f"labkit.sim.d1.{name}"]


def worker(body: str) -> str:
    return WORKER.format(body=body.strip())


def test_with_bookmarks_nobody_reads_what_was_before_their_write():
    result = d1.replicas(notes.Bookmarked, bookmarks=True, after=(0, 0.1)).check()
    assert all(row.theory == row.model.mean == 0 for row in result.rows)
    assert all(row.yours and row.yours.mean == 0 and row.yours.counted == 240 for row in result.rows)


@pytest.mark.parametrize("call", [
    lambda: d1.replicas(notes.Bookmarked, after=(0,)),
    lambda: d1.replicas(worker(NO_SESSION), after=(0,)),
    lambda: d1.bookmarks(notes.Default, after=(0,)),
    lambda: d1.nearest(worker(NO_SESSION), replicas=(6,), pops=20),
    lambda: d1.round_trips(worker(SIDE_BY_SIDE), queries=(5,)),
    lambda: d1.round_trips(worker(TWICE), queries=(5,), batch=True),
    lambda: d1.thread(worker(SCANNED_TWICE), queries_per_s=(300,), runs=40),
    lambda: d1.overload(worker(AGAIN), queries_per_s=(2000,), visits=200),
])  # fmt: skip
def test_a_worker_that_does_otherwise_leaves_the_line(call):
    with pytest.raises(Disagreement, match="yours"):
        call().check()


@pytest.mark.parametrize("call", [
    lambda: d1.round_trips(worker(NOTHING), queries=(1,)),
    lambda: d1.replicas(worker(NOTHING), after=(0,)),
    lambda: d1.thread(worker(NOTHING), queries_per_s=(300,), runs=20),
])  # fmt: skip
def test_a_worker_that_asks_nothing_is_told_so(call):
    with pytest.raises(LabError, match="asked nothing of D1. The last status was 200"):
        call()


@pytest.mark.parametrize(("name", "form", "wrong", "options"), [
    ("replicas", "stale_fraction", lambda e, lag, primary, bookmarks: np.exp(-e / lag), {"after": (0.1,)}),
    ("bookmarks", "mean_wait", lambda e, lag, primary: 1000 * max(lag - e, 0), {"after": (0.05,)}),
    ("round_trips", "page_ms", lambda n, batch, colo, primary: 220.0 * n, {"queries": (5,)}),
    ("nearest", "read_ms", lambda n, primary, places: 120 / (n + 1), {"replicas": (3,), "pops": 20}),
    ("thread", "wait_ms", lambda rate, mix: rate * mix.mean**2 * 1e3 / 0.5, {"queries_per_s": (500,)}),
    ("overload", "refused", lambda rate, service: 1 - np.exp(1 - rate * service), {"queries_per_s": (2000,)}),
])  # fmt: skip
def test_a_wrong_formula_is_found_out(monkeypatch, name, form, wrong, options):
    monkeypatch.setattr(module(name), form, wrong)
    with pytest.raises(Disagreement, match="model"):
        getattr(d1, name)(None, **options).check()


def test_a_few_slow_queries_make_all_wait():
    result = d1.thread(None, queries_per_s=(300,), slow=0.02, slow_share=0.02).check()
    assert result.rows[0].theory > 10 * d1.thread(None, queries_per_s=(300,)).rows[0].theory


def test_the_work_that_a_run_finds_has_the_mean_of_a_wait():
    mix, random = module("thread").Mix(0.001, 0.02, 0.1), generator(3)
    found = [mix.work(random, 0.6, share) for share in random.random(40_000)]
    assert np.mean(found) * 1000 == pytest.approx(d1.wait_ms(0.6 / mix.mean, mix=mix), rel=0.03)


def test_below_what_the_thread_can_do_nobody_is_refused():
    result = d1.overload(queries_per_s=(500,), visits=200).check()
    assert result.rows[0].theory < 1e-12 and result.rows[0].yours and result.rows[0].yours.mean == 0


def test_slow_queries_are_given_up_rather_than_refused():
    assert d1.refused(15, service=0.1) == pytest.approx(1 / 3)
    assert d1.refused(9.9, service=0.1) > d1.refused(990, service=0.001)
    d1.overload(None, queries_per_s=(15, 20), service=0.1).check()


@pytest.mark.parametrize(("call", "words"), [
    (lambda: d1.thread(None, queries_per_s=(1000,)), "d1.overload"),
    (lambda: d1.overload(None, queries_per_s=(1100,)), "up to 900/s, or from 1200/s on"),
    (lambda: d1.overload(None, queries_per_s=(9.8,), service=0.1), "up to 9/s, or from 12/s on"),
    (lambda: d1.overload(None, visits=19), "visits=19: whole numbers from 20"),
    (lambda: d1.thread(None, slow_share=2), "slow_share=2: a share is from 0 to 1"),
    (lambda: d1.thread(None, queries_per_s=(0,)), "queries_per_s=0: a number above 0"),
    (lambda: d1.replicas(None, after=(-1,)), "after=-1: 0 or more"),
    (lambda: d1.bookmarks(None, lag=0), "lag=0: a number above 0"),
    (lambda: d1.round_trips(None, queries=(1.5,)), "queries=1.5: whole numbers from 1"),
    (lambda: d1.nearest(None, replicas=(7,)), "7 replicas: D1 has 6"),
    (lambda: d1.overload(None, queries_per_s=(140,), service=0.011), "both bounds"),
])  # fmt: skip
def test_what_has_no_answer_is_refused_in_a_sentence(call, words):
    with pytest.raises(LabError, match=words):
        call()


def test_a_batch_costs_one_trip_and_a_primary_nearby_none():
    far, batch = (d1.page_ms(5, batch=batch, colo="SYD", primary="IAD") for batch in (False, True))
    near = d1.page_ms(5, batch=False, colo="IAD", primary="IAD")
    assert far > 4.5 * batch and near < 3
