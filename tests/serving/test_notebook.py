"""A lab served from a notebook: it goes on between cells, and cells go on beside it."""

from __future__ import annotations

import pytest
from jupyter_client.manager import start_new_kernel

from tests.notebooks.test_kernel import run
from tests.serving.workers import ECHO, PAGES

SET_UP = f"""
import httpx
from websockets.asyncio.client import connect
from labkit import Lab
pages, echo = Lab({PAGES!r}), Lab({ECHO!r})
server = await pages.serve(0, speed=600, colo="SYD")
sockets = await echo.serve(0, colo="LHR")
client = httpx.AsyncClient(base_url=server.url)
"""


@pytest.fixture(scope="module")
def kernel():
    manager, client = start_new_kernel(kernel_name="python3")
    assert run(client, SET_UP) == ("", None)
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_a_later_cell_is_answered(kernel):
    assert run(kernel, "print((await client.get('/minute')).text)") == ("a minute", None)


def test_cells_run_and_let_time_pass_while_a_visitor_waits(kernel):
    code = """
import asyncio
asked = asyncio.create_task(client.get("/hour"))
while not pages._deployment.worker.running:
    await asyncio.sleep(0)
"""
    assert run(kernel, code) == ("", None)
    assert run(kernel, "print(1 + 1)") == ("2", None)
    assert run(kernel, "print((await (await pages.fetch('/tell', colo='LHR')).text()))") == ("done", None)
    assert run(kernel, "await pages.advance('1 hour')\nprint((await asked).text)") == ("at last", None)


def test_a_websocket_stays_open_between_cells(kernel):
    assert run(
        kernel,
        "ws = await connect(sockets.url.replace('http', 'ws'), subprotocols=['chat.v2'])\nprint(await ws.recv())",
    ) == (
        "welcome to LHR",
        None,
    )
    assert run(kernel, "await ws.send('hi')\nprint(await ws.recv())") == ("hi", None)
    assert run(kernel, "await sockets.stop()\nawait ws.wait_closed()\nprint(ws.close_code)") == ("1001", None)


def test_a_stopped_server_leaves_the_kernel_without_a_task(kernel):
    code = """
await client.aclose(); await server.stop()
print([t.get_name() for t in asyncio.all_tasks() if 'labkit' in repr(t) or 'uvicorn' in repr(t)], server)
"""
    assert run(kernel, code) == ("[] <Server, stopped>", None)
