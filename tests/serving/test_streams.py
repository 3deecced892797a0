"""A body that comes in parts is sent while it comes."""

from __future__ import annotations

from math import inf
from typing import Any

import httpx
import pytest

from labkit import Lab
from tests.serving.running import scenario, seen, visitor
from tests.serving.workers import STREAMS


@pytest.fixture
def lab() -> Lab:
    return Lab(STREAMS)


def served(lab: Lab, **options: Any) -> Any:
    return lab.serve(0, colo="SYD", **({"speed": inf} | options))


@pytest.mark.parametrize("path", ["/events", "/packed"])
@pytest.mark.parametrize("network", [True, False])
def test_an_event_arrives_before_the_next_is_made(path: str, network: bool):
    @scenario
    async def test():
        lab = Lab(STREAMS) if network else Lab(STREAMS, network=None)
        async with served(lab, speed=50) as server, visitor(server) as client, client.stream("GET", path) as answer:
            lines = answer.aiter_lines()
            assert answer.headers["content-type"] == "text/event-stream" and "content-length" not in answer.headers
            assert await anext(lines) == "data: first"
            assert (await client.get("/go")).text == "gone"  # without which there is no second event
            assert [line async for line in lines if line] == ["data: second"]

    test()


@scenario
async def test_a_stream_that_breaks_off_breaks_off_for_the_visitor(lab):
    async with served(lab) as server, visitor(server) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            async with client.stream("GET", "/breaks") as answer:
                assert b"".join([part async for part in answer.aiter_bytes()]) == b"begun"
        assert (await client.get("/go")).text == "gone"


@scenario
async def test_a_visitor_who_leaves_ends_the_request(lab):
    async with served(lab, speed=50) as server, visitor(server) as client:
        async with client.stream("GET", "/endless") as answer:
            await anext(answer.aiter_bytes())
        await seen(
            lambda: any(event.outcome == "exception" for event in lab.trace.events if event.primitive == "client")
        )


@scenario
async def test_what_wait_until_was_given_ends_thirty_seconds_after_the_visitor_has_left(lab):
    async with served(lab, speed=200) as server, visitor(server) as client:
        async with client.stream("GET", "/endless") as answer:
            parts = answer.aiter_bytes()
            while lab.now < 60:  # longer than a task has after a response that is sent at once
                await anext(parts)
        await seen(lambda: [entry for entry in lab.logs if "did not complete within the allowed time" in entry.message])
        (left,) = [event.end for event in lab.trace.events if event.primitive == "client"]
        assert left > 60 and lab.logs[0].at == pytest.approx(left + 30, abs=1)
    lab.snapshot()


@scenario
async def test_a_server_that_stops_ends_a_stream_without_end(lab):
    async with served(lab, speed=50) as server, visitor(server) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            async with client.stream("GET", "/endless") as answer:
                parts = answer.aiter_bytes()
                await anext(parts)
                await server.stop(grace=0)
                assert not [part async for part in parts]


@scenario
async def test_a_stream_is_as_long_as_it_is_and_not_as_a_worker_says(lab):
    async with served(lab) as server, visitor(server) as client:
        sized = await client.get("/sized")
        assert (sized.content, sized.headers["content-length"]) == (b"abcdef", "6")
        for said in ("3", "100", "many"):
            missaid = await client.get(f"/missaid?{said}")
            assert (missaid.content, "content-length" in missaid.headers) == (b"abcdef", False)


@pytest.mark.parametrize("speed", [50, inf])
def test_a_visitor_who_reads_slowly_holds_the_worker_up(speed: float):
    @scenario
    async def test():
        async with served(Lab(STREAMS), speed=speed) as server, visitor(server) as client:
            async with client.stream("GET", "/flood") as answer:
                parts = answer.aiter_bytes(2**20)
                await anext(parts)
                sent = [int((await client.get("/taken")).text) for _ in range(20)][-1]
                assert sent < 32  # megabytes: what the lab, uvicorn, the system and the client hold, and no more
                assert sum([len(part) async for part in parts]) == 63 * 2**20
            assert (await client.get("/taken")).text == "64"

    test()


@scenario
async def test_a_visitor_who_leaves_while_the_worker_waits_for_room_ends_the_request(lab):
    async with served(lab, speed=50) as server, visitor(server) as client:
        async with client.stream("GET", "/flood") as answer:
            await anext(answer.aiter_bytes())
            await seen(lambda: server._life.pace._held)
        await seen(lambda: not server._life.pace._under_way)
        assert not server._life.pace._held


@scenario
async def test_a_head_of_a_stream_has_no_body(lab):
    async with served(lab) as server, visitor(server) as client:
        await client.get("/go")
        answer = await client.head("/events")
        assert (answer.status_code, answer.content) == (200, b"")
