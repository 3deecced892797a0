"""Assets in a lab: before the Worker or behind it, on the bill, on env, and over a real server."""

from __future__ import annotations

import asyncio
from math import inf

import pytest

from labkit import Lab
from labkit.errors import ConfigError, LabError
from tests.serving.running import scenario, visitor

FILES = {"index.html": "<h1>home</h1>", "a.html": "a", "app.js": "js"}
SPA = {"assets": {"binding": "ASSETS", "directory": "public", "not_found_handling": "single-page-application"}}


WORKER = """
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        path = request.url.partition("?ask=")[2]
        if not path:
            return Response(f"worker {request.method}")
        answer = await self.env.ASSETS.fetch(path if "://" in path else f"https://any.example{path}")
        return Response(f"{answer.status} {answer.url} {await answer.text()}")
"""


def lab_of(config: dict | None = None, main: str | None = WORKER, **options) -> Lab:
    wrangler = {"assets": {"binding": "ASSETS", "directory": "public"}} if config is None else config
    return Lab(main, wrangler, assets=FILES, **options)


async def texts(lab: Lab, *paths: str, **options) -> list[str]:
    return [await (await lab.fetch(path, colo="SYD", **options)).text() for path in paths]


@scenario
async def test_an_asset_is_served_without_the_worker_and_costs_nothing():
    lab = lab_of()
    assert await texts(lab, "/", "/a", "/app.js") == ["<h1>home</h1>", "a", "js"]
    assert not lab.trace.units() and not lab.trace.where("workers")


@scenario
async def test_what_is_no_asset_goes_to_the_worker_and_is_billed():
    lab = lab_of()
    assert await texts(lab, "/api", "/x", method="PUT") == ["worker PUT", "worker PUT"]
    assert lab.trace.units()["workers.requests"] == 2 and not lab.trace.where("assets")


@scenario
async def test_the_worker_asks_for_assets_by_any_host():
    lab = lab_of()
    answers = await texts(lab, "/x?ask=/a", "/x?ask=http://else.example/app.js", "/x?ask=/a.html", "/x?ask=/none")
    assert answers == [
        "200 https://any.example/a a", "200 http://else.example/app.js js", "200 https://any.example/a a",
        "404 https://any.example/none ",
    ]  # fmt: skip
    assert lab.trace.units()["workers.requests"] == 4
    events = lab.trace.where("assets", "fetch")
    assert [event.detail["status"] for event in events] == [200, 200, 307, 200, 404], "a redirect is followed"
    assert all(event.parent is not None for event in events)


@scenario
async def test_a_navigation_gets_the_page_of_the_application_and_not_the_worker():
    lab = lab_of(SPA)
    assert await texts(lab, "/x", headers={"sec-fetch-mode": "navigate"}) == ["<h1>home</h1>"]
    assert await texts(lab, "/x", headers={"sec-fetch-mode": "cors"}) == ["worker GET"]
    dated = lab_of(SPA | {"compatibility_date": "2025-03-31"})
    assert await texts(dated, "/x", headers={"sec-fetch-mode": "navigate"}) == ["worker GET"]
    flagged = lab_of(SPA | {"compatibility_flags": ["assets_navigation_has_no_effect"]})
    assert await texts(flagged, "/x", headers={"sec-fetch-mode": "navigate"}) == ["worker GET"]


@scenario
async def test_the_worker_first_costs_a_request_for_every_asset():
    lab = lab_of({"assets": {"binding": "ASSETS", "directory": "public", "run_worker_first": True}})
    assert await texts(lab, "/", "/app.js") == ["worker GET", "worker GET"]
    assert lab.trace.units()["workers.requests"] == 2


@scenario
async def test_assets_alone_need_no_worker():
    lab = lab_of(main=None, config={})
    assert await texts(lab, "/a", "/none") == ["a", ""]
    assert [event.detail["status"] for event in lab.trace.where("assets")] == [200, 404]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"binding": "ASSETS"},
         "Cannot use assets with a binding in an assets-only Worker.\nPlease remove the asset binding from your "
         "configuration file, or provide a Worker script in your configuration file (`main`)."),
        *(({"run_worker_first": first},
           "Cannot set run_worker_first without a Worker script.\nPlease remove run_worker_first from your "
           "configuration file, or provide a Worker script in your configuration file (`main`).")
          for first in (True, ["/a"])),
    ],
)  # fmt: skip
def test_what_only_a_worker_can_use_is_refused_where_there_is_none(config: dict, said: str):
    with pytest.raises(ConfigError) as caught:
        lab_of({"assets": config}, main=None)
    assert str(caught.value).startswith(said)
    assert lab_of({"assets": config | {"binding": "ASSETS"}}).assets


@pytest.mark.parametrize("binding", [5, "", None])
def test_a_binding_is_a_name(binding):
    with pytest.raises(ConfigError, match="The binding of 'assets' is a name on env"):
        lab_of({"assets": {"binding": binding}})


@pytest.mark.parametrize(("directory", "said"), [("", "cannot be an empty string"), (5, "are a folder, .*; this is 5")])
def test_a_directory_is_a_path(directory, said: str):
    with pytest.raises(ConfigError, match=said):
        Lab(WORKER, {"assets": {"directory": directory}})


@scenario
async def test_a_request_whose_place_fails_while_it_fetches_gets_no_answer_and_leaves_no_copy():
    lab = lab_of()
    under_way = asyncio.ensure_future(lab.fetch("/", colo="SYD"))
    await lab.advance(0.05)
    lab.kill("SYD")
    with pytest.raises(LabError, match="SYD failed while this request was there"):
        await under_way
    assert [row["colo"] for row in lab.assets.copies("/index.html") if row["tier"] == "local"] == []
    lab.heal()
    assert await texts(lab, "/") == ["<h1>home</h1>"]


@scenario
async def test_a_visitor_pays_the_last_mile_and_nothing_more_once_the_place_has_the_file():
    lab = lab_of()
    await texts(lab, "/", "/")
    first, second = lab.trace.where("client")
    assert first.seconds > 0.1 > second.seconds


@scenario
async def test_a_cell_asks_the_binding_and_sees_the_tables():
    lab = lab_of()
    answer = await lab.env("LHR").ASSETS.fetch("https://x/a")
    assert await answer.text() == "a"
    assert [row["address"] for row in lab.assets.files()] == ["/a", "/app.js", "/"]
    assert [row["colo"] for row in lab.assets.copies("/a.html") if row["tier"] == "local"] == ["LHR"]
    assert repr(lab.env("LHR").ASSETS) == "<Static assets at LHR>"


@scenario
async def test_a_lab_goes_back_to_the_version_of_its_snapshot():
    lab = lab_of()
    state = lab.snapshot()
    lab.assets.deploy({"a.html": "a 2"})
    assert await texts(lab, "/a") == ["a 2"]
    lab.restore(state)
    assert await texts(lab, "/a", "/app.js") == ["a", "js"]


def test_a_lab_without_assets_says_so():
    with pytest.raises(LabError, match="no static assets"):
        _ = Lab(WORKER).assets


@scenario
async def test_a_real_client_gets_pages_redirects_and_304():
    async with lab_of().serve(0, colo="SYD", speed=inf) as server, visitor(server) as client:
        page = await client.get("/")
        assert (page.status_code, page.text) == (200, "<h1>home</h1>")
        assert (page.headers["content-type"], page.headers["content-length"]) == ("text/html; charset=utf-8", "13")
        again = await client.get("/", headers={"if-none-match": page.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        head = await client.head("/")
        assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", page.headers["etag"])
        moved = await client.get("/a.html?q=1")
        assert (moved.status_code, moved.headers["location"]) == (307, "/a?q=1")
        assert (await client.post("/a")).status_code == 405
        assert (await client.get("/..%2f..%2fetc%2fpasswd")).text == "worker GET"
