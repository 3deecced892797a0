"""Placement: a Worker runs near its back end, by a hint or by what was measured."""

from __future__ import annotations

from math import inf

import pytest

from labkit import Lab
from labkit.emulators.placement.regions import regions
from labkit.emulators.placement.smart import Analysis, Durations, targets
from labkit.errors import ConfigError, LabError
from labkit.network.faults import Unreachable
from labkit.network.links import Links
from labkit.network.places import PLACES, distance_km
from labkit.services import Origin
from tests.serving.running import scenario, visitor

SOURCE = """
import asyncio
from js import WebSocketPair
from pyodide.ffi import create_proxy
from workers import Response, WorkerEntrypoint, fetch

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if "/boom" in request.url:
            raise ValueError("boom")
        if "/slow" in request.url:
            await asyncio.sleep(5)
        if "/echo" in request.url:
            client, server = WebSocketPair.new().object_values()
            server.accept()
            server.addEventListener("message", create_proxy(lambda event: server.send(event.data)))
            return Response(None, status=101, web_socket=client)
        for _ in range(int(request.url.rpartition("=")[2] or 0)):
            await fetch("https://db.example/")
        return Response("done")
"""
ORIGINS = {"db.example": Origin("row", place="IAD", seconds=0.001)}
CITIES = ["SYD", "LHR", "IAD", "NRT"]


def lab(placement: dict | None, **options) -> Lab:
    return Lab(SOURCE, {"placement": placement} if placement else None, origins=ORIGINS, **options)


def seconds(bench: Lab, colo: str, queries: int = 5) -> float:
    begun = bench.now
    bench.run(bench.fetch(f"/?n={queries}", colo=colo))
    return bench.now - begun


def header(bench: Lab, colo: str) -> str | None:
    return bench.run(bench.fetch("/?n=5", colo=colo)).headers.get("cf-placement")


def played(bench: Lab, rounds: int = 25, queries: int = 5) -> Lab:
    for _ in range(rounds):
        for colo in CITIES:
            seconds(bench, colo, queries)
    return bench


@pytest.mark.parametrize("hint", [{"region": "aws:us-east-1"}, {"hostname": "db.example"}, {"host": "db.example:5432"},
                                  {"mode": "targeted", "region": "gcp:us-east4"}])  # fmt: skip
def test_a_hint_runs_the_worker_near_its_back_end(hint):
    placed = lab(hint)
    assert header(placed, "SYD") == "remote-IAD" and header(placed, "IAD") == "local-IAD"
    assert seconds(placed, "SYD") < 0.4 < 5 * Links().rtt("SYD", "IAD") < seconds(lab(None), "SYD")


def test_without_placement_there_is_no_header_and_off_changes_nothing():
    assert header(lab(None), "SYD") is None
    off = lab({"mode": "off"})
    assert header(off, "SYD") is None and not off.trace.where("placement")


def test_smart_placement_needs_a_quarter_of_an_hour_and_traffic_from_many_places():
    bench = lab({"mode": "smart"})
    played(bench)
    assert (bench.placement.status, header(bench, "SYD")) == ("", "local-SYD")
    bench.run(bench.advance(900))
    assert header(bench, "SYD") == "remote-IAD"
    assert bench.placement.status == "SUCCESS"
    assert bench.placement.targets.keys() == {"SYD", "LHR", "NRT"} and header(bench, "IAD") == "local-IAD"


def test_it_decides_at_the_end_of_the_quarter_and_not_before():
    bench = played(lab({"mode": "smart"}))
    bench.run(bench.advance(899.5 - bench.now))
    assert header(bench, "SYD") == "local-SYD"
    assert bench.now > 900 and header(bench, "SYD") == "remote-IAD"


@pytest.mark.parametrize(("rounds", "cities"), [(19, 4), (40, 2)])
def test_too_little_traffic_is_said_so(monkeypatch, rounds, cities):
    monkeypatch.setattr("tests.emulators.test_placement.CITIES", CITIES[:cities])
    bench = played(lab({"mode": "smart"}), rounds)
    bench.run(bench.advance(900))
    assert header(bench, "SYD") == "local-SYD"
    assert bench.placement.status == "INSUFFICIENT_INVOCATIONS"


def test_a_worker_that_asks_nobody_stays_with_its_visitors():
    bench = played(lab({"mode": "smart"}), queries=0)
    bench.run(bench.advance(900))
    assert header(bench, "SYD") == "local-SYD"
    assert (bench.placement.status, bench.placement.targets) == ("SUCCESS", {})


def test_one_query_is_not_worth_the_way():
    bench = played(lab({"mode": "smart"}), queries=1)
    bench.run(bench.advance(900))
    assert header(bench, "SYD") == "local-SYD"


def test_it_never_runs_where_the_worker_has_not_run():
    durations = {"SYD": 1.0, "LHR": 0.4, "NRT": 0.8}
    assert targets(durations, Links()) == {"SYD": "LHR", "NRT": "LHR"}


def test_one_request_in_a_hundred_stays_as_a_baseline():
    placement = lab({"mode": "smart"}).placement
    placement.analysis.targets["SYD"] = "IAD"
    seen = [placement._chosen("SYD") for _ in range(4000)]
    assert set(seen) == {("IAD", False), ("SYD", True)} and 15 <= seen.count(("SYD", True)) <= 65


def test_a_forwarded_request_shows_in_the_trace_on_its_way_and_where_it_ran():
    placed = lab({"region": "aws:us-east-1"})
    header(placed, "SYD")
    (client,), (forward,) = placed.trace.where("client"), placed.trace.where("placement", "forward")
    (ran,) = placed.trace.where("workers", "fetch")
    assert (forward.place, forward.detail["to"], ran.place) == ("SYD", "IAD", "IAD")
    assert forward.parent == client.id and ran.parent == forward.id
    assert forward.seconds - ran.seconds > 0.15, "the way there and back"
    header(placed, "IAD")
    assert len(placed.trace.where("placement")) == 1, "nothing is forwarded to where it is"


def test_an_exception_travels_back_and_counts():
    placed = lab({"region": "aws:us-east-1"})
    answer = placed.run(placed.fetch("/boom", colo="SYD"))
    assert (answer.status, answer.headers["cf-placement"]) == (500, "remote-IAD") and placed.now > 0.2
    assert placed.trace.units()["workers.requests"] == 1


def test_the_messages_of_a_websocket_go_to_where_the_worker_runs():
    took = {}
    for placement in (None, {"region": "aws:us-east-1"}):
        bench = lab(placement)

        async def echoed(bench=bench):
            socket = await bench.websocket("/echo", colo="SYD")
            begun = bench.now
            await socket.send("hi")
            assert await socket.receive() == "hi"
            return bench.now - begun

        took[placement is None] = bench.run(echoed())
    assert took[True] < 0.1 < 0.15 < took[False]


def test_a_place_that_fails_while_a_request_runs_there_answers_no_visitor():
    placed = lab({"region": "aws:us-east-1"})
    placed.world.timeline.call_at(2.0, placed.kill, "IAD")
    with pytest.raises(Unreachable, match="IAD, where this request was placed, failed"):
        placed.run(placed.fetch("/slow", colo="SYD"))
    assert (placed.now, header(placed, "SYD")) == (2.0, "local-SYD")
    entered = lab({"region": "aws:us-east-1"})
    entered.world.timeline.call_at(2.0, entered.kill, "SYD")
    with pytest.raises(Unreachable, match="SYD failed while"):
        entered.run(entered.fetch("/slow", colo="SYD"))


@scenario
async def test_a_served_worker_is_placed_too():
    async with lab({"region": "aws:us-east-1"}).serve(0, colo="SYD", speed=inf) as server, visitor(server) as client:
        answer = await client.get("/?n=2")
        assert (answer.text, answer.headers["cf-placement"]) == ("done", "remote-IAD")


def test_where_it_made_requests_slower_it_is_given_up():
    enough = Durations(20, 20.0)
    analysis = Analysis({c: Durations(20, 20.0) for c in CITIES}, Durations(20, 30.0), enough, {"SYD": "IAD"})
    analysis.judge(1800.0, Links())
    assert (analysis.status, analysis.targets) == ("UNSUPPORTED_APPLICATION", {})
    analysis.judge(2700.0, Links())
    assert analysis.status == "UNSUPPORTED_APPLICATION"


def test_a_place_that_is_cut_off_is_not_forwarded_to():
    placed = lab({"region": "aws:us-east-1"})
    placed.partition("SYD", "IAD")
    assert header(placed, "SYD") == "local-SYD"
    placed.heal()
    assert header(placed, "SYD") == "remote-IAD"


def test_static_assets_are_answered_where_the_request_enters():
    bench = Lab(SOURCE, {"placement": {"region": "aws:us-east-1"}}, assets={"/a.txt": "here"}, origins=ORIGINS)
    assert "cf-placement" not in bench.run(bench.fetch("/a.txt", colo="SYD")).headers
    assert header(bench, "SYD") == "remote-IAD"


def test_a_snapshot_keeps_what_was_learnt():
    bench = played(lab({"mode": "smart"}))
    bench.run(bench.advance(900))
    header(bench, "SYD")
    state = bench.snapshot()
    targets_then = bench.placement.targets
    bench.placement.analysis.targets.clear()
    bench.restore(state)
    assert bench.placement.targets == targets_then != {}


def test_without_a_network_the_worker_runs_where_it_is_asked():
    assert header(lab({"region": "aws:us-east-1"}, network=None), "SYD") == "local-SYD"


@pytest.mark.parametrize(("placement", "words"), [
    ({"mode": "clever"}, '"mode" in .*is "smart" or "off"; this is \'clever\''),
    ({"region": "aws:us-east-9"}, "No cloud region is called 'aws:us-east-9'. Did you mean"),
    ({"hostname": "db2.example"}, "origins=...\\) has db.example"),
    ({"region": "aws:us-east-1", "mode": "smart"}, "'region' and 'mode'; it takes one"),
    ({"region": "aws:us-east-1", "mode": "off"}, "'region' and 'mode'; it takes one"),
    ({}, "says nothing"),
    ({"regoin": "aws:us-east-1"}, "Did you mean 'region'"),
])  # fmt: skip
def test_what_cannot_be_meant_is_refused(placement, words):
    with pytest.raises(ConfigError, match=words):
        Lab(SOURCE, {"placement": placement}, origins=ORIGINS)


def test_a_lab_without_placement_says_so():
    with pytest.raises(LabError, match="runs where requests enter"):
        _ = lab(None).placement


def test_every_region_has_a_place_and_no_two_clouds_disagree_by_an_ocean():
    known = regions()
    assert set(known.values()) <= PLACES.keys() and len(known) > 90
    pairs = [("aws:us-east-1", "azure:eastus"), ("aws:eu-central-1", "gcp:europe-west3"),
             ("aws:ap-southeast-2", "azure:australiaeast"), ("aws:us-west-2", "gcp:us-west1")]  # fmt: skip
    assert all(distance_km(known[a], known[b]) < 100 for a, b in pairs)
