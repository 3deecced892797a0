"""Files and places: who holds a copy, what a deployment changes, and what an outage leaves."""

from __future__ import annotations

import asyncio

import pytest

from labkit import facts
from labkit.emulators.assets import Assets
from labkit.errors import LabError
from labkit.workers.request import Request
from tests.emulators.sites import Visitor
from tests.emulators.worlds import Bench, flat, planet

FILES = {"index.html": "home", "app.js": "js", "old.txt": "old"}


@pytest.fixture
def site() -> Visitor:
    return Visitor(FILES, bench=planet())


def outcomes(bench: Bench) -> list[tuple[str, str]]:
    return [(event.place, event.outcome) for event in bench.trace.where("assets")]


def held(assets: Assets, path: str) -> list[str]:
    return [row["colo"] for row in assets.copies(path) if row["tier"] == "local"]


def test_a_place_fetches_a_file_once_and_then_has_it(site: Visitor):
    for colo in ("SYD", "SYD", "LHR"):
        site.get("/", colo)
    assert outcomes(site.bench) == [("SYD", "miss"), ("SYD", "hit"), ("LHR", "miss")]
    far, near = site.bench.trace[0], site.bench.trace[1]
    links = site.bench.world.links
    assert links is not None
    nearest = min(links.rtt("SYD", store) for store in facts.value("assets.central_stores"))
    assert nearest * 0.8 < far.seconds < nearest * 2 and near.seconds < 0.05
    assert held(site.assets, "/index.html") == ["LHR", "SYD"] and held(site.assets, "/app.js") == []


def test_all_who_ask_before_a_place_has_a_file_fetch_it(site: Visitor):
    async def three() -> None:
        asked = (site.assets.answer(Request("https://h/"), "SYD", None) for _ in range(3))
        await asyncio.gather(*asked)

    site.bench.run(three())
    assert [outcome for _, outcome in outcomes(site.bench)] == ["miss"] * 3
    assert held(site.assets, "/index.html") == held(site.assets, "index.html") == ["SYD"]


def test_nothing_keeps_the_contents_of_versions_that_are_gone(site: Visitor):
    empty = len(site.assets.snapshot())
    for number in range(20):
        site.assets.deploy({"a": bytes([number]) * 10_000})
    assert len(site.assets.snapshot()) < empty + 15_000
    assert site.assets.deploy({"a": bytes(10_000)}).uploaded == [], "their names are still known"


def test_a_place_keeps_a_file_for_a_year_and_no_longer(site: Visitor):
    site.get("/app.js", "SYD")
    site.bench.advance(facts.value("assets.cache_ttl") - 1)
    site.get("/app.js", "SYD")
    site.bench.advance(1)
    assert held(site.assets, "/app.js") == []
    site.get("/app.js", "SYD")
    assert [outcome for _, outcome in outcomes(site.bench)] == ["miss", "hit", "miss"]


def test_cf_cache_status_tells_how_soon_a_file_came_and_not_where_from(site: Visitor):
    assert site.header("/", "cf-cache-status", colo="SYD") == "MISS"
    assert site.header("/", "cf-cache-status", colo="SYD") == "HIT"
    assert site.header("/", "cf-cache-status", colo="IAD") == "HIT", "fetched in less than 0.1 s"
    assert outcomes(site.bench)[-1] == ("IAD", "miss"), "and the trace knows better"


def test_a_deployment_uploads_only_contents_that_storage_does_not_hold(site: Visitor):
    new = {"index.html": "home 2", "app.js": "js", "copy.js": "js", "new.css": "css", "same.css": "css"}
    upload = site.assets.deploy(new)
    assert [(row["action"], row["path"]) for row in upload] == [
        ("=", "/app.js"), ("=", "/copy.js"), ("+", "/index.html"), ("+", "/new.css"), ("=", "/same.css"),
        ("-", "/old.txt"),
    ]  # fmt: skip
    assert (upload.uploaded, upload.said) == (
        ["/index.html", "/new.css"],
        "Success! Uploaded 2 files (3 already uploaded)",
    )
    assert site.assets.deploy(FILES).said == "No updated asset files to upload. Proceeding with deployment..."
    assert site.assets.deploy({"one": "1"}).said == "Success! Uploaded 1 file"


def test_a_new_version_is_there_at_once_and_keeps_the_copies_of_what_it_did_not_change(site: Visitor):
    for path in ("/", "/app.js"):
        site.get(path, "SYD")
    site.assets.deploy({"index.html": "home 2", "app.js": "js"})
    assert site.text("/", colo="SYD") == "home 2"
    assert site.get("/old.txt", "SYD").status == 404
    site.get("/app.js", "SYD")
    assert [outcome for _, outcome in outcomes(site.bench)] == ["miss", "miss", "miss", "not found", "hit"]


def test_a_request_that_came_before_a_deployment_is_answered_by_the_version_that_it_met(site: Visitor):
    task = site.bench.timeline.spawn(site.assets.answer(Request("https://h/"), "SYD", None), name="visitor")
    site.bench.advance(0.01)
    site.assets.deploy({"index.html": "home 2"})
    site.bench.advance(2)
    assert site.bench.run(task.result().text()) == "home"


def test_an_etag_is_that_of_the_contents_and_the_extension():
    etags = {
        row["path"]: row["etag"]
        for row in Visitor({"a.js": "x", "b.js": "x", "a.css": "x", "c.js": "y"}).assets.files()
    }
    assert etags["/a.js"] == etags["/b.js"] and len(set(etags.values())) == 3
    assert all(len(etag) == 32 for etag in etags.values())


def test_in_an_outage_copies_are_served_and_the_rest_fails_after_one_more_try(site: Visitor):
    site.get("/", "SYD")
    site.assets.outage("1 minute")
    assert site.text("/", colo="SYD") == "home"
    began = site.bench.now
    answer = site.get("/app.js", "SYD")
    assert (answer.status, site.bench.run(answer.text())) == (500, "")
    assert site.bench.now - began > facts.value("assets.retry_after")
    assert site.bench.trace[-1].outcome == "500"
    assert site.get("/none", "SYD").status == 404, "what is not there needs no storage"
    site.bench.advance(60)
    assert site.text("/app.js", colo="SYD") == "js"


def test_an_outage_that_ends_within_the_retry_is_not_noticed(site: Visitor):
    site.assets.outage(0.5)
    assert site.text("/", colo="SYD") == "home"


def test_a_place_that_is_cut_off_serves_what_it_has(site: Visitor):
    site.get("/", "PER")
    site.bench.faults.partition("PER")
    assert site.text("/", colo="PER") == "home"
    assert site.get("/app.js", "PER").status == 500


def test_where_the_nearest_store_is_dead_the_other_answers(site: Visitor):
    for store in facts.value("assets.central_stores"):
        site.bench.faults.kill(store)
        assert site.text("/", colo="SYD" if store == "IAD" else "NRT") == "home"
        site.bench.faults.heal()


def test_an_outage_lasts_no_negative_time(site: Visitor):
    with pytest.raises(LabError, match="it lasts 0 seconds or more"):
        site.assets.outage(-1)


def test_with_the_network_off_no_time_passes_and_an_outage_refuses_what_has_no_copy():
    site = Visitor(FILES, bench=flat())
    assert (site.text("/"), site.header("/", "cf-cache-status"), site.bench.now) == ("home", "HIT", 0.0)
    site.assets.outage(60)
    assert [site.get("/").status, site.get("/app.js").status] == [200, 500]


def test_a_snapshot_brings_back_the_version_and_the_copies(site: Visitor):
    site.get("/", "SYD")
    state = site.assets.snapshot()
    site.get("/", "LHR")
    site.assets.deploy({"index.html": "home 2"})
    site.assets.outage(600)
    site.assets.restore(state)
    assert held(site.assets, "/index.html") == ["SYD"]
    assert (site.text("/", colo="NRT"), site.text("/old.txt", colo="NRT"), site.assets.version) == ("home", "old", 1)


def test_a_worker_pays_a_subrequest_for_each_hop_and_a_visitor_none(site: Visitor):
    site.get("/index.html")
    assert not site.bench.charged
    site.bench.run(site.assets.binding("SYD").fetch("https://h/index.html"))
    assert site.bench.charged["assets"] == 2


def test_the_same_seed_takes_the_same_time():
    def seconds(seed: int) -> list[float]:
        site = Visitor(FILES, bench=planet(seed))
        for colo in ("SYD", "SYD", "GRU"):
            site.get("/", colo)
        return [event.seconds for event in site.bench.trace]

    assert seconds(1) == seconds(1) != seconds(2)


def test_tables_show_files_copies_and_uploads(site: Visitor):
    site.get("/", "SYD")
    assert repr(site.assets.files()).splitlines()[0].split() == ["address", "file", "bytes", "content", "type", "etag"]
    assert "SYD" in site.assets.copies("/index.html")._repr_html_()
    assert "/x.txt" in site.assets.deploy({"x.txt": "x"})._repr_html_()
    with pytest.raises(LabError, match="There is no file '/nope'"):
        site.assets.copies("/nope")
