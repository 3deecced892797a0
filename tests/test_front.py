"""A request that has entered a PoP goes to a host of the platform's, to the static assets, or to the Worker."""

from __future__ import annotations

import pytest

from labkit import Lab
from labkit.front import host_of
from labkit.workers import Response
from tests.test_lab import answer, worker

HELLO = worker("return Response('the Worker')")


async def bucket(request, colo):
    return Response(f"the bucket, asked for {request.url} in {colo}")


class Files:
    """Assets that have one file."""

    async def answer(self, request, colo, worker):
        return Response("a file") if request.url.endswith("/logo.png") else await worker(request)


@pytest.fixture
def lab():
    lab = Lab(HELLO, origins={"api.example": "an origin"})
    lab._deployment.hosts["files.example"] = lab._deployment.hosts[".dev.example"] = bucket
    return lab


def test_a_visitor_of_a_host_of_the_platform_does_not_reach_the_worker(lab):
    assert answer(lab, "https://files.example/a.txt", colo="SYD") == (
        200, "the bucket, asked for https://files.example/a.txt in SYD")  # fmt: skip
    assert answer(lab, "/") == (200, "the Worker")


def test_a_host_below_one_with_a_dot_belongs_to_it(lab):
    hosts = lab._deployment.hosts
    assert host_of(hosts, "https://a.dev.example/x") is host_of(hosts, "https://b.a.dev.example:8443/") is bucket
    assert host_of(hosts, "https://dev.example/") is host_of(hosts, "https://xfiles.example/") is None
    assert host_of(hosts, "https://files.example.org/") is host_of(hosts, "https://example/") is None


def test_a_worker_reaches_it_by_fetch_as_it_reaches_an_origin():
    lab = Lab(worker("from workers import fetch\n        there = await fetch('https://files.example/a?b')\n"
                     "        return Response(await there.text())"))  # fmt: skip
    lab._deployment.hosts["files.example"] = bucket
    assert "asked for https://files.example/a?b in LHR" in answer(lab, colo="LHR")[1]


def test_assets_answer_before_the_worker_and_only_what_reaches_it_is_billed(lab):
    lab._deployment.front.assets = Files()
    assert answer(lab, "/logo.png") == (200, "a file")
    assert "workers.requests" not in lab.trace.units()
    assert answer(lab, "/api") == (200, "the Worker")
    assert lab.trace.units()["workers.requests"] == 1
