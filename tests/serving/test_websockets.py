"""Real WebSockets through a served lab: words both ways, goodbyes both ways, refusals."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from labkit import Lab
from labkit.serving.bridge import Bridge
from tests.serving.running import scenario, seen, visitor
from tests.serving.workers import ECHO, ROOM


@pytest.fixture
def lab() -> Lab:
    return Lab(ECHO)


def opened(server: Any, path: str = "/", **options: Any) -> connect:
    url = f"ws://127.0.0.1:{server.port}{path}"
    return connect(url, subprotocols=options.pop("subprotocols", ["chat.v2"]), max_size=None, **options)


async def ended(socket: ClientConnection) -> tuple[int | None, str | None]:
    """The code and the reason with which the connection ends."""
    await asyncio.wait_for(socket.wait_closed(), 30)
    return socket.close_code, socket.close_reason


@scenario
async def test_text_and_bytes_go_both_ways(lab):
    async with lab.serve(0, colo="SYD") as server, opened(server) as socket:
        assert await socket.recv() == "welcome to SYD"
        for said in ("hi \u00e9", "", b"\x00\xff", b"", "x" * 3_000_000):
            await socket.send(said)
            assert await socket.recv() == said


@scenario
async def test_many_messages_keep_their_order(lab):
    async with lab.serve(0) as server, opened(server) as socket:
        await socket.recv()
        said = [str(number) for number in range(500)]
        for word in said:
            await socket.send(word)
        assert [await socket.recv() for _ in said] == said


@scenario
async def test_the_handshake_brings_the_workers_subprotocol_and_headers(lab):
    asked = {"path": "/?cf-lab-colo=GRU", "subprotocols": ["chat.v1", "chat.v2"]}
    async with lab.serve(0) as server, opened(server, **asked) as socket:
        assert socket.subprotocol == "chat.v2"
        headers = socket.response.headers
        assert (headers["x-room"], headers["set-cookie"], headers["cf-ray"][-3:]) == ("a", "seat=4", "GRU")
        assert await socket.recv() == "welcome to GRU"


@scenario
@pytest.mark.parametrize("words, heard", [("close 4001 go", (4001, "go")), ("close", (1005, ""))])
async def test_the_visitor_hears_the_workers_goodbye(lab, words, heard):
    async with lab.serve(0) as server, opened(server) as socket:
        await socket.send(words)
        assert await ended(socket) == heard


@scenario
@pytest.mark.parametrize("said, heard", [((4000, "bye"), "4000 bye"), ((1000, ""), "1000 ")])
async def test_the_worker_hears_the_visitors_goodbye(lab, said, heard):
    async with lab.serve(0) as server:
        async with opened(server) as socket:
            await socket.close(*said)
        assert await news(lab, server) == heard
        assert lab._deployment.connections() == 0


@scenario
async def test_a_visitor_who_is_gone_without_a_goodbye_is_missed(lab):
    async with lab.serve(0) as server:
        async with opened(server) as socket:
            await socket.recv()
            socket.transport.abort()
        assert await news(lab, server) == "1006 WebSocket disconnected without sending Close frame."


@scenario
@pytest.mark.parametrize("words_that_arrive", [0, 1, 2])
async def test_a_wire_that_breaks_while_the_lab_speaks_is_heard_there(lab, words_that_arrive):
    async def silence():
        return await asyncio.Event().wait()

    async def send(message):
        nonlocal words_that_arrive
        if not words_that_arrive:
            raise ConnectionError("the visitor has left")
        words_that_arrive -= 1

    async with lab.serve(0, colo="SYD") as server:
        socket = await lab.websocket(colo="SYD")
        await socket.send("hi")
        with suppress(ConnectionError):
            await Bridge(socket, server._life.pace, silence, send).run()
        assert (await news(lab, server)).startswith("1006")


@scenario
async def test_a_place_that_fails_cuts_the_connection(lab):
    async with lab.serve(0, colo="SYD", speed=60) as server, opened(server) as socket:
        await socket.recv()
        lab.kill("SYD")
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd is None


@scenario
async def test_an_upgrade_that_the_worker_refuses_is_its_answer(lab, caplog):
    async with lab.serve(0) as server:
        with pytest.raises(InvalidStatus) as refused:
            await opened(server, "/no")
        answer = refused.value.response
        assert (answer.status_code, answer.body, answer.headers["x-why"]) == (403, b"members only", "rule")
        with pytest.raises(InvalidStatus, match="400"):
            await opened(server, "/?cf-lab-colo=XXX")
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


@scenario
async def test_a_server_that_stops_says_that_it_goes_away(lab):
    async with lab.serve(0, colo="SYD") as server, opened(server) as socket:
        await socket.recv()
        await server.stop()
        assert await ended(socket) == (1001, "")
        await lab.advance(1)
        assert await (await lab.fetch("/ended", colo="SYD")).text() == "1001 "


@scenario
async def test_a_lab_that_goes_back_to_a_snapshot_ends_its_connections(lab):
    before = lab.snapshot()
    async with lab.serve(0) as server, opened(server) as socket:
        await socket.recv()
        lab.restore(before)
        assert await ended(socket) == (1012, "")


@scenario
async def test_a_room_hibernates_between_the_words_of_its_visitors():
    lab = Lab(ROOM, durable_objects={"ROOM": "Room"})
    async with lab.serve(0, colo="LHR") as server, opened(server, "/ada") as ada, opened(server, "/bob") as bob:
        await ada.send("hello")
        assert [await ada.recv(), await bob.recv()] == ["ada: hello (1)"] * 2
        await lab.advance(15)
        await bob.send("still here")
        assert [await ada.recv(), await bob.recv()] == ["bob: still here (2)"] * 2
        await ada.close(4000, "tea")
        assert await bob.recv() == "ada left: 4000 tea"
        await bob.close()
        await seen(lambda: lab._deployment.connections() == 0)


async def news(lab: Lab, server: Any) -> str:
    """What the Worker at the server's place has heard of the connection's end."""
    async with visitor(server) as client:
        while not (said := (await client.get("/ended")).text):
            pass
        return said
