"""`lab.websocket`: the visitor's end, in a cell and on the lab's time."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from labkit import Lab
from labkit.errors import LabError, Stuck
from labkit.websocket import Closed
from tests.emulators.worlds import planet

ECHO = """
from js import WebSocketPair, setTimeout
from pyodide.ffi import create_proxy, to_js
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        path = request.url.rpartition("/")[2]
        if path == "no":
            return Response("not here", status=426)
        client, server = WebSocketPair.new().object_values()
        server.accept(allowHalfOpen=path == "half")

        async def heard(event):
            if event.data == "fail":
                raise ValueError("no")
            if event.data == "close":
                return server.close(4001, "go")
            server.send(f"{event.data} {request.headers.get('x-name')} {request.cf.colo}")

        self.keep = create_proxy(heard), create_proxy(lambda event: print("closed", event.code, server.readyState))
        server.addEventListener("message", self.keep[0])
        server.addEventListener("close", self.keep[1])
        if path == "greets":
            server.send("hello")
            server.send(to_js(b"ab"))
        return Response(None, status=101, web_socket=client, headers={"x-protocol": "chat"})
"""


@pytest.fixture
def lab() -> Lab:
    return Lab(ECHO)


def echo(lab: Lab, path: str = "/", **options: Any) -> Any:
    return lab.run(lab.websocket(path, colo="SYD", **options))


def test_a_worker_that_answers_itself_hears_and_is_heard(lab):
    socket = echo(lab, "/?a=1", headers={"x-name": "ada"})
    lab.run(socket.send("hi"))
    assert lab.run(socket.receive()) == "hi ada SYD"
    assert socket.response.status == 101 and socket.response.headers["x-protocol"] == "chat"


@pytest.mark.parametrize(
    "url", ["wss://worker.example.com/", "ws://worker.example.com/", "https://worker.example.com/"]
)
def test_a_whole_url_may_be_of_either_kind(lab, url):
    assert echo(lab, url).closed is None


def test_an_answer_that_is_no_socket_is_refused_with_its_status_and_body(lab):
    with pytest.raises(LabError, match="/no answered 426 and no WebSocket: not here"):
        echo(lab, "/no")


def test_messages_are_kept_with_their_times_and_received_in_order(lab):
    socket = echo(lab, "/greets")
    assert lab.run(socket.receive()) == "hello"
    assert lab.run(socket.receive()) == b"ab"
    assert [data for _, data in socket.messages] == ["hello", b"ab"]
    assert all(time <= lab.now for time, _ in socket.messages)


def test_receive_lets_time_pass_until_a_message_comes(lab):
    socket = echo(lab)
    before = lab.now
    lab.run(socket.send("hi"))
    assert lab.now == before
    lab.run(socket.receive())
    assert lab.now > before


def test_a_message_that_will_never_come_is_an_error_that_says_so(lab):
    socket = echo(lab)
    with pytest.raises(Stuck, match="No message will come: the connection is open"):
        lab.run(socket.receive())
    lab.run(socket.send("hi"))
    assert lab.run(socket.receive()) == "hi None SYD"


def test_the_other_ends_goodbye_ends_the_loop_and_every_later_send(lab):
    async def chat() -> list[Any]:
        socket = await lab.websocket("/")
        await socket.send("a")
        await socket.send("close")
        heard = [message async for message in socket]
        with pytest.raises(Closed, match="The connection is closed: 4001 go"):
            await socket.send("b")
        with pytest.raises(Closed, match="4001 go"):
            await socket.receive()
        return [len(heard), socket.closed]

    assert asyncio.run(chat()) == [1, (4001, "go")]


def test_it_works_in_a_cell_and_on_the_labs_own_time(lab):
    async def chat() -> Any:
        socket = await lab.websocket("/")
        await socket.send("hi")
        return await socket.receive()

    assert asyncio.run(chat()) == lab.run(chat())


def test_close_waits_until_the_other_end_has_heard_it(lab):
    socket = echo(lab)
    lab.run(socket.close(4000, "bye"))
    assert socket.closed == (4000, "bye")
    assert lab.logs[-1].message == "closed 4000 3"


def test_a_half_open_socket_does_not_answer_a_goodbye_by_itself(lab):
    socket = echo(lab, "/half")
    with pytest.raises(Stuck):
        lab.run(socket.close(4000, "bye"))
    assert lab.logs[-1].message == "closed 4000 2" and socket.closed is None


def test_a_code_that_no_client_may_send_is_refused(lab):
    with pytest.raises(LabError, match="InvalidAccessError: Invalid WebSocket close code: 1005"):
        lab.run(echo(lab).close(1005))


def test_a_socket_carries_text_or_bytes(lab):
    with pytest.raises(LabError, match="a WebSocket carries text or bytes"):
        lab.run(echo(lab).send({"a": 1}))


def test_a_bridge_hears_through_functions_what_was_and_what_comes(lab):
    socket, heard = echo(lab, "/greets"), []
    lab.run(lab.advance(1))
    socket.on_message(heard.append)
    socket.on_close(lambda code, reason: heard.append((code, reason)))
    lab.run(socket.send("close"))
    lab.run(lab.advance(1))
    assert heard == ["hello", b"ab", (4001, "go")]


def test_an_open_connection_keeps_nothing_under_way_but_a_snapshot_refuses_it(lab):
    socket = echo(lab)
    with pytest.raises(LabError, match="1 open WebSocket: a snapshot cannot hold"):
        lab.snapshot()
    lab.run(socket.close())
    state = lab.snapshot()
    other = echo(lab)
    lab.restore(state)
    with pytest.raises(Closed, match="went back to a snapshot"):
        lab.run(other.send("hi"))


def test_a_listener_that_raises_ends_the_connection_and_is_in_the_log(lab):
    socket = echo(lab)
    lab.run(socket.send("fail"))
    lab.run(lab.advance(1))
    assert lab.logs[-1].message.splitlines()[-1] == "ValueError: no"
    assert socket.closed == (1006, "WebSocket disconnected without sending Close frame.")


@pytest.mark.parametrize("end", [Lab.evict, lambda lab: lab.kill("SYD")])
def test_a_workers_sockets_end_with_its_isolate(lab, end):
    socket = echo(lab)
    end(lab)
    lab.run(lab.advance(60))
    assert socket.closed and socket.closed[0] == 1006


def test_an_endless_listener_ends_in_the_cpu_limit_and_not_in_a_dead_kernel():
    endless = ECHO.replace('if event.data == "fail":\n                raise ValueError("no")', "while True: pass")
    lab = Lab(endless)
    socket = lab.run(lab.websocket("/"))
    lab.run(socket.send("x"))
    lab.run(lab.advance(120))
    assert socket.closed and socket.closed[0] == 1006


def test_a_way_has_no_time_without_a_network_and_no_end_where_it_is_cut():
    world = planet().world
    assert 0.1 < world.way("LHR", "SYD")() < 0.3 and world.way("LHR", "LHR")() == 0.0
    world.faults.partition("SYD")  # type: ignore[union-attr]
    assert world.way("LHR", "SYD")() == float("inf")
