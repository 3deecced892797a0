"""A Worker under load: every request ends once, as a fetch of its own would, and what breaks breaks in its time."""

from __future__ import annotations

import signal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.errors import LabError
from labkit.lab import Lab
from labkit.network.places import PLACES
from labkit.sim import traffic
from labkit.sim.planet import (
    ClosedLoop,
    Diurnal,
    FlashCrowd,
    Kill,
    Loss,
    Partition,
    Planet,
    Poisson,
    Slow,
    SlowPrimary,
    planet,
    run,
)
from labkit.sim.planet.loads import CODES
from labkit.sim.traffic import Visit

WORKER = """
import asyncio
from urllib.parse import urlsplit
from workers import Response, WorkerEntrypoint

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        path = urlsplit(request.url).path
        if path == "/fail":
            raise ValueError("as asked")
        if path == "/hang":
            await asyncio.Event().wait()
        if path == "/kv":
            return Response(await self.env.KV.get("a") or "none")
        if path == "/db":
            return Response(str(await self.env.DB.prepare("select 1").first()))
        if path == "/slow":
            await asyncio.sleep(20)
        return Response(f"{request.method} {path} {await request.text()} {request.cf.colo} {request.headers}")
"""
BINDINGS = {"kv": ["KV"], "d1": ["DB"]}
FEW = ["LHR", "SIN", "SYD", "IAD"]


def lab(**options) -> Lab:
    return Lab(WORKER, **BINDINGS, **options)


@pytest.mark.parametrize("load", [
    Poisson(20, places=FEW),
    Poisson(20, places=40, url="/kv"),
    Poisson(20, places=FEW, url="/items/{key}", keys=9, method="PUT", headers={"x-a": "b"}, body=lambda key: f"b{key}"),
])  # fmt: skip
def test_a_load_leaves_the_trace_that_as_many_fetches_leave(load):
    one, other = lab(seed=5), lab(seed=5)
    Planet(one, load, 5, seed=3).run()
    visits = [
        Visit(at, CODES[place], load.address(key), {n: v for n, v in load.options(key).items() if v is not None})
        for at, place, key in zip(*(column.tolist() for column in next(load.pieces(5, 3, 0))), strict=True)
    ]
    traffic.play(other, visits)
    assert [event.as_dict() for event in one.trace] == [event.as_dict() for event in other.trace]
    assert len(visits) > 50


LOADS = st.lists(
    st.sampled_from([
        Poisson(6, places=FEW), Poisson(3, places=FEW, url="/fail"), ClosedLoop(5, 1.0, places=FEW),
        FlashCrowd(Poisson(2, places=FEW), at=1, times=10), Diurnal(Poisson(3, places="OC")),
        ClosedLoop(2, 0.5, places=["SYD"], url="/kv"), Poisson(1, places=FEW, url="/slow"),
    ]), min_size=1, max_size=3,
)  # fmt: skip
FAULTS = st.lists(
    st.sampled_from([
        Kill("SYD", at=1, until=3), Kill("SIN", at=2), Partition("OC", at=0.5, until=2), Slow("LHR", 0.4, at=1),
        Loss(0.3, until=2), Loss(0.2), SlowPrimary("DB", 1, at=0, until=1),
    ]), max_size=3,
)  # fmt: skip


@settings(max_examples=25)
@given(LOADS, FAULTS, st.integers(0, 1000))
def test_every_request_that_sets_out_ends_once_and_not_before_it_did(loads, faults, seed):
    where, whole = lab(), Poisson(9, places=FEW)  # so that somebody comes
    for load in loads:
        whole = whole + load
    network = where._faults.snapshot()
    results = Planet(where, whole, 4, faults=faults, seed=seed).run()
    assert len(results) == results.offered and (results.number == np.arange(len(results))).all()
    assert (np.diff(results.start) >= 0).all() and (results.latency_s >= 0).all()
    assert (results.start < results.begun + 4).all()
    assert sorted(set(results.request.tolist())) == sorted(results.request.tolist())
    assert len(where.trace.where("client")) == len(results)
    assert ((results.status > 0) | results.failed).all()
    assert where._faults.snapshot() == network


def test_the_same_seed_gives_the_same_arrays_and_another_others():
    load = Poisson(30, places=50, url="/items/{key}", keys=5) + ClosedLoop(3, 1)

    def columns(seed):
        return Planet(lab(seed=1), load, 5, seed=seed).run().columns

    one, same, other = columns(1), columns(1), columns(2)
    assert all((one[name] == same[name]).all() for name in one)
    assert one["start"].size != other["start"].size or (one["start"] != other["start"]).any()


def test_what_one_kind_of_traffic_sends_does_not_depend_on_the_others():
    alone = Planet(lab(), Poisson(10, places=FEW), 5).run()
    beside = Planet(lab(), Poisson(10, places=FEW) + Poisson(50, places=40), 5).run()
    assert beside.start[beside.part == 0] == pytest.approx(alone.start)


def test_the_same_run_without_a_trace_has_the_same_results_and_bill():
    kept, folded = lab(seed=2), lab(seed=2)
    for one in (kept, folded):
        one.run(one.fetch("/kv"))
    load = Poisson(40, places=FEW, url="/kv")
    with_trace, without = (Planet(one, load, 10, trace=keep).run() for one, keep in ((kept, True), (folded, False)))
    same = [name for name in with_trace.columns if name != "request"]
    assert all((with_trace.columns[name] == without.columns[name]).all() for name in same)
    assert dict(folded.trace.units()) == pytest.approx(dict(kept.trace.units()))
    assert folded.bill().total == kept.bill().total
    assert len(folded.trace) < 10 < len(kept.trace)
    assert folded.trace.events[-1].detail["events"] + len(folded.trace) - 1 == len(kept.trace)


def test_the_trace_is_kept_by_itself_where_it_is_small(monkeypatch):
    assert Planet(lab(), Poisson(10), 10).keeps_trace
    assert not Planet(lab(), Poisson(100_000), 10).keeps_trace
    assert Planet(lab(), Poisson(100_000), 10, trace=True).keeps_trace


def test_a_cold_start_is_the_requests_that_caused_it():
    results = Planet(lab(), Poisson(50, places=FEW), 10).run()
    first = [np.flatnonzero(results.place == code)[0] for code in FEW]
    assert sorted(np.flatnonzero(results.cold)) == sorted(first)


def test_a_dead_place_loses_what_is_under_way_and_its_visitors_enter_nearby_until_it_is_back():
    load = Poisson(8, places=["SIN"], url="/slow") + Poisson(8, places=["SIN"])
    results = Planet(lab(), load, 90, faults=[Kill("SIN", at=30, until=60)]).run()
    at, quick = results.start - results.begun, results.part == 1
    assert (results.place[(at > 31) & (at < 60) & quick] != "SIN").all()
    assert (results.place[(at > 60) & quick] == "SIN").all()
    assert (results.home == "SIN").all()
    lost = (results.part == 0) & (at > 11) & (at < 29.9)
    assert (results.outcome[lost] == "unreachable").all() and (results.status[lost] == 0).all()
    assert not results.failed[(at < 9) | (at > 31)].any()


def test_a_partition_a_slow_primary_and_lost_messages_are_felt_in_their_time():
    where = lab()
    where.d1("DB").primary = "LHR"
    load = Poisson(20, places=["SYD"], url="/db")
    faults = [Partition("OC", at=20, until=30), SlowPrimary("DB", 0.5, at=40, until=50), Loss(0.3, at=60, until=70)]
    results = Planet(where, load, 80, faults=faults).run()
    at = results.start - results.begun

    def median(begin: float, end: float) -> float:
        return float(np.median(results.latency_s[(at > begin) & (at < end)]))

    quiet = median(5, 19)
    assert median(20.5, 24) > 5
    assert median(40, 49) == pytest.approx(quiet + 1, abs=0.1)
    assert np.mean(results.latency_s[(at > 60) & (at < 70)] > quiet + 0.19) > 0.35
    assert median(71, 80) == pytest.approx(quiet, abs=0.05)


def test_what_the_lab_had_broken_before_stays_broken_and_only_that():
    where = lab()
    where.kill("FRA")
    where.partition("AFR")
    before = where._faults.snapshot()
    faults = [Kill("SIN", at=1, until=2), Kill("FRA", at=1, until=2), Loss(0.1), Partition("OC", at=1)]
    Planet(where, Poisson(5, places=FEW), 4, faults=faults).run()
    assert where._faults.snapshot() == before


def test_where_no_place_is_left_every_request_fails_at_once():
    results = Planet(lab(), Poisson(20, places=FEW), 3, faults=[Kill(code) for code in PLACES]).run()
    assert results.failed.all() and (results.latency_s == 0).all() and (results.request == 0).all()


def test_faults_that_overlap_end_one_by_one():
    faults = [Kill("SYD", at=1, until=3), Kill("SYD", at=2, until=5)]
    results = Planet(lab(), Poisson(30, places=["SYD"]), 8, faults=faults).run()
    at = results.start - results.begun
    assert (results.place[(at > 1.1) & (at < 5)] != "SYD").all() and (results.place[at > 5] == "SYD").all()


def test_a_users_next_request_waits_for_the_answer_and_the_law_holds():
    results = Planet(lab(), ClosedLoop(10, 1.0, places=["LHR"], url="/slow"), 2000).run()
    late = results.start > results.begun + 200
    rate, seconds = late.sum() / 1800, results.latency_s[late].mean()
    assert rate * (seconds + 1) == pytest.approx(10, rel=0.03)
    under_way = [((results.start <= at) & (results.end > at)).sum() for at in np.linspace(0, 2000, 500)]
    assert max(under_way) <= 10


def test_what_would_wait_for_ever_is_a_failure_of_its_own():
    where = lab()
    results = Planet(where, Poisson(2, places=FEW, url="/hang") + Poisson(10, places=FEW), 5).run()
    assert (results.outcome[results.part == 0] == "stuck").all() and not results.failed[results.part == 1].any()
    users = Planet(where, ClosedLoop(3, 1, url="/hang"), 10).run()
    assert (users.outcome == "stuck").all() and len(users) <= 3
    assert where.run(where.fetch("/")).status == 200


class Interrupts:
    """A Worker's place in a run at which the person presses Ctrl-C."""

    def __init__(self, monkeypatch, after: int):
        self.left, visit = after, run.Run._visit

        async def pressed(its, *args):
            self.left -= 1
            if self.left == 0:
                signal.raise_signal(signal.SIGINT)
            await visit(its, *args)

        monkeypatch.setattr(run.Run, "_visit", pressed)


def test_an_interrupt_leaves_what_had_ended_a_line_and_a_lab_that_goes_on(monkeypatch, capsys):
    load = Poisson(40, places=FEW) + ClosedLoop(5, 1, places=FEW)
    whole = Planet(lab(seed=1), load, 10).run()
    where = lab(seed=1)
    before = where._faults.snapshot()
    Interrupts(monkeypatch, after=200)
    results = Planet(where, load, 10, faults=[Loss(0.0, at=0)]).run()
    assert results.partial and 100 < len(results) < 200
    ended = np.flatnonzero(whole.end <= results.end.max())
    assert results.number.tolist() == whole.number[ended].tolist()
    assert results.end.tolist() == whole.end[ended].tolist()
    said = capsys.readouterr().err
    assert "Interrupted" in said and f"{results.offered - len(results)} under way" in said
    assert where._faults.snapshot() == before
    monkeypatch.undo()
    assert where.run(where.fetch("/")).status == 200
    assert not Planet(where, load, 2).run().partial


def test_a_key_that_nobody_can_ask_for_is_named_and_what_had_ended_is_kept(capsys):
    where = lab()
    load = Poisson(40, places=FEW, keys=30, method="PUT", body=lambda key: f"{1 / (key - 20)}")
    results = Planet(where, load, 10).run()
    assert results.partial and 0 < len(results) <= results.offered and 20 not in results.key
    said = capsys.readouterr().err
    assert "(key 20)" in said and "no visitor can send this" in said and "ZeroDivisionError" in said
    assert where.run(where.fetch("/")).status == 200


def test_an_interrupt_ends_the_faults_that_had_begun(monkeypatch):
    where = lab()
    Interrupts(monkeypatch, after=30)
    Planet(where, Poisson(40, places=FEW), 10, faults=[Kill("FRA"), Partition("OC"), Slow("SIN", 1)]).run()
    assert not where.world.faults


def test_a_second_interrupt_reaches_a_worker_that_computes_for_ever(monkeypatch):
    presses = []

    async def endless(its, *args):
        for press in range(5):
            presses.append(press)
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(run.Run, "_visit", endless)
    assert Planet(lab(), Poisson(40, places=FEW), 10).run().partial
    assert presses == [0, 1]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_before_the_first_answer_leaves_no_rows(monkeypatch):
    Interrupts(monkeypatch, after=1)
    results = Planet(lab(), Poisson(4000, places=FEW), 10).run()
    assert results.partial and len(results) == 0
    assert "0 requests" in results.summary() and np.isnan(results.latency(0.5))


@pytest.mark.parametrize(("make", "words"), [
    (lambda: Planet(lab(), Poisson(1), 0), "seconds=0"),
    (lambda: Planet(lab(), Poisson(1), -5), "seconds=-5"),
    (lambda: Planet(lab(), -3, 5), "per_s=-3"),
    (lambda: Planet(lab(), Poisson(1, url="ftp://a/b"), 5), "no visitor can send this"),
    (lambda: Planet(lab(), Poisson(1, body="x", method="GET"), 5), "cannot have a body"),
    (lambda: Planet(lab(), Poisson(1), 5, faults=[Kill("XQX")]), "XQX"),
    (lambda: Planet(lab(), Poisson(1), 5, faults=[Partition("XX")]), "XX"),
    (lambda: Planet(lab(), Poisson(1), 5, faults=[SlowPrimary("DBB", 1)]), "DBB"),
    (lambda: Planet(lab(), Poisson(1), 5, faults=["kill"]), "no fault"),  # type: ignore[list-item]
    (lambda: Planet(lab(network=None), Poisson(1), 5, faults=[Loss(0.1)]), "no network"),
    (lambda: Kill("SIN", at=5, until=5), "ends after"),
    (lambda: Kill("SIN", at=-1), "0 s or later"),
    (lambda: Loss(1.0), "probability"),
    (lambda: Slow("SIN", -1), "late"),
    (lambda: Partition("OC", "SYD"), "both sides"),
    (lambda: Planet(lab(), Poisson(1e-6), 1).run(), "Nobody came"),
    (lambda: Planet(lab(), ClosedLoop(1, 1e6), 1).run(), "Nobody came"),
])  # fmt: skip
def test_what_makes_no_sense_is_refused_in_words(make, words):
    with pytest.raises(LabError, match=words):
        make()


def test_a_planet_without_a_network_takes_no_time_but_the_computing():
    results = Planet(lab(network=None), Poisson(20, places=FEW), 5).run()
    assert results.latency(0.99) == pytest.approx(0.001, abs=1e-4)


def test_the_progress_goes_from_nothing_to_the_end_of_the_time(monkeypatch):
    seen = []

    def bar(items, total, label):
        seen.append((total, label))
        return items

    monkeypatch.setattr(run, "progress", bar)
    Planet(lab(), Poisson(20, places=FEW), 5, label="shop").run()
    assert seen == [(planet.TICKS, "shop")]
