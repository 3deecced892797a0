"""A real kernel: a lab runs inside its loop, and stopping a cell leaves both usable."""

from __future__ import annotations

import queue
from contextlib import suppress

import pytest
from jupyter_client.manager import start_new_kernel

SET_UP = """
from labkit import Lab
lab = Lab()
async def for_ever():
    while True:
        await lab.world.timeline.sleep(1)
"""


@pytest.fixture(scope="module")
def kernel():
    manager, client = start_new_kernel(kernel_name="python3")
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def run(client, code):
    """What a cell printed, and the name of its error if it ended in one."""
    printed, error = [], None

    def hear(message):
        nonlocal error
        content = message["content"]
        if message["msg_type"] == "stream":
            printed.append(content["text"])
        if message["msg_type"] == "error":
            error = content["ename"]

    reply = client.execute_interactive(code, output_hook=hear, timeout=30)
    if reply["content"]["status"] == "aborted":  # a kernel drops what reaches it while it ends a cell in an error
        return run(client, code)
    return "".join(printed).strip(), error


def test_a_lab_is_awaited_inside_the_kernels_own_loop(kernel):
    _, client = kernel
    run(client, SET_UP)
    run(client, "import asyncio\nrs = await asyncio.gather(lab.fetch('/'), lab.fetch('/'))")
    out = run(client, "print([r.status for r in rs])")
    assert out == ("[200, 200]", None)


def test_a_stopped_cell_leaves_the_lab_and_the_kernel_usable(kernel):
    manager, client = kernel
    run(client, SET_UP)
    message = client.execute("print('begun')\nawait lab.world.timeline.submit(for_ever())")
    while client.get_iopub_msg(timeout=30)["content"].get("text") != "begun\n":
        pass  # a kernel that is interrupted before the cell has begun may lose the request
    reply = None
    for _ in range(30):
        manager.interrupt_kernel()
        with suppress(queue.Empty):
            reply = client.get_shell_msg(timeout=1)
            break
    assert reply and reply["parent_header"]["msg_id"] == message
    assert reply["content"]["ename"] in ("CancelledError", "KeyboardInterrupt")
    out = run(client, "before = lab.now\nr = await lab.fetch('/', colo='LHR')\nprint(r.status, lab.now > before)")
    assert out == ("200 True", None)
