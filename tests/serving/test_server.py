"""The life of a server: ports, starts and stops, and nothing left behind."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import subprocess
import sys
from math import inf, nan
from typing import Any

import httpx
import pytest

from labkit import Lab
from labkit.errors import LabError
from tests.serving.running import scenario, seen, visitor
from tests.serving.workers import PAGES


@pytest.fixture
def lab() -> Lab:
    return Lab(PAGES, network=None)


def is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


@scenario
async def test_a_server_goes_on_until_it_is_stopped(lab):
    server = await lab.serve(0, colo="LHR")
    assert repr(server) == f"<Server at http://localhost:{server.port}, entering at LHR>"
    async with visitor(server) as client:
        assert (await client.get("/tell")).text == "done"
    assert not is_free(server.port)
    await server.stop()
    await server.stop()
    assert is_free(server.port) and repr(server) == "<Server, stopped>"


@scenario
async def test_a_server_starts_again_on_its_port(lab):
    first = await lab.serve(0)
    port = first.port
    for _ in range(3):
        async with visitor(first) as client:
            await client.get("/tell")
        await first.stop()
        first = await lab.serve(port)
    assert await first is first and first.port == port
    await first.stop()
    await first
    await first.stop()


@scenario
async def test_a_taken_port_is_refused_with_the_next_free_one(lab):
    async with lab.serve(0) as server:
        with pytest.raises(LabError, match=rf"Port {server.port} is taken, .*\d+ is free: port=\d+\.") as refused:
            await lab.serve(server.port)
        free = int(re.findall(r"port=(\d+)", str(refused.value))[0])
        async with lab.serve(free) as other:
            assert other.port == free != server.port


@scenario
async def test_two_labs_are_served_at_once():
    one, two = (Lab(PAGES, colo_of) for colo_of in ({"name": "one"}, {"name": "two"}))
    async with (
        one.serve(0, speed=inf) as first, two.serve(0, speed=inf) as second,
        visitor(first) as client, visitor(second) as other,
    ):  # fmt: skip
        await asyncio.gather(*(each.get("/tell") for each in (client, other) for _ in range(5)))
    assert len(one.logs) == len(two.logs) == 5


@scenario
async def test_only_this_machine_can_reach_it_unless_asked(lab):
    async with lab.serve(0) as server:
        addresses = {each.getsockname()[0] for s in server._life.uvicorn.servers for each in s.sockets}
        assert addresses <= {"127.0.0.1", "::1"}
        for address in addresses:
            url = f"http://{f'[{address}]' if ':' in address else address}:{server.port}/tell"
            assert (await asyncio.to_thread(httpx.get, url)).text == "done"


@scenario
async def test_the_end_of_an_answer_does_not_wait_for_more(lab):
    async with lab.serve(0) as server, visitor(server) as client:
        await client.get("/tell")
        sockets = [each.transport.get_extra_info("socket") for each in server._life.uvicorn.server_state.connections]
        assert [each.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for each in sockets] == [1]


@scenario
async def test_a_stop_lets_a_request_end(lab):
    async with lab.serve(0, speed=6000) as server, visitor(server) as client:
        asked = asyncio.create_task(client.get("/minute"))
        await seen(lambda: lab._deployment.worker.running)
        await server.stop()
        assert (await asked).text == "a minute"


@scenario
async def test_a_stop_cuts_what_does_not_end_in_its_grace(lab):
    async with lab.serve(0) as server, visitor(server) as client:
        asked = asyncio.create_task(client.get("/hour"))
        await seen(lambda: lab._deployment.worker.running)
        await server.stop(grace=0)
        answer = await asked
        assert answer.status_code == 503 and "the server stopped" in answer.text
    await lab.advance(1)
    assert await (await lab.fetch("/news")).text() == "asked ended"
    lab.snapshot()


@scenario
async def test_a_served_lab_installs_no_signal_handler(lab):
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    async with lab.serve(0) as server, visitor(server) as client:
        await client.get("/tell")
        assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


@scenario
async def test_inside_a_loop_run_says_what_to_do_instead(lab):
    with pytest.raises(LabError, match=r"server = await lab\.serve\(\)"):
        lab.serve(0).run()


def test_a_script_serves_until_ctrl_c():
    script = f"from labkit import Lab\nLab({PAGES!r}).serve(0, colo='SYD').run()\nprint('and then')"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        said = process.stdout.readline().decode()
        assert httpx.get(f"http://127.0.0.1:{re.findall(r'localhost:([0-9]+)', said)[0]}/tell").text == "done"
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=30)
    assert (process.returncode, rest.split()) == (0, [b"and", b"then"]) and said.endswith("Ctrl-C ends it.\n")


@pytest.mark.parametrize(
    "given, why",
    [
        ({"speed": 0}, "speed=0"),
        ({"speed": nan}, "speed=nan"),
        ({"speed": "fast"}, "speed='fast'"),
        ({"colo": "XXX"}, "called 'XXX'"),
    ],
)
def test_what_no_server_can_be_is_refused_at_once(lab, given: dict[str, Any], why: str):
    with pytest.raises(LabError, match=why):
        lab.serve(**given)


@scenario
@pytest.mark.parametrize(
    "given, why",
    [
        ({"port": 65536}, "from 1 to 65535"),
        ({"port": "8787"}, "from 1"),
        ({"host": "no.such.host.invalid"}, "cannot listen on no.such.host.invalid:8787"),
    ],
)
async def test_where_no_server_can_listen_is_refused_at_the_start(lab, given, why):
    server = lab.serve(**given)
    with pytest.raises(LabError, match=why):
        await server
    assert not server.is_running
