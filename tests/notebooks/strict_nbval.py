"""A pytest plugin that closes nbval's two holes and limits a cell's time: `-p tests.notebooks.strict_nbval`.

nbval looks at what a cell displays and not at the kernel's verdict. So it passes a cell with an unknown magic,
which displays no error, and a `raises-exception` cell that raises nothing. The kernel's reply tells both.
"""

from __future__ import annotations

import os
import time

import psutil
import pytest
from nbval.kernel import RunningKernel
from nbval.plugin import IPyNbCell

CELL_SECONDS = float(os.environ.get("LABKIT_CELL_SECONDS", "5"))
PATIENCE = 4  # the clock on the wall may show so many times more, on a machine that others use too


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Run the cell, then hold it against the kernel's verdict and the time it took."""
    if not isinstance(item, IPyNbCell):
        return (yield)
    kernel: RunningKernel = item.parent.kernel
    replies = _record_replies(kernel)
    worked, began = _processor_seconds(kernel), time.perf_counter()
    result = yield
    if replies:
        _judge(item, replies[-1])
    took = max(_processor_seconds(kernel) - worked, (time.perf_counter() - began) / PATIENCE)
    if took > CELL_SECONDS:
        item.raise_cell_error(f"The cell took {took:.1f} s; {CELL_SECONDS:g} s is the limit.")
    return result


def _processor_seconds(kernel: RunningKernel) -> float:
    """How long the kernel has worked so far, not counting the time that other programs had the processor."""
    times = psutil.Process(kernel.km.provisioner.pid).cpu_times()
    return times.user + times.system


def _record_replies(kernel: RunningKernel) -> list[dict]:
    """A list to which the kernel's execute replies will be added."""
    replies: list[dict] = []
    get_message = type(kernel).get_message

    def recording(stream, timeout=None):
        message = get_message(kernel, stream, timeout=timeout)
        if message["msg_type"] == "execute_reply":
            replies.append(message["content"])
        return message

    kernel.get_message = recording
    return replies


def _judge(item: IPyNbCell, reply: dict) -> None:
    raised, wanted = reply["status"] == "error", bool(item.options["check_exception"])
    if raised and not wanted:
        item.raise_cell_error(f"The kernel refused the cell: {reply['ename']}: {reply['evalue']}")
    if wanted and not raised:
        item.raise_cell_error("The cell is tagged raises-exception and raised nothing.")
