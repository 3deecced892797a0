"""A response that still leaves keeps alive what `waitUntil` was given."""

from __future__ import annotations

import pytest

from labkit import Lab

LATE = "did not complete within the allowed time"
WORKER = """
import asyncio
from js import TransformStream, Uint8Array, WebSocketPair
from pyodide.ffi import create_proxy
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return getattr(self, request.url.rpartition("/")[2])()

    def stream(self):
        pipe = TransformStream.new()
        self.ctx.waitUntil(self.write(pipe.writable.getWriter()))
        return Response(pipe.readable)

    async def write(self, writer):
        for number in range(4):
            await writer.write(Uint8Array.new(b"%d " % number))
            await asyncio.sleep(20)
        await writer.close()

    def socket(self):
        client, server = WebSocketPair.new().object_values()
        server.accept()
        self.ctx.waitUntil(self.tell(server))
        return Response(None, status=101, web_socket=client)

    async def tell(self, server):
        await asyncio.sleep(100)
        server.send("at last")

    def plain(self):
        self.ctx.waitUntil(asyncio.sleep(100))
        return Response("ok")
"""


@pytest.fixture
def lab() -> Lab:
    return Lab(WORKER)


def test_a_body_in_parts_may_take_longer_than_wait_until_does(lab):
    assert lab.run(lab.run(lab.fetch("/stream")).text()) == "0 1 2 3 "
    assert lab.now == pytest.approx(80, abs=1) and not lab.logs


def test_a_websocket_that_is_open_keeps_its_tasks_alive(lab):
    async def talk() -> str:
        return await (await lab.websocket("/socket")).receive()

    assert lab.run(talk()) == "at last" and not lab.logs


def test_behind_a_response_that_has_left_the_time_is_limited(lab):
    lab.run(lab.fetch("/plain"))
    lab.run(lab.advance(60))
    assert [LATE in entry.message for entry in lab.logs] == [True]


@pytest.mark.parametrize("leaves", ["vanish", "close", "drop"])
def test_a_task_has_thirty_seconds_more_once_its_websocket_has_ended(lab, leaves):
    async def talk() -> None:
        socket = await lab.websocket("/socket")
        await lab.advance(60)
        await socket.close() if leaves == "close" else getattr(socket, leaves)()

    lab.run(talk())
    lab.run(lab.advance(40))
    (told,) = lab.logs
    assert LATE in told.message and told.at == pytest.approx(95 if leaves == "drop" else 90, abs=1)
